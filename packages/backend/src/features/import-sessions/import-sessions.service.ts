import {
  type BodyOf,
  type ImportSession,
  type ImportStatus,
  type ListMeta,
  type QueryOf,
  type importSessionsEndpoints,
  limits,
  normalizeTag,
} from '@imalink/contract'
import { z } from 'zod'
import type { SignedIn } from '../../access/viewer.ts'
import { AppError, missingReference } from '../../app-error.ts'
import { now } from '../../clock.ts'
import { cutPage, pageMeta, readPage } from '../../paging.ts'
import { type Db, type Tx, inTransaction, isReferenceViolation } from '../../storage/database/database.ts'
import type { ImportRoots } from './import-roots.ts'
import * as sessions from './import-sessions.repository.ts'

type Endpoints = typeof importSessionsEndpoints

const FINISHED: readonly ImportStatus[] = ['completed', 'failed', 'cancelled']
const UNFINISHED: readonly ImportStatus[] = ['pending', 'running', 'paused']
const ANY: readonly ImportStatus[] = [...FINISHED, ...UNFINISHED]

export const isFinished = (session: { status: ImportStatus }) => FINISHED.includes(session.status)

/** What sessions need of other features; `app.ts` introduces them. */
export interface SessionDeps {
  readonly db: Db
  /** Which of these ids are authors of the owner's. */
  ownAuthors(db: Db, owner: SignedIn, ids: readonly number[]): Promise<ReadonlySet<number>>
  readonly roots: ImportRoots
}

/** Begins an import. Throws `author_not_found`, and `path_not_allowed` for a folder that the server may not read. */
export async function createSession(
  { db, ownAuthors, roots }: SessionDeps,
  owner: SignedIn,
  wanted: BodyOf<Endpoints['createImportSession']>,
): Promise<ImportSession> {
  const { author_id } = wanted
  if (wanted.mode === 'folder') await roots.realFolder(wanted.source_path ?? '')
  if (author_id && !(await ownAuthors(db, owner, [author_id])).has(author_id)) throw authorNotFound()
  const row = await beginSession(db, owner, wanted).catch((cause: unknown) => {
    // Deleted since it was looked for.
    throw isReferenceViolation(cause) ? authorNotFound() : cause
  })
  return toSession(row, [])
}

/** A client that was killed cannot say so: whoever imports the same place again says it for it. */
const ABANDONED_AFTER_MS = 60 * 60 * 1000

function beginSession(db: Db, owner: SignedIn, wanted: BodyOf<Endpoints['createImportSession']>) {
  const session = newSession(owner, wanted)
  const { source_path, mode, created_at: at } = session
  return inTransaction(db, async (tx) => {
    const before = new Date(Date.parse(at) - ABANDONED_AFTER_MS).toISOString()
    if (mode === 'client' && source_path !== null)
      await sessions.endAbandoned(tx, owner, source_path, { before, at })
    return sessions.insertSession(tx, session)
  })
}

const authorNotFound = () => missingReference('author_not_found', 'There is no such author of yours.')

function newSession(owner: SignedIn, wanted: BodyOf<Endpoints['createImportSession']>) {
  const at = now()
  const tags = (wanted.default_tags ?? []).flatMap((tag) => normalizeTag(tag) ?? [])
  return {
    user_id: owner.userId,
    title: wanted.title ?? null,
    description: wanted.description ?? null,
    source_path: wanted.source_path ?? null,
    mode: wanted.mode ?? ('client' as const),
    status: 'pending' as const,
    author_id: wanted.author_id ?? null,
    default_tags: JSON.stringify([...new Set(tags)]),
    default_visibility: wanted.default_visibility ?? null,
    coldpreview_size: wanted.mode === 'folder' ? coldpreviewSize(wanted) : null,
    total_files: wanted.total_files ?? null,
    created_at: at,
    updated_at: at,
  }
}

const USUAL_COLDPREVIEW_PX = 1920

/** Null is no coldpreview, and nothing said is the usual one. */
function coldpreviewSize({
  coldpreview_size: wanted,
}: BodyOf<Endpoints['createImportSession']>): number | null {
  return wanted === undefined ? USUAL_COLDPREVIEW_PX : wanted
}

/** One of the owner's sessions. Throws `import_session_not_found`. */
export async function readSession(db: Db, owner: SignedIn, sessionId: number): Promise<ImportSession> {
  const row = await sessions.findSession(db, owner, sessionId)
  if (!row) throw sessionNotFound()
  return toSession(row, await sessions.errorsOf(db, row.id, limits.importErrors))
}

const sessionNotFound = () =>
  new AppError('import_session_not_found', 'There is no such import session of yours.')

const LIST = 'import-sessions'

