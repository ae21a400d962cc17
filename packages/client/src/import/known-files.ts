import { endpoints } from '@imalink/contract'
import { type Server, call } from '../client.ts'
import { batcher } from './batcher.ts'
import type { Patience } from './patience.ts'

/** A photo that the backend made of the same bytes before. */
export interface KnownPhoto {
  readonly id: number
  readonly hothash: string
  readonly in_trash: boolean
}

/** Asks the backend, many at a time, whether it has a photo of a file with this SHA-256. */
export function knownFiles(
  backend: Server,
  patience: Patience,
): (sha256: string) => Promise<KnownPhoto | null> {
  return batcher<string, KnownPhoto | null>({
    maxItems: 200,
    maxBytes: Infinity,
    lingerMs: 30,
    bytesOf: () => 0,
    async send(sha256s) {
      const body = { file_sha256s: [...sha256s] }
      const known = await patience.answerTo(() => call(backend, endpoints.knownPhotos, { body }))
      return sha256s.map((sha256) => known.file_sha256s[sha256] ?? null)
    },
  })
}
