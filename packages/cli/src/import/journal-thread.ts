import type { Worker } from 'node:worker_threads'
import { scanThread } from '@imalink/client/disk'

let early: Worker | null = null

/** Starts the thread that an import will ask for, while the rest of the program is still being loaded. */
export function startEarly(): void {
  early = newThread()
}

/** A thread, for one scan, that will look at the disk and ask the journal; it holds up no exit. */
export function journalThread(): Worker {
  const thread = early ?? newThread()
  early = null
  return thread
}

function newThread(): Worker {
  return scanThread(new URL('./scan-worker.ts', import.meta.url))
}
