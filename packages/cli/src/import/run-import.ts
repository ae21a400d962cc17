import { type EggLayer, type Server, type SourceGroup, importBackendAt, importFiles } from '@imalink/client'
import { type DiskFile, type DiskPath, type ScanNews, isDiskFile, textOf } from '@imalink/client/disk'
import type { ImportStatus, Visibility } from '@imalink/contract'
import { type ExitCode, type Failure, asFailure, exitCodes } from '../failure.ts'
import { type FileEvent, leftOutFile, recalledFile, settledFile } from './file-event.ts'
import type { Progress } from './progress.ts'
import type { ImportResult } from './report.ts'
import { RefusalReports, beginSession, tellSession } from './session.ts'
import { type SourceOptions, startSource } from './source-groups.ts'
import { Tally } from './tally.ts'

export interface ImportPlan extends Omit<SourceOptions, 'onNews'> {
  readonly backend: Server
  /** The backend's address, as a person opens it. */
  readonly address: string
  /** Asked while the disk is being looked at already. */
  findEggs(): Promise<EggLayer>
  readonly title: string | null
  /** What is said of every photo that comes in. */
  readonly photos: {
    readonly tags?: readonly string[]
    readonly creator?: string
    readonly visibility?: Visibility
  }
  readonly coldpreviewSize: number | null
  readonly jobs: number
  readonly pairs: boolean
  readonly giveUpAfterMs: number
  /** Null where nothing is to be shown. */
  readonly progress: Progress | null
  onFile(event: FileEvent): void
  onRefused?(file: DiskFile): void
  /** Hears in a sentence what is wrong and ends nothing. */
  onTrouble(sentence: string): void
  /** Hears of the folders that were read, where `listFolders` asks for them. */
  onFolders?(folders: readonly DiskPath[]): void
}

/**
 * Imports what the plan names as one session. What ends it early is in the result; throws only before it has begun.
 * With `onlyWhatIsNew` there is no session unless there is something for it.
 */
export async function runImport(
  plan: ImportPlan,
  { onlyWhatIsNew = false }: { readonly onlyWhatIsNew?: boolean } = {},
): Promise<ImportResult> {
  const tally = new Tally()
  const begin = async () => {
    const id = await beginSession({ ...plan.backend, signal: plan.signal }, plan)
    return onlyWhatIsNew ? newsOfWhatIsNew(plan, id, tally) : newsOfAll(plan, id, tally)
  }
  const onNews = (news: ScanNews) => {
    noteNews(plan, tally, news)
    session?.hear(news)
  }
  await using source = startSource({ ...plan, onNews })
  const eggs = await plan.findEggs()
  let session = onlyWhatIsNew ? null : await begin()
  const failure = await failureOf(async () => {
    const groups = await begun(source.groups())
    if (groups.isEmpty && session === null) return
    session ??= await begin()
    await importAll(plan, groups.all, { sessionId: session.id, tally, eggs })
  })
  await session?.end(failure)
  return resultOf(plan, { sessionId: session?.id ?? null, tally, failure, eggs })
}

/** What ended `work` before its end, or null. */
async function failureOf(work: () => Promise<void>): Promise<Failure | null> {
  try {
    await work()
    return null
  } catch (error) {
    return asFailure(error)
  }
}

/** Groups of which the first has been looked for. */
async function begun<T>(groups: AsyncGenerator<T>) {
  const first = await groups.next()
  async function* all(): AsyncGenerator<T> {
    if (first.done) return
    yield first.value
    yield* groups
  }
  return { isEmpty: first.done === true, all: all() }
}

function noteNews({ progress, onFile, onFolders }: ImportPlan, tally: Tally, news: ScanNews): void {
  onFolders?.(news.folders)
  tally.addNews(news)
  if (tally.total !== null) progress?.foundAll(tally.total)
  progress?.update(tally.totals)
  for (const file of news.recalled) {
    const event = recalledFile(file)
    if (event) onFile(event)
  }
  for (const file of news.leftOutFiles) onFile(leftOutFile(file))
}

