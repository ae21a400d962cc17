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

/**
 * A second thread that looks at what is in a folder while the scan does, which halves the time that both processors and
 * network disks make it wait. It starts with the first folder that has many names, and ends with the thread of the scan.
 */
export class Lookout {
  #worker: Worker | null = null
  #latest: SharedLooks | null = null

  /** Has the names of a folder looked at from the last one on. Null where that would not help, or it is not done with others. */
  lookAt(folder: DiskPath, names: readonly DiskPath[]): SharedLooks | null {
    if (names.length < MANY || this.#latest?.isWatched === true) return null
    this.#latest = new SharedLooks(names.length)
    const watch: Watch = { folder, names, memory: this.#latest.memory }
    this.#worker ??= startWorker()
    this.#worker.postMessage(watch)
    return this.#latest
  }
}

function startWorker(): Worker {
  const worker = new Worker(new URL('./lookout-worker.ts', import.meta.url))
  worker.unref()
  return worker
}
