import {
  type AnswerOf,
  type EggBatchResult,
  type ImageFile,
  type NewPhotoInput,
  endpoints,
} from '@imalink/contract'
import { type Server, call } from '../client.ts'

export interface KnownQuestion {
  readonly file_sha256s: readonly string[]
  readonly names: readonly { readonly folder: string; readonly stem: string; readonly volume?: string }[]
}

/** Photos by the SHA-256 of their originals, and for each name asked about the photos with files of that name. */
export type KnownAnswer = Pick<AnswerOf<typeof endpoints.knownPhotos>, 'file_sha256s' | 'names'>

export interface FileError {
  readonly filename: string
  readonly code: string
  readonly detail: string
}

/**
 * What an import needs of the backend, for one account. Everything may be asked again after a failure: nothing is done
 * twice. Throws `ApiError` with the backend's code, `UnreachableError` when it does not answer.
 */
export interface ImportBackend {
  /** At most `limits.knownItems` questions together. */
  known(asked: KnownQuestion, signal: AbortSignal): Promise<KnownAnswer>
  /** At most `limits.batchItems`; one result each, a bad one fails alone. */
  createPhotos(photos: readonly NewPhotoInput[], signal: AbortSignal): Promise<EggBatchResult>
  addFile(photoId: number, file: ImageFile, signal: AbortSignal): Promise<void>
  reportErrors(sessionId: number, errors: readonly FileError[], signal: AbortSignal): Promise<void>
}

/** The backend over HTTP. */
export function importBackendAt(server: Server): ImportBackend {
  return {
    known: ({ file_sha256s, names }, signal) =>
      call({ ...server, signal }, endpoints.knownPhotos, {
        body: { file_sha256s: [...file_sha256s], names: [...names] },
      }),
    createPhotos: (photos, signal) =>
      call({ ...server, signal }, endpoints.createPhotos, { body: { photos: [...photos] } }),
    async addFile(photoId, file, signal) {
      await call({ ...server, signal }, endpoints.addPhotoFile, {
        params: { ref: String(photoId) },
        body: file,
      })
    },
    async reportErrors(sessionId, errors, signal) {
      await call({ ...server, signal }, endpoints.reportImportErrors, {
        params: { id: sessionId },
        body: { errors: [...errors] },
      })
    },
  }
}
