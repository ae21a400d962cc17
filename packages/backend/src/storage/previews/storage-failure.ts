import { AppError } from '../../app-error.ts'

/** A disk is not emptied or put back in a moment. */
const RETRY_SECONDS = 5

/** The code of a file system's refusal: `ENOSPC`, `EACCES`, `EROFS` and the like; undefined for any other error. */
function failureCodeOf(error: unknown): string | undefined {
  const isSystems = error instanceof Error && 'syscall' in error && 'code' in error
  return isSystems && typeof error.code === 'string' ? error.code : undefined
}

/** Answers null where there is no such file; throws everything else on. */
export function nullIfMissing(error: unknown): null {
  if (failureCodeOf(error) === 'ENOENT') return null
  throw error
}

/** Tells callers that a full or missing disk is no fault of theirs: `storage_unavailable`, with the cause. */
export async function orUnavailable<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (cause) {
    if (failureCodeOf(cause) === undefined) throw cause
    throw new AppError(
      'storage_unavailable',
      'The preview store cannot be used at the moment; nothing was stored. Try again later.',
      { cause, retryAfterSeconds: RETRY_SECONDS },
    )
  }
}
