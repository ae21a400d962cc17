import type { ErrorCode, Problem } from '@imalink/contract'
import type { z } from 'zod'

interface AppErrorOptions {
  /** Where it differs from the code's usual status. */
  readonly status?: number
  readonly errors?: Problem['errors']
  readonly retryAfterSeconds?: number
  readonly cause?: unknown
}

/** An error its caller may know: a machine word and a sentence. Everything else that rises is a defect. */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly options: AppErrorOptions

  constructor(code: ErrorCode, detail: string, options: AppErrorOptions = {}) {
    super(detail, { cause: options.cause })
    this.name = 'AppError'
    this.code = code
    this.options = options
  }
}

/** A body refers to something that is not there, or not the caller's: alike for both. */
export function missingReference(
  code: 'author_not_found' | 'collection_not_found' | 'import_session_not_found' | 'photo_not_found',
  detail: string,
): AppError {
  return new AppError(code, detail, { status: 422 })
}

/** The Authorization header does not count. */
export function credentialsInvalid(): AppError {
  return new AppError('credentials_invalid', 'The access token or API key is unknown, expired or revoked.')
}

const MAX_REPORTED = 50

/** A schema's complaint as 422, each with the path of its field. */
export function invalidInput(error: z.ZodError, part: string): AppError {
  const issues = error.issues.slice(0, MAX_REPORTED)
  const unknown = issues.every((issue) => issue.code === 'unrecognized_keys')
  const errors = issues.map((issue) => ({
    path: [part, ...issue.path.map(String)].join('.'),
    message: issue.message,
  }))
  return new AppError(unknown ? 'unknown_field' : 'validation_failed', summarize(errors), { errors })
}

function summarize(errors: NonNullable<Problem['errors']>): string {
  const [first] = errors
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : ''
  return `${first?.path}: ${first?.message}${more}.`
}
