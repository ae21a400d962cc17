import {
  type EggLayer,
  type ImportCounts,
  type Outcome,
  type Server,
  importBackendAt,
  importFiles,
  nothingCounted,
} from '@imalink/client'
import type { ImportStatus } from '@imalink/contract'
import { type ExitCode, type Failure, asFailure, exitCodes } from '../failure.ts'
import type { Progress } from './progress.ts'
import type { ImportResult, RefusedFile } from './report.ts'
import { beginSession, tellSession } from './session.ts'
import { sourceGroups } from './source-files.ts'
import { type LeftOut, type Root, countFiles, nothingLeftOut, textOf } from './walk.ts'

export interface ImportPlan {
  readonly backend: Server
  /** The backend's address, as a person opens it. */
  readonly address: string
  readonly eggs: EggLayer
  readonly roots: readonly Root[]
  readonly title: string | null
  readonly volume: string
  readonly coldpreviewSize: number | null
  readonly jobs: number
  readonly giveUpAfterMs: number
  readonly signal: AbortSignal
  /** Null where nothing is to be shown. */
  readonly progress: Progress | null
  onOutcome(outcome: Outcome): void
}

/** Imports what the plan names as one session. What ends it early is in the result; throws only before it has begun. */
export async function runImport(plan: ImportPlan): Promise<ImportResult> {
  const sessionId = await beginSession(plan.backend, plan)
  const tally = newTally()
  const counting = countAhead(plan, sessionId)
  const failure = await importAll(plan, sessionId, tally)
  counting.stop()
  const { total_files, problem } = await counting.done
  const untold = await tellSession(plan.backend, sessionId, {
    status: sessionStatus(failure),
    ...(problem !== null && total_files !== null ? { total_files } : {}),
  })
  if (untold !== null) plan.progress?.say(`The import's session could not be closed: ${untold}`)
  return resultOf(plan, sessionId, tally, failure)
}

interface Tally {
  readonly startedMs: number
  readonly refused: RefusedFile[]
  readonly leftOut: LeftOut
  counts: ImportCounts
  inTrash: number
}

function newTally(): Tally {
  return {
    startedMs: performance.now(),
    refused: [],
    leftOut: nothingLeftOut(),
    counts: nothingCounted,
    inTrash: 0,
  }
}

/** Answers what ended the import before its end, or null. */
async function importAll(plan: ImportPlan, sessionId: number, tally: Tally): Promise<Failure | null> {
  try {
    await importFiles(sourceGroups(plan.roots, { ...plan, leftOut: tally.leftOut }), {
      ...plan,
      backend: importBackendAt(plan.backend),
      sessionId,
      onOutcome(outcome, counts) {
        note(tally, outcome, counts)
        plan.progress?.update(counts)
        plan.onOutcome(outcome)
      },
      onWaiting: (reason) => plan.progress?.waitFor(reason),
    })
    return null
  } catch (error) {
    return asFailure(error)
  }
}

function note(tally: Tally, outcome: Outcome, counts: ImportCounts): void {
  tally.counts = counts
  if (outcome.status === 'refused') {
    const { file, code, detail } = outcome
    tally.refused.push({ path: file.path, code, detail })
  } else if (outcome.in_trash) tally.inTrash++
}

/** Counts the files while the import runs, for the time that is left; `done` says what the session was not told. */
function countAhead({ roots, signal, progress, backend }: ImportPlan, sessionId: number) {
  const enough = new AbortController()
  const count = async () => {
    const total = await countFiles(roots, AbortSignal.any([signal, enough.signal]))
    if (total === null) return { total_files: null, problem: null }
    progress?.foundAll(total)
    return { total_files: total, problem: await tellSession(backend, sessionId, { total_files: total }) }
  }
  return { done: count(), stop: () => enough.abort() }
}

function sessionStatus(failure: Failure | null): ImportStatus {
  if (failure === null) return 'completed'
  return failure.exitCode === exitCodes.interrupted ? 'cancelled' : 'failed'
}

function resultOf(plan: ImportPlan, sessionId: number, tally: Tally, failure: Failure | null): ImportResult {
  const interrupted = failure?.exitCode === exitCodes.interrupted
  return {
    status: failure === null ? 'completed' : interrupted ? 'interrupted' : 'failed',
    exitCode: failure === null ? exitCodeOf(tally) : failure.exitCode,
    reason: failure === null ? null : failure.message,
    address: plan.address,
    eggs: plan.eggs,
    sessionId,
    paths: plan.roots.map(({ path }) => textOf(path)),
    counts: tally.counts,
    inTrash: tally.inTrash,
    refused: tally.refused,
    leftOut: tally.leftOut,
    seconds: (performance.now() - tally.startedMs) / 1000,
  }
}

function exitCodeOf({ refused, leftOut }: Tally): ExitCode {
  return refused.length + leftOut.unreadableFolders.length > 0 ? exitCodes.refusedFiles : exitCodes.ok
}
