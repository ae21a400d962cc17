import { endpoints } from '@imalink/contract'
import { type Server, call } from '../client.ts'
import type { ImportBackend } from '../import.ts'

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
