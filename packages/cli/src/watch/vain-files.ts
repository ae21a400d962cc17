import { type DiskFile, joinPath, keyOf } from '@imalink/client/disk'

/** What kept a file out may have passed without the file changing. */
const AGAIN_AFTER_MS = 60 * 60 * 1000
/** More are forgotten, and tried again: that costs time, not photos. */
const MOST = 100_000

interface Attempt {
  readonly size: number
  readonly mtimeNs: bigint
  readonly atMs: number
}

/** Files that were tried in vain, for reasons that no journal keeps: they wait until they change, or for an hour. */
export class VainFiles {
  readonly #attempts = new Map<string, Attempt>()

  add(file: DiskFile): void {
    if (this.#attempts.size >= MOST) this.#attempts.clear()
    const { size, mtimeNs } = file
    this.#attempts.set(key(file), { size, mtimeNs, atMs: performance.now() })
  }

  holdsAll(files: readonly DiskFile[]): boolean {
    return files.every((file) => this.#holds(file))
  }

  #holds(file: DiskFile): boolean {
    const attempt = this.#attempts.get(key(file))
    if (!attempt || performance.now() - attempt.atMs > AGAIN_AFTER_MS) return false
    return attempt.size === file.size && attempt.mtimeNs === file.mtimeNs
  }
}

const key = ({ place, name }: DiskFile) => keyOf(joinPath(place.folder, name))
