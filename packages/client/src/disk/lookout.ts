import { Worker } from 'node:worker_threads'
import type { DiskPath } from './disk-path.ts'
import { SharedLooks } from './shared-looks.ts'

/** What a scan hands to its lookout. */
export interface Watch {
  readonly folder: DiskPath
  readonly names: readonly DiskPath[]
  readonly memory: SharedArrayBuffer
}

/** In folders with fewer names, telling the other thread of them takes longer than it spares. */
const MANY = 50
/** The folder that is being read, and those after it. */
const FOLDERS_AT_ONCE = 3

/**
 * A second thread that looks at what is in a folder while the scan does, which halves the time that both processors and
 * network disks make it wait. It ends with the thread of the scan.
 */
export class Lookout {
  readonly #worker = startWorker()
  #watched: readonly SharedLooks[] = []

  /** Has the names of a folder looked at from the last one on. Null where that would not help, or it is not done with others. */
  lookAt(folder: DiskPath, names: readonly DiskPath[]): SharedLooks | null {
    this.#watched = this.#watched.filter(({ isWatched }) => isWatched)
    if (names.length < MANY || this.#watched.length >= FOLDERS_AT_ONCE) return null
    const looks = new SharedLooks(names.length)
    const watch: Watch = { folder, names, memory: looks.memory }
    this.#worker.postMessage(watch)
    this.#watched = [...this.#watched, looks]
    return looks
  }
}

function startWorker(): Worker {
  const worker = new Worker(new URL('./lookout-worker.ts', import.meta.url))
  worker.unref()
  return worker
}
