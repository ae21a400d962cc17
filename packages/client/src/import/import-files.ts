import type { ImportCounts, ImportOptions, Outcome, SourceFile } from '../import.ts'
import { assemblyLine } from './assembly-line.ts'
import { errorReports } from './error-reports.ts'
import { everyFile, stoppedBy } from './every-file.ts'
import { GIVE_UP_AFTER_MS, Patience } from './patience.ts'

/** How long eggs that are laid may still take to be acknowledged after the import is stopped. */
const LAST_DELIVERIES_MS = 10_000

/**
 * Imports originals: asks the backend what it knows, has eggs laid of the rest, and keeps them in the backend.
 * Every file has one outcome, in the order in which they are settled; what is wrong with one file never ends the import.
 *
 * Memory stays bounded however many files there are: they are taken from `files` as there is room for them.
 * When `signal` aborts nothing more is begun, eggs that are laid are still delivered, and the signal's reason is thrown.
 * Also throws `ApiError` when the caller may not import (401, 403), `ApiError` or `UnreachableError` when a server was
 * away for `giveUpAfterMs`, and what `files` and `onOutcome` throw.
 */
export async function importFiles(
  files: AsyncIterable<SourceFile> | Iterable<SourceFile>,
  options: ImportOptions,
): Promise<ImportCounts> {
  const { stop, release } = stoppedBy(options.signal)
  const deliveries = outlasting(stop.signal, LAST_DELIVERIES_MS)
  try {
    return await runImport(files, options, { stop, deliveries: deliveries.signal })
  } finally {
    deliveries.end()
    release()
  }
}

async function runImport(
  files: AsyncIterable<SourceFile> | Iterable<SourceFile>,
  options: ImportOptions,
  { stop, deliveries }: { stop: AbortController; deliveries: AbortSignal },
): Promise<ImportCounts> {
  const { sessionId } = options
  const backend = { ...options.backend, signal: deliveries }
  const patience = patienceWithBoth(options, stop.signal)
  const settle = assemblyLine({ ...options, backend, patience, stop: stop.signal })
  const report = sessionId === null ? null : errorReports(backend, patience.backend, sessionId)
  let counts: ImportCounts = { found: 0, done: 0, created: 0, duplicates: 0, known: 0, refused: 0 }

  await everyFile(files, stop, async (file) => {
    counts = { ...counts, found: counts.found + 1 }
    const outcome: Outcome = { file, ...(await settle(file)) }
    counts = counted(counts, outcome)
    options.onOutcome(outcome, counts)
    if (outcome.status === 'refused') await report?.(outcome)
  })
  stop.signal.throwIfAborted()
  return counts
}

const countOf = { created: 'created', duplicate: 'duplicates', known: 'known', refused: 'refused' } as const

function counted(counts: ImportCounts, { status }: Outcome): ImportCounts {
  const name = countOf[status]
  return { ...counts, done: counts.done + 1, [name]: counts[name] + 1 }
}

/** Core and backend each have their own clock for giving up; the caller hears of whichever is waited for. */
function patienceWithBoth(options: ImportOptions, signal: AbortSignal) {
  const reasons = new Map<string, string>()
  const patienceWith = (server: string) =>
    new Patience({
      signal,
      giveUpAfterMs: options.giveUpAfterMs ?? GIVE_UP_AFTER_MS,
      onWaiting(reason) {
        if (reason === null) reasons.delete(server)
        else reasons.set(server, reason)
        options.onWaiting?.([...reasons.values()][0] ?? null)
      },
    })
  return { core: patienceWith('core'), backend: patienceWith('backend') }
}

/** A signal that aborts `ms` after `first` does; `end` stops its clock. */
function outlasting(first: AbortSignal, ms: number) {
  const later = new AbortController()
  let clock: ReturnType<typeof setTimeout> | undefined
  const start = () => {
    clock = setTimeout(() => later.abort(first.reason), ms)
  }
  first.addEventListener('abort', start, { once: true })
  return { signal: later.signal, end: () => clearTimeout(clock) }
}
