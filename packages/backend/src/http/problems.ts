import { type ErrorCode, type Problem, makeProblem } from '@imalink/contract'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '../app-error.ts'
import { isUnavailable } from '../storage/database/database.ts'
import { canonicalPath, methodsOf } from './routes-by-path.ts'

const RETRY_SECONDS = 2

/** What Fastify itself refuses, in our words. */
const frameworkErrors: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  FST_ERR_CTP_INVALID_JSON_BODY: ['malformed_json', 'The body is not valid JSON.'],
  FST_ERR_CTP_EMPTY_JSON_BODY: ['malformed_json', 'The body is empty, where JSON was announced.'],
  FST_ERR_CTP_BODY_TOO_LARGE: ['body_too_large', 'The body is larger than this endpoint accepts.'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    'unsupported_media_type',
    'The Content-Type is not one that this endpoint accepts.',
  ],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [
    'malformed_request',
    'The body is not as long as its Content-Length says.',
  ],
}

/** Turns everything thrown while a request is served into problem details; only `AppError` tells its own sentence. */
export function answerErrors(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    if (error instanceof AppError) return answerAppError(error, request, reply)
    const [code, detail] = frameworkErrors[error.code] ?? classify(error)
    if (code === 'internal_error' || code === 'not_ready') logFailure(request, error)
    return answerProblem(reply, makeProblem(code, detail), code === 'not_ready' ? RETRY_SECONDS : undefined)
  })
}

function logFailure({ id, log }: FastifyRequest, error: Error): void {
  log.error({ reqId: id, err: error }, 'request failed')
}

/** For a path that cannot be routed at all, so that none of the hooks has seen the request. */
export function answerUnreadablePath(
  _error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  reply.header('x-request-id', request.id).header('x-content-type-options', 'nosniff')
  void answerProblem(reply, makeProblem('malformed_request', 'The path is not percent-encoded correctly.'))
}

function classify(error: FastifyError): readonly [ErrorCode, string] {
  if (isUnavailable(error)) {
    return [
      'not_ready',
      'The database or the preview store does not answer; nothing was lost. Try again in a moment.',
    ]
  }
  const isClients = error.statusCode !== undefined && error.statusCode < 500
  return isClients
    ? ['malformed_request', 'The request could not be read.']
    : ['internal_error', 'The server failed; the failure is in its log.']
}

function answerAppError(error: AppError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { status, errors, retryAfterSeconds } = error.options
  const problem = makeProblem(error.code, error.message, {
    ...(status === undefined ? {} : { status }),
    ...(errors === undefined ? {} : { errors }),
  })
  // Who runs the server has to know what failed; the caller only that something did.
  if (problem.status === 503 && error.cause !== undefined) logFailure(request, error)
  return answerProblem(
    reply,
    problem,
    retryAfterSeconds ?? (problem.status === 503 ? RETRY_SECONDS : undefined),
  )
}

function answerProblem(reply: FastifyReply, problem: Problem, retryAfterSeconds?: number): FastifyReply {
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer')
  if (retryAfterSeconds !== undefined) reply.header('retry-after', String(retryAfterSeconds))
  return reply
    .code(problem.status)
    .header('cache-control', 'no-store')
    .type('application/problem+json; charset=utf-8')
    .send(JSON.stringify(problem))
}

export function answerNotFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const methods = methodsOf(request.server, canonicalPath(request.url))
  if (methods.length === 0 || methods.includes(request.method)) {
    return answerProblem(reply, makeProblem('not_found', 'There is nothing at this address.'))
  }
  reply.header('allow', methods.join(', '))
  return answerProblem(
    reply,
    makeProblem('method_not_allowed', `This address answers ${methods.join(', ')}.`),
  )
}
