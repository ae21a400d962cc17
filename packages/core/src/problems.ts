import { STATUS_CODES } from 'node:http'
import { type ErrorCode, type Problem, makeProblem } from '@imalink/contract'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { type z } from 'zod'
import { Refusal } from './refusal.ts'

const RETRY_AFTER_SECONDS = 2

/** A request that does not fit its description; answered as 422 with what is wrong where. */
export class InvalidRequest extends Refusal {
  readonly errors: NonNullable<Problem['errors']>

  constructor(code: 'validation_failed' | 'unknown_field', errors: NonNullable<Problem['errors']>) {
    super(code, errors.map(({ path, message }) => `${path} ${message}`).join('; ') + '.')
    this.name = 'InvalidRequest'
    this.errors = errors
  }
}

/** What a schema makes of input. Throws `InvalidRequest`. */
export function parse<T extends z.ZodType>(schema: T, input: unknown): z.output<T> {
  const result = schema.safeParse(input)
  if (result.success) return result.data
  const errors = result.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }))
  throw new InvalidRequest('validation_failed', errors)
}

/** Errors that Fastify and its multipart reader raise, in the contract's words. */
const foreignCodes: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    'unsupported_media_type',
    'The media type of the body is not accepted here.',
  ],
  FST_ERR_CTP_BODY_TOO_LARGE: ['file_too_large', 'The body is too large.'],
  FST_REQ_FILE_TOO_LARGE: ['file_too_large', 'The file is too large.'],
  FST_PARTS_LIMIT: ['validation_failed', 'The form has too many parts.'],
  FST_FILES_LIMIT: ['validation_failed', 'The form has more than one file.'],
  FST_FIELDS_LIMIT: ['validation_failed', 'The form has too many fields.'],
  FST_PROTO_VIOLATION: ['validation_failed', 'A field of the form has a name that is not allowed.'],
}

/** The form's parser has no codes, only words. */
const formErrors = /^(Unexpected end of|Part terminated early|Multipart: Boundary|Malformed part header)/

/** Answers every error as RFC 9457 problem details. What is not the caller's business is logged and stays there. */
export function answerError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  drain(request)
  return sendProblem(reply, explain(error, request))
}

/** What is still coming is read and thrown away: a caller that is cut off while sending never sees the answer. */
function drain({ raw }: FastifyRequest): void {
  if (raw.readableEnded) return
  raw.unpipe()
  raw.resume()
}

function explain(error: FastifyError, request: FastifyRequest): Problem {
  if (error instanceof InvalidRequest) return makeProblem(error.code, error.message, { errors: error.errors })
  if (error instanceof Refusal) {
    request.log.info({ code: error.code }, 'request refused')
    return makeProblem(error.code, error.message)
  }
  const known = foreignCodes[error.code]
  if (known) return makeProblem(...known)
  if (formErrors.test(error.message))
    return makeProblem('malformed_request', 'The form is cut off or malformed.')
  const status = error.statusCode ?? 500
  if (status >= 400 && status < 500) {
    return makeProblem(
      'malformed_request',
      `The request could not be read (${STATUS_CODES[status] ?? status}).`,
    )
  }
  request.log.error({ err: error }, 'request failed')
  return makeProblem('internal_error', 'Something went wrong in the image server.')
}

export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  if (problem.status === 503) reply.header('retry-after', RETRY_AFTER_SECONDS)
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer')
  return reply.code(problem.status).type('application/problem+json').send(problem)
}
