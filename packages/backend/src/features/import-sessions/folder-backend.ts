import { ApiError, type ImportBackend, type ImportErrors } from '@imalink/client'
import {
  type EggBatchResult,
  type FileRecord,
  type ImageFile,
  type NewPhotoInput,
  makeProblem,
} from '@imalink/contract'
import type { SignedIn } from '../../access/viewer.ts'
import { AppError } from '../../app-error.ts'
import { type Tx, isUnavailable } from '../../storage/database/database.ts'

/** What an import does to photos; `app.ts` binds it to the photo services. */
export interface ImportedPhotos {
  known(owner: SignedIn, ...asked: Parameters<ImportBackend['known']>): ReturnType<ImportBackend['known']>
  create(owner: SignedIn, photos: readonly NewPhotoInput[], mayCommit: MayCommit): Promise<EggBatchResult>
  addFile(owner: SignedIn, photoId: number, file: ImageFile, mayCommit: MayCommit): Promise<FileRecord>
}

/** Asked last in every transaction that writes; what it throws undoes the transaction. */
export type MayCommit = (tx: Tx) => Promise<void>

/** Somebody else works on the session now, or nobody should. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError'

  constructor() {
    super('The import is paused, finished, forgotten or in other hands')
  }
}

export interface FolderBackendDeps {
  readonly photos: ImportedPhotos
  readonly owner: SignedIn
  readonly mayCommit: MayCommit
  reportErrors(errors: ImportErrors): Promise<void>
  /** Something failed that should not have; the file that it failed on is refused, and the others go on. */
  onDefect(error: unknown): void
}

/**
 * The backend as the import engine knows it, without a network between: the services called for the session's owner.
 * Throws `LeaseLostError` where they may not write any more.
 */
export function folderBackend(deps: FolderBackendDeps): ImportBackend {
  const { photos, owner, mayCommit, reportErrors, onDefect } = deps
  const answered = <T>(signal: AbortSignal, ask: () => Promise<T>) => answerOf(signal, ask, onDefect)
  return {
    known: (asked, signal) => answered(signal, () => photos.known(owner, asked, signal)),
    createPhotos: (given, signal) =>
      answered(signal, async () => {
        const answer = await photos.create(owner, given, mayCommit)
        if (answer.results.some(({ error }) => error?.code === 'import_session_not_found'))
          throw new LeaseLostError()
        return answer
      }),
    addFile: (photoId, file, signal) =>
      answered(signal, async () => void (await photos.addFile(owner, photoId, file, mayCommit))),
    reportErrors: (_sessionId, errors, signal) => answered(signal, () => reportErrors(errors)),
  }
}

const RETRY_SECONDS = 2

/** What a client would have been answered. */
async function answerOf<T>(
  signal: AbortSignal,
  ask: () => Promise<T>,
  onDefect: (error: unknown) => void,
): Promise<T> {
  signal.throwIfAborted()
  try {
    return await ask()
  } catch (error) {
    if (error instanceof LeaseLostError) throw error
    if (error instanceof AppError) throw asApiError(error)
    if (isUnavailable(error))
      throw new ApiError(makeProblem('not_ready', 'The database does not answer.'), RETRY_SECONDS)
    onDefect(error)
    throw new ApiError(makeProblem('internal_error', 'The server failed; the failure is in its log.'), null)
  }
}

function asApiError({ code, message, options }: AppError): ApiError {
  const { status, errors, retryAfterSeconds } = options
  const extra = { ...(status === undefined ? {} : { status }), ...(errors === undefined ? {} : { errors }) }
  return new ApiError(makeProblem(code, message, extra), retryAfterSeconds ?? null)
}
