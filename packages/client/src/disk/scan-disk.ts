import { Worker } from 'node:worker_threads'
import type { SourceGroup } from '../import.ts'
import { type DiskFile, diskFile } from './disk-file.ts'
import { receivedPath } from './disk-path.ts'
import type { NameWishes } from './name-filter.ts'
import type { FoundFile } from './read-folder.ts'
import type { Root } from './roots.ts'
import type { ScanNews } from './scan-news.ts'
import type { Portion, ScanOrder } from './serve-scan.ts'

export interface ScanOptions extends NameWishes {
  /** A name for the disk, null where it names itself. */
  readonly volume: string | null
  /** Files that were changed before are left out; milliseconds since 1970, null for none. */
  readonly sinceMs: number | null
  readonly crossMounts: boolean
  /** What has no photo's name and is larger is left out; bytes. */
  readonly maxUnnamedBytes: number
  readonly signal: AbortSignal
  /** From `scanThread`, for this scan alone; one without a memory where it is left out. */
  readonly thread?: Worker
  /** What that program opens its memory with. */
  readonly memory?: unknown
  /** Whether every remembered file is listed in the news, and not only counted. */
  readonly listRecalled?: boolean
  /** Whether what is left out is listed as well. */
  readonly listLeftOut?: boolean
  /** Whether the folders that were read are listed. */
  readonly listFolders?: boolean
  onNews(news: ScanNews): void
}

/** A scan that is under way. Whoever starts it ends it, whether or not they have taken the groups. */
export interface DiskScan extends AsyncDisposable {
  /** Once. Throws the reason of `signal`. */
  groups(): AsyncGenerator<SourceGroup<DiskFile>>
}

/**
 * The originals below the roots that nothing vouches for, folder after folder, put together by their names. A thread of
 * its own looks at the disk and stays no more than 1,000 files ahead, so that memory stays flat however large the tree
 * is; what cannot be read is told in the news and never ends the scan. Throws the reason of `signal`.
 */
export async function* scanDisk(
  roots: readonly Root[],
  options: ScanOptions,
): AsyncGenerator<SourceGroup<DiskFile>> {
  await using scan = startScan(roots, options)
  yield* scan.groups()
}

/** `scanDisk`, begun before anybody has time for the groups; the news come with them. */
export function startScan(roots: readonly Root[], options: ScanOptions): DiskScan {
  options.signal.throwIfAborted()
  const { worker, waiting } = startWorker(roots, options)
  const portions = received(worker, options.signal)

  async function* groups(): AsyncGenerator<SourceGroup<DiskFile>> {
    for (;;) {
      const portion = await portions.next()
      options.onNews({ ...portion.news, folders: portion.news.folders.map(receivedPath) })
      yield* portion.groups.map(asSource)
      if (portion.isLast) return
      Atomics.sub(waiting, 0, portion.files)
      Atomics.notify(waiting, 0)
    }
  }
  return {
    groups,
    async [Symbol.asyncDispose]() {
      portions.release()
      await worker.terminate()
    },
  }
}

/** Names and times are dropped as fast as they are read: a larger nursery spares a tenth of the scan's time. */
const resourceLimits = { maxYoungGenerationSizeMb: 64 }

/** A thread that waits for a scan; `program` calls `serveScan`. Starting one early spares its start; it holds up no exit. */
export function scanThread(program = new URL('./scan-worker.ts', import.meta.url)): Worker {
  const thread = new Worker(program, { resourceLimits })
  thread.unref()
  return thread
}

function startWorker(roots: readonly Root[], options: ScanOptions) {
  const { volume, sinceMs, crossMounts, maxUnnamedBytes, include, exclude } = options
  const shared = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)
  const order: ScanOrder = {
    ...{ roots, volume, sinceMs, crossMounts, maxUnnamedBytes, include, exclude },
    listRecalled: options.listRecalled ?? false,
    listLeftOut: options.listLeftOut ?? false,
    listFolders: options.listFolders ?? false,
    memory: options.memory ?? null,
    waiting: shared,
  }
  const worker = options.thread ?? scanThread()
  worker.ref()
  worker.postMessage(order)
  return { worker, waiting: new Int32Array(shared) }
}

/** What a worker sends, one after the other; `next` rejects when it fails and when `signal` aborts. */
function received(worker: Worker, signal: AbortSignal) {
  const portions: Portion[] = []
  let failure: { readonly reason: unknown } | null = null
  let wake = () => {}
  const fail = (reason: unknown) => {
    failure ??= { reason }
    wake()
  }
  const abort = () => fail(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  worker.on('message', (portion: Portion) => {
    portions.push(portion)
    wake()
  })
  worker.on('error', fail)
  worker.on('exit', (code) => fail(new Error(`The scan of the disk ended unexpectedly (${code})`)))

  async function next(): Promise<Portion> {
    for (;;) {
      if (signal.aborted) throw signal.reason
      const portion = portions.shift()
      if (portion) return portion
      if (failure) throw failure.reason
      await new Promise<void>((resolve) => (wake = resolve))
    }
  }
  return { next, release: () => signal.removeEventListener('abort', abort) }
}

function asSource({
  place,
  files,
  sidecars,
  settled = [],
}: Portion['groups'][number]): SourceGroup<DiskFile> {
  const here = { folder: receivedPath(place.folder), volume: place.volume }
  const asFile = (found: FoundFile) => diskFile(here, { ...found, name: receivedPath(found.name) })
  return { files: files.map(asFile), sidecars: sidecars.map(asFile), settled }
}