/** The owner's imports, latest first; their errors are read one by one. */
export async function pageOfSessions(
  db: Db,
  owner: SignedIn,
  query: QueryOf<Endpoints['listImportSessions']>,
): Promise<{ data: ImportSession[]; meta: ListMeta }> {
  const page = readPage(query, LIST, z.int())
  const rows = await sessions.listSessions(db, owner, page)
  const { shown, nextCursor } = cutPage(rows, page, LIST, ({ id }) => id)
  const total = page.after === null ? await sessions.countSessions(db, owner) : null
  const meta = pageMeta(page, total, nextCursor)
  return { data: shown.map((row) => toSession(row, [])), meta }
}

/**
 * Changes what the client decides. Throws `session_finished` where a finished session were to run again or to end otherwise, and
 * `validation_failed` for numbers of a folder import, which the server counts itself.
 */
export async function changeSession(
  db: Db,
  owner: SignedIn,
  sessionId: number,
  change: BodyOf<Endpoints['updateImportSession']>,
): Promise<ImportSession> {
  const at = now()
  const { status, ...texts } = change
  if (change.total_files !== undefined || change.known_files !== undefined)
    await refuseOwnCounts(db, owner, sessionId)
  const row = await sessions.updateSession(
    db,
    owner,
    sessionId,
    { ...withoutUndefined(texts), ...timesOf(status, at), updated_at: at },
    status === undefined ? ANY : [...UNFINISHED, ...(UNFINISHED.includes(status) ? [] : [status])],
  )
  if (!row) {
    await readSession(db, owner, sessionId)
    throw new AppError(
      'session_finished',
      'The import session is finished and cannot run again or end otherwise.',
    )
  }
  return readSession(db, owner, sessionId)
}

async function refuseOwnCounts(db: Db, owner: SignedIn, sessionId: number): Promise<void> {
  const { mode } = await readSession(db, owner, sessionId)
  if (mode === 'folder')
    throw new AppError('validation_failed', 'The server counts the files of a folder import itself.')
}

function withoutUndefined<T extends object>(fields: T) {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}

function timesOf(status: ImportStatus | undefined, at: string) {
  if (status === undefined) return {}
  if (FINISHED.includes(status)) return { status, finished_at: at }
  return status === 'running' ? { status, started_at: at } : { status }
}

export async function forgetSession(db: Db, owner: SignedIn, sessionId: number): Promise<void> {
  if (!(await inTransaction(db, (tx) => sessions.deleteSession(tx, owner, sessionId))))
    throw sessionNotFound()
}

/** Counts files that never became an egg as failed and processed. */
export async function reportErrors(
  db: Db,
  owner: SignedIn,
  sessionId: number,
  errors: BodyOf<Endpoints['reportImportErrors']>['errors'],
): Promise<ImportSession> {
  await inTransaction(db, async (tx) => {
    const counts = { created: 0, duplicates: 0, failed: errors.length, processed: errors.length }
    if (!(await sessions.addCounts(tx, owner, sessionId, counts, now()))) throw sessionNotFound()
    await sessions.insertErrors(tx, sessionId, errors)
  })
  return readSession(db, owner, sessionId)
}

/** What eggs of these sessions get where they say nothing; the owner's own sessions only. */
export async function defaultsOf(db: Db, owner: SignedIn, sessionIds: readonly number[]) {
  const rows = await sessions.findSessions(db, owner, sessionIds)
  return new Map(rows.map((row) => [row.id, defaultsIn(row)]))
}

function defaultsIn(row: sessions.SessionRow) {
  return { visibility: row.default_visibility, tags: parseTags(row), author_id: row.author_id }
}

/** Adds a session's eggs to its counters, in the transaction that stores them. */
export async function countEggs(
  tx: Tx,
  owner: SignedIn,
  sessionId: number,
  counts: { created: number; duplicates: number; files: number },
): Promise<void> {
  const { created, duplicates, files } = counts
  await sessions.addCounts(tx, owner, sessionId, { created, duplicates, failed: 0, processed: files }, now())
}

/** The column holds what `createSession` wrote. */
function parseTags(row: sessions.SessionRow): string[] {
  return JSON.parse(row.default_tags) as string[]
}

function toSession(row: sessions.SessionRow, errors: ImportSession['errors']): ImportSession {
  const {
    user_id: _owner,
    lease_owner: _worker,
    lease_expires_at: _until,
    default_tags: _tags,
    ...fields
  } = row
  return { ...fields, default_tags: parseTags(row), errors, ...speedOf(row) }
}

function speedOf(row: sessions.SessionRow): Pick<ImportSession, 'files_per_second' | 'eta_seconds'> {
  if (row.started_at === null) return { files_per_second: null, eta_seconds: null }
  const until = row.finished_at === null ? Date.now() : Date.parse(row.finished_at)
  const seconds = Math.max((until - Date.parse(row.started_at)) / 1000, 0.001)
  const perSecond = row.processed_files / seconds
  const left = row.total_files === null ? null : Math.max(row.total_files - row.processed_files, 0)
  const isRunning = row.status === 'running' && perSecond > 0
  return { files_per_second: perSecond, eta_seconds: isRunning && left !== null ? left / perSecond : null }
}
