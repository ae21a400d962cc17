import { ApiError, type EggLayer, type ImportErrors, UnreachableError, importFiles } from '@imalink/client'
import type { SignedIn } from '../../access/viewer.ts'
import { AppError } from '../../app-error.ts'
import { now } from '../../clock.ts'
import { type Db, inTransaction, isUnavailable } from '../../storage/database/database.ts'
import { type ImportedPhotos, LeaseLostError, folderBackend } from './folder-backend.ts'
import { type Lease, countSettled, endRun, holdLease } from './folder-lease.repository.ts'
import { scanFolder } from './folder-scan.ts'
import type { ImportRoots } from './import-roots.ts'
import { type SessionRow, addCounts, insertErrors } from './import-sessions.repository.ts'
import { FolderProgress } from './folder-progress.ts'
import { reportedFiles } from './settled-files.repository.ts'

export interface FolderImport {
  readonly db: Db
  readonly photos: ImportedPhotos
  readonly roots: ImportRoots
  readonly eggs: EggLayer
  /** Images at core at once. */
  readonly jobs: number
  readonly session: SessionRow
  readonly lease: Lease
  /** Breaks the work off; whoever has the session next goes on from there. */
  readonly signal: AbortSignal
  /** Core or the database is away, and why; null when both answer again. */
  onWaiting(reason: string | null): void
  /** Something failed that should not have, or the import cannot go on at all. */
  onFailure(error: unknown): void
}

/**
 * Imports the folder of a session to its end. What is recorded already is passed over, so a run that follows a broken off
 * one goes on where that was. Throws the reason of `signal`, `LeaseLostError`, or that storage does not answer.
 */
export async function runFolderImport(run: FolderImport): Promise<void> {
  try {
    const settled = await importFolder(run)
    const at = now()
    const end = { status: 'completed' as const, finished_at: at, updated_at: at, total_files: settled }
    await endRun(run.db, run.lease, end)
  } catch (error) {
    if (run.signal.aborted || error instanceof LeaseLostError || isPassing(error)) throw error
    await fail(run, error)
  }
}

/** Imports what is there and not settled yet; answers how many files are settled now. */
async function importFolder(run: FolderImport): Promise<number> {
  const { db, session, lease, signal } = run
  const folder = await run.roots.realFolder(session.source_path ?? '')
  const owner = ownerOf(session)
  const progress = new FolderProgress((settled) => countSettled(db, lease, settled, now()))
  const report = async (errors: ImportErrors) => {
    await reportRefused(run, errors)
    progress.add(errors.length)
  }
  try {
    const groups = scanFolder(folder, {
      db,
      owner,
      roots: run.roots,
      sessionId: session.id,
      signal,
      progress,
      report,
    })
    await importFiles(groups, {
      backend: folderBackend({
        photos: run.photos,
        owner,
        mayCommit: async (tx) => mustHold(await holdLease(tx, lease)),
        reportErrors: report,
        onDefect: run.onFailure,
      }),
      eggs: run.eggs,
      sessionId: session.id,
      coldpreviewSize: session.coldpreview_size,
      jobs: run.jobs,
      signal,
      giveUpAfterMs: Number.POSITIVE_INFINITY,
      // A refused file is settled when it is reported.
      onOutcome: ({ status }) => progress.add(status === 'refused' ? 0 : 1),
      onWaiting: run.onWaiting,
    })
    // What is gone with its disk is not what has been imported.
    await run.roots.realFolder(session.source_path ?? '')
  } finally {
    await progress.end()
  }
  return progress.files
}

function ownerOf(session: SessionRow): SignedIn {
  return { userId: session.user_id, credential: { kind: 'server' } }
}

function mustHold(held: boolean): void {
  if (!held) throw new LeaseLostError()
}

/** Counts and keeps refusals that were not reported before, so that each file counts once however often it is tried. */
async function reportRefused({ db, session, lease }: FolderImport, errors: ImportErrors): Promise<void> {
  await inTransaction(db, async (tx) => {
    mustHold(await holdLease(tx, lease))
    const paths = errors.map(({ filename }) => filename)
    const reported = await reportedFiles(tx, session.id, paths)
    const fresh = errors.filter(({ filename }) => !reported.has(filename))
    if (fresh.length === 0) return
    const counts = { created: 0, duplicates: 0, failed: fresh.length, processed: fresh.length }
    await addCounts(tx, ownerOf(session), session.id, counts, now())
    await insertErrors(tx, session.id, fresh)
  })
}

/**
 * Whether the same may succeed later: storage or a server behind it did not answer, or a photo that a file was to be
 * added to was deleted at that moment.
 */
function isPassing(error: unknown): boolean {
  if (error instanceof ApiError)
    return error.code === 'photo_not_found' || [429, 502, 503, 504].includes(error.status)
  return isUnavailable(error) || error instanceof UnreachableError
}

async function fail(run: FolderImport, error: unknown): Promise<void> {
  const { db, session, lease } = run
  run.onFailure(error)
  const known = error instanceof AppError || error instanceof ApiError
  const reason = known
    ? { code: error.code, detail: error.message }
    : { code: 'internal_error', detail: 'The server failed; the failure is in its log.' }
  const at = now()
  await inTransaction(db, async (tx) => {
    mustHold(await holdLease(tx, lease))
    await insertErrors(tx, session.id, [{ filename: session.source_path ?? '', ...reason }])
    await endRun(tx, lease, { status: 'failed', finished_at: at, updated_at: at })
  })
}
