import { importBackendAt, importFiles } from '@imalink/client'
import { endpoints } from '@imalink/contract'
import { ask, backend, sentenceOf } from '../../server/backend.ts'
import { type FoundFile, asSource } from './found-files.ts'
import { type ImportState, isOver } from './import-state.ts'
import { leftOut } from './left-out.ts'
import { pickCore } from './pick-core.ts'
import { type ProgressBoard, progressBoard } from './progress-board.ts'

const COLDPREVIEW_PX = 1920

/** An import in progress, or one that is over. */
export interface ImportRun {
  state(): ImportState
  /** Calls back when the state is another, at most five times a second; answers how to stop that. */
  subscribe(onChange: () => void): () => void
  cancel(): void
}

interface RunOptions {
  readonly title: string
  readonly files: AsyncIterable<FoundFile>
  /** Core's address as the server's own machine sees it, null where it has none there. */
  localCoreUrl(): Promise<string | null>
  /** Photos came in, or the import is over. */
  onProgress(): void
}

/** Imports what was found. It goes on whatever page is shown, and never throws: its state says how it ended. */
export function startImport(options: RunOptions): ImportRun {
  const stop = new AbortController()
  const board = progressBoard(options.title, options.onProgress)
  const run = async () => {
    const session = await ask(endpoints.createImportSession, { body: { title: options.title.slice(0, 255) } })
    try {
      await importInto(session.id, options, board, stop.signal)
      board.show({ phase: 'completed' })
    } catch (error) {
      board.show(
        stop.signal.aborted ? { phase: 'cancelled' } : { phase: 'failed', failure: sentenceOf(error) },
      )
    }
    await closeSession(session.id, board.current())
  }
  run()
    .catch((error: unknown) => board.show({ phase: 'failed', failure: sentenceOf(error) }))
    .finally(options.onProgress)
  return {
    state: board.shown,
    subscribe: board.subscribe,
    cancel: () => {
      if (isOver(board.current())) return
      board.show({ phase: 'stopping' })
      stop.abort(new Error('The import was cancelled'))
    },
  }
}

async function importInto(
  sessionId: number,
  options: RunOptions,
  board: ProgressBoard,
  signal: AbortSignal,
): Promise<void> {
  const eggs = await pickCore(await options.localCoreUrl())
  board.show({ core: eggs.kind })
  await importFiles(scanAhead(options.files, board, signal), {
    backend: importBackendAt(backend),
    eggs,
    sessionId,
    coldpreviewSize: COLDPREVIEW_PX,
    jobs: Math.min(8, Math.max(2, navigator.hardwareConcurrency)),
    signal,
    onOutcome: (outcome, counts) => board.outcome(outcome, counts),
    onWaiting: (waiting) => board.show({ waiting }),
  })
}

async function closeSession(id: number, { phase, counts }: ImportState): Promise<void> {
  const status = phase === 'completed' || phase === 'cancelled' ? phase : 'failed'
  await ask(endpoints.updateImportSession, { params: { id }, body: { status, total_files: counts.found } })
}

/** Walks the folders ahead of the import, so that the number of files is known as early as it can be. */
async function* scanAhead(files: AsyncIterable<FoundFile>, board: ProgressBoard, signal: AbortSignal) {
  const queue: FoundFile[] = []
  let isDone = false
  let wake = () => {}
  const scan = async () => {
    for await (const file of files) {
      if (signal.aborted) return
      const reason = leftOut(file.path)
      board.scanned(reason)
      if (reason === null) queue.push(file)
      wake()
    }
  }
  const scanning = scan().finally(() => {
    isDone = true
    board.show({ isScanning: false })
    wake()
  })
  for (let next = 0; !isDone || next < queue.length;) {
    const file = queue[next]
    if (file) {
      next++
      yield { files: [await asSource(file)], sidecars: [] }
    } else {
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }
  await scanning
}
