import { ApiError } from '../client.ts'
import {
  type ImportCounts,
  type ImportOptions,
  type Outcome,
  type SourceGroup,
  nothingCounted,
} from '../import.ts'
import { type Settled, assemblyLine } from './assembly-line.ts'
import { concernsTheCaller } from './delivery.ts'
import { errorReports } from './error-reports.ts'
import { everyGroup, stoppedBy } from './every-group.ts'
import { GIVE_UP_AFTER_MS, LostCauseError, Patience } from './patience.ts'

/** How long eggs that are laid may still take to be acknowledged after the import is stopped. */
const LAST_DELIVERIES_MS = 10_000

/**
 * Imports originals: asks the backend what it knows, has eggs laid of the rest, and keeps them in the backend.
 * Every file has one outcome, in the order in which they are settled; what is wrong with one file never ends the import.
 *
 * Memory stays bounded however many files there are: they are taken from `groups` as there is room for them.
 * When `signal` aborts nothing more is begun, eggs that are laid are still delivered, and the signal's reason is thrown.
 * Also throws `ApiError` when the caller may not import (401, 403), `ApiError` or `UnreachableError` when a server was
 * away for `giveUpAfterMs`, what `groups` and `onOutcome` throw, and at the end why the session could not be told of a file
 * that was refused.
 */
export async function importFiles(
  groups: AsyncIterable<SourceGroup> | Iterable<SourceGroup>,
  options: ImportOptions,
): Promise<ImportCounts> {
  const { stop, release } = stoppedBy(options.signal)
  const deliveries = outlasting(stop.signal, LAST_DELIVERIES_MS)
  try {
    return await runImport(groups, options, { stop, deliveries: deliveries.signal })
  } finally {
    deliveries.end()
    release()
  }
}

async function runImport(
  groups: AsyncIterable<SourceGroup> | Iterable<SourceGroup>,
  options: ImportOptions,
  { stop, deliveries }: { stop: AbortController; deliveries: AbortSignal },
): Promise<ImportCounts> {
  const { sessionId, backend } = options
  const patience = patienceWithBoth(options, stop.signal)
  const settle = assemblyLine({ ...options, patience, stop: stop.signal, deliveries })
  const report =
    sessionId === null ? null : errorReports(backend, patience.backend, { sessionId, signal: deliveries })
  let counts = nothingCounted
  const untold: Error[] = []

  async function tell({ outcome, isInEgg }: Settled): Promise<void> {
    counts = counted(counts, outcome, isInEgg)
    options.onOutcome(outcome, counts)
    if (outcome.status !== 'refused') return
    await report?.(outcome).catch((error: unknown) => {
      if (!isAboutWhatWasSent(error)) throw error
      untold.push(error)
    })
  }

  await everyGroup(groups, stop, async (group) => {
    counts = { ...counts, found: counts.found + group.files.length }
    await Promise.all((await settle(group)).map(tell))
  })
  stop.signal.throwIfAborted()
  // Of no photo's concern, so that all of them have come in before.
  if (untold[0]) throw untold[0]
  return counts
}

function isAboutWhatWasSent(error: unknown): error is ApiError | LostCauseError {
  return error instanceof LostCauseError || (error instanceof ApiError && !concernsTheCaller(error))
}

const countOf = {
  created: 'created',
  duplicate: 'duplicates',
  known: 'known',
  joined: 'joined',
  refused: 'refused',
} as const

function counted(counts: ImportCounts, { status }: Outcome, isInEgg: boolean): ImportCounts {
  const name = countOf[status]
  const without_egg = counts.without_egg + (isInEgg || status === 'refused' ? 0 : 1)
  return { ...counts, done: counts.done + 1, without_egg, [name]: counts[name] + 1 }
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
