import { LRUCache } from 'lru-cache'
import type { Viewer } from '../../access/viewer.ts'
import type { Db } from '../../storage/database/database.ts'
import { findHotpreview, findHotpreviewOwner } from './previews.repository.ts'

/** Eleven thousand thumbnails of the usual size. */
const KEPT_BYTES = 72 * 1024 * 1024
/** About what a thumbnail takes beside its bytes: its hothash, its buffer, its place in the cache. */
const BYTES_BESIDE = 500

export interface Hotpreview {
  readonly isOwn: boolean
  readonly hothash: string
  /** Null where the caller said that they have them. */
  readonly jpeg: Buffer | null
}

/**
 * Thumbnails, the last that were asked for from memory: a hothash names its bytes for good, so what is kept is never
 * out of date, and the database says each time who may see it.
 */
export class Hotpreviews {
  readonly #db: Db
  readonly #kept = new LRUCache<string, Buffer>({
    maxSize: KEPT_BYTES,
    sizeCalculation: (jpeg) => jpeg.length + BYTES_BESIDE,
  })

  constructor(db: Db) {
    this.#db = db
  }

  /** By one query. Undefined where the viewer sees no such photo, or their claim no longer holds. */
  async find(
    viewer: Viewer,
    ref: string,
    { hasBytes }: { readonly hasBytes: boolean },
  ): Promise<Hotpreview | undefined> {
    const jpeg = this.#kept.get(ref) ?? null
    if (jpeg === null && !hasBytes) return this.#read(viewer, ref)
    const photo = await findHotpreviewOwner(this.#db, viewer, ref)
    return photo && { ...photo, jpeg }
  }

  async #read(viewer: Viewer, ref: string): Promise<Hotpreview | undefined> {
    const photo = await findHotpreview(this.#db, viewer, ref)
    if (photo) this.#kept.set(photo.hothash, alone(photo.jpeg))
    return photo
  }
}

/** The bytes in memory of their own: a small buffer is part of a larger one, which would be kept whole for it. */
function alone(bytes: Buffer): Buffer {
  const copy = Buffer.allocUnsafeSlow(bytes.length)
  bytes.copy(copy)
  return copy
}
