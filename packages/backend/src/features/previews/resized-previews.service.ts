import { AppError } from '../../app-error.ts'
import { jpegSegments, jpegSize } from '../../jpeg/jpeg-segments.ts'
import type { PreviewStore } from '../../storage/previews/preview-store.ts'
import type { ResizedCache } from '../../storage/previews/resized-cache.ts'
import { type Box, decidingSide, fitsInside, nameOf } from './preview-size.ts'

export interface ResizerDeps {
  readonly previews: PreviewStore
  readonly cache: ResizedCache
  /** A JPEG fitted inside a box, by a server that decodes images. Throws `core_unreachable`, `busy`, `corrupt_image`. */
  resize(jpeg: Buffer, box: Box): Promise<Buffer>
  readonly log: { warn(facts: object, message: string): void }
}

/** Coldpreviews in other sizes: made once, by whoever is asked first, and kept as long as there is room. */
export class ResizedPreviews {
  readonly #deps: ResizerDeps
  readonly #pending = new Map<string, Promise<Buffer>>()

  constructor(deps: ResizerDeps) {
    this.#deps = deps
  }

  /** The stored preview fitted inside the box. Throws what `resize` throws, and `storage_unavailable`. */
  get(sha256: string, box: Box): Promise<Buffer> {
    const key = `${sha256}-${nameOf(box)}`
    const pending = this.#pending.get(key) ?? this.#find(sha256, box).finally(() => this.#pending.delete(key))
    this.#pending.set(key, pending)
    return pending
  }

  /** What became of a coldpreview that nobody may want any more. */
  async drop(sha256: string): Promise<void> {
    await this.#orWarn(this.#deps.cache.drop(sha256))
  }

  async #find(sha256: string, box: Box): Promise<Buffer> {
    const { cache, previews, resize } = this.#deps
    const cached = await this.#orWarn(cache.get(sha256, nameOf(box)))
    if (cached) return cached
    const stored = await readStored(previews, sha256)
    const size = sizeOf(stored)
    if (size && fitsInside(size, box)) return stored
    const deciding = size ? decidingSide(size, box) : box
    if (nameOf(deciding) !== nameOf(box)) return this.get(sha256, deciding)
    const resized = await resize(stored, box)
    await this.#orWarn(cache.put(sha256, nameOf(box), resized))
    return resized
  }

  /** Whoever asks for a picture has no need of the cache: where its disk is full, they wait a little longer, that is all. */
  async #orWarn<T>(work: Promise<T>): Promise<T | null> {
    try {
      return await work
    } catch (error) {
      this.#deps.log.warn({ err: error }, 'the cache of resized previews cannot be used')
      return null
    }
  }
}

/** The bytes that a photo's row refers to. Throws `storage_unavailable`: rows never come without bytes, so a disk is missing. */
export async function readStored(previews: PreviewStore, sha256: string): Promise<Buffer> {
  const bytes = await previews.get(sha256)
  if (bytes) return bytes
  throw new AppError('storage_unavailable', 'The preview cannot be read at the moment; try again later.', {
    cause: new Error(`the coldpreview ${sha256} is missing from the preview store`),
  })
}

function sizeOf(jpeg: Buffer) {
  const segments = jpegSegments(jpeg)
  return segments && jpegSize(segments)
}
