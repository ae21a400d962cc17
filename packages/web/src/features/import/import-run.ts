import { type SourceGroup, importBackendAt, importFiles } from '@imalink/client'
import { endpoints } from '@imalink/contract'
import { ask, backend, sentenceOf } from '../../server/backend.ts'
import { type FoundFile, asSources } from './found-files.ts'
import { type ImportState, isOver } from './import-state.ts'
import { sortOut } from './left-out.ts'
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
  /** The files of one folder after the other. */
  readonly folders: AsyncIterable<readonly FoundFile[]>
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
  await importFiles(scanAhead(options.folders, board, signal), {
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
  await ask(endpoints.updateImportSession, {
    params: { id },
    body: { status, total_files: counts.found, known_files: counts.without_egg },
  })
}

/** Walks the folders ahead of the import, so that the number of files is known as early as it can be. */
async function* scanAhead(
  folders: RunOptions['folders'],
  board: ProgressBoard,
  signal: AbortSignal,
): AsyncGenerator<SourceGroup> {
  const queue: SourceGroup<FoundFile>[] = []
  let isDone = false
  let wake = () => {}
  const scan = async () => {
    for await (const folder of folders) {
      if (signal.aborted) return
      const { groups, leftOut } = sortOut(folder)
      board.scanned(
        groups.reduce((sum, { files }) => sum + files.length, 0),
        leftOut,
      )
      queue.push(...groups)
      wake()
    }
  }
  const scanning = scan().finally(() => {
    isDone = true
    board.show({ isScanning: false })
    wake()
  })
  for (let next = 0; !isDone || next < queue.length;) {
    const group = queue[next]
    if (group) {
      next++
      yield await asSources(group)
    } else {
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }
  await scanning
}