async function importAll(
  plan: ImportPlan,
  groups: AsyncIterable<SourceGroup<DiskFile>>,
  { sessionId, tally, eggs }: { readonly sessionId: number; readonly tally: Tally; readonly eggs: EggLayer },
): Promise<void> {
  await importFiles(groups, {
    ...plan,
    ...plan.photos,
    eggs,
    backend: importBackendAt(plan.backend),
    sessionId,
    onOutcome(outcome, counts) {
      const { file } = outcome
      if (isDiskFile(file)) {
        plan.journal.note({ ...outcome, file })
        if (outcome.status === 'refused') plan.onRefused?.(file)
      }
      tally.addOutcome(outcome, counts)
      plan.progress?.update(tally.totals)
      plan.onFile(settledFile(outcome))
    },
    onWaiting: (reason) => plan.progress?.waitFor(reason),
  })
}

/** Tells a session of all files; what it could not be told while the import ran it is told at the end. */
function newsOfAll(plan: ImportPlan, id: number, tally: Tally) {
  const { backend } = plan
  const before = new RefusalReports(backend, id)
  let total: Promise<string | null> | null = null
  return {
    id,
    /** Tells how many files there are once that is known, if there is something left to do by then. */
    hear({ recalled }: ScanNews) {
      for (const { path, recalled: file } of recalled)
        if (file.status === 'refused') before.add({ path, code: file.code, detail: file.detail })
      if (tally.total !== null && tally.totals.done < tally.total)
        total ??= tellSession(backend, id, { total_files: tally.total })
    },
    async end(failure: Failure | null) {
      const isTold = total !== null && (await total) === null
      close(plan, [
        await before.end(),
        await tellSession(backend, id, {
          status: sessionStatus(failure),
          known_files: tally.totals.without_egg,
          ...(tally.total === null || isTold ? {} : { total_files: tally.total }),
        }),
      ])
    },
  }
}

/** Tells a session at its end of what has come since the last one, as if the rest were not there. */
function newsOfWhatIsNew(plan: ImportPlan, id: number, tally: Tally) {
  return {
    id,
    hear: () => undefined,
    async end(failure: Failure | null) {
      const { done, without_egg, unchanged, refused_before } = tally.totals
      const status = sessionStatus(failure)
      const total_files = done - unchanged - refused_before
      const known_files = without_egg - unchanged
      close(plan, [await tellSession(plan.backend, id, { status, total_files, known_files })])
    },
  }
}

function close({ onTrouble }: ImportPlan, reasons: readonly (string | null)[]): void {
  const reason = reasons.find((one) => one !== null)
  if (reason !== undefined) onTrouble(`The import's session could not be closed: ${reason}`)
}

function sessionStatus(failure: Failure | null): ImportStatus {
  if (failure === null) return 'completed'
  return failure.exitCode === exitCodes.interrupted ? 'cancelled' : 'failed'
}

function resultOf(
  plan: ImportPlan,
  {
    sessionId,
    tally,
    failure,
    eggs,
  }: Pick<ImportResult, 'sessionId' | 'failure' | 'eggs'> & {
    readonly tally: Tally
  },
): ImportResult {
  const interrupted = failure?.exitCode === exitCodes.interrupted
  return {
    status: failure === null ? 'completed' : interrupted ? 'interrupted' : 'failed',
    exitCode: failure === null ? exitCodeOf(tally) : failure.exitCode,
    failure,
    address: plan.address,
    eggs,
    sessionId,
    paths: plan.roots.map(({ path }) => textOf(path)),
    totals: tally.totals,
    inTrash: tally.inTrash,
    refused: tally.refusals.named,
    refusedByCode: tally.refusals.byCode,
    leftOut: tally.leftOut,
    unreadableFolders: tally.unreadableFolders,
    unreadableFolderCount: tally.unreadableFolderCount,
    seconds: tally.seconds,
  }
}

function exitCodeOf({ totals, unreadableFolderCount }: Tally): ExitCode {
  return totals.refused + unreadableFolderCount > 0 ? exitCodes.refusedFiles : exitCodes.ok
}
