import { type Insertable, type Selectable, type Updateable, sql } from 'kysely'
import type { SignedIn } from '../../access/viewer.ts'
import type { Db, Tx } from '../../storage/database/database.ts'
import type { Database } from '../../storage/database/schema.ts'

export type SessionRow = Selectable<Database['import_sessions']>

export function insertSession(db: Db, session: Insertable<Database['import_sessions']>): Promise<SessionRow> {
  return db.insertInto('import_sessions').values(session).returningAll().executeTakeFirstOrThrow()
}

/** Ends imports of a client's from the same place as failed that have not been heard of since `before`. */
export async function endAbandoned(
  db: Db,
  owner: SignedIn,
  sourcePath: string,
  { before, at }: { readonly before: string; readonly at: string },
): Promise<void> {
  await db
    .updateTable('import_sessions')
    .set({ status: 'failed', finished_at: at, updated_at: at })
    .where('user_id', '=', owner.userId)
    .where('mode', '=', 'client')
    .where('status', 'in', ['pending', 'running'])
    .where('source_path', '=', sourcePath)
    .where('updated_at', '<', before)
    .execute()
}

export function findSession(db: Db, owner: SignedIn, sessionId: number): Promise<SessionRow | undefined> {
  return db
    .selectFrom('import_sessions')
    .selectAll()
    .where('id', '=', sessionId)
    .where('user_id', '=', owner.userId)
    .executeTakeFirst()
}

export function findSessions(db: Db, owner: SignedIn, sessionIds: readonly number[]): Promise<SessionRow[]> {
  return db
    .selectFrom('import_sessions')
    .selectAll()
    .where('id', 'in', sessionIds)
    .where('user_id', '=', owner.userId)
    .execute()
}

export function listSessions(
  db: Db,
  owner: SignedIn,
  page: { limit: number; offset: number; after: number | null },
): Promise<SessionRow[]> {
  return db
    .selectFrom('import_sessions')
    .selectAll()
    .where('user_id', '=', owner.userId)
    .$if(page.after !== null, (sessions) => sessions.where('id', '<', page.after))
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
    .offset(page.offset)
    .execute()
}

export async function countSessions(db: Db, owner: SignedIn): Promise<number> {
  const row = await db
    .selectFrom('import_sessions')
    .select(sql<number>`count(*)`.as('count'))
    .where('user_id', '=', owner.userId)
    .executeTakeFirstOrThrow()
  return row.count
}

/**
 * Changes a session; a start that it has had already stays its start, and known files count as processed. Nothing where
 * it is not in one of `statuses`, so that two changes at once cannot both count.
 */
export function updateSession(
  db: Db,
  owner: SignedIn,
  sessionId: number,
  change: Updateable<Database['import_sessions']>,
  statuses: readonly SessionRow['status'][],
): Promise<SessionRow | undefined> {
  return db
    .updateTable('import_sessions')
    .set((session) => ({
      ...change,
      started_at: session.fn.coalesce('started_at', session.val(change.started_at ?? null)),
      ...(change.known_files === undefined
        ? {}
        : {
            processed_files: sql<number>`processed_files - known_files + ${change.known_files}`,
          }),
    }))
    .where('id', '=', sessionId)
    .where('user_id', '=', owner.userId)
    .where('status', 'in', statuses)
    .returningAll()
    .executeTakeFirst()
}

export async function deleteSession(db: Tx, owner: SignedIn, sessionId: number): Promise<boolean> {
  const gone = await db
    .deleteFrom('import_sessions')
    .where('id', '=', sessionId)
    .where('user_id', '=', owner.userId)
    .executeTakeFirst()
  return gone.numDeletedRows > 0n
}

/** Adds to the counters; the first file moves a pending session to running. */
export async function addCounts(
  tx: Tx,
  owner: SignedIn,
  sessionId: number,
  counts: { created: number; duplicates: number; failed: number; processed: number },
  at: string,
): Promise<boolean> {
  const counted = await tx
    .updateTable('import_sessions')
    .set((session) => ({
      created_photos: session('created_photos', '+', counts.created),
      duplicates: session('duplicates', '+', counts.duplicates),
      failed_files: session('failed_files', '+', counts.failed),
      processed_files: session('processed_files', '+', counts.processed),
      status: session
        .case()
        .when('status', '=', 'pending')
        .then('running' as const)
        .else(session.ref('status'))
        .end(),
      started_at: session.fn.coalesce('started_at', session.val(at)),
      updated_at: at,
    }))
    .where('id', '=', sessionId)
    .where('user_id', '=', owner.userId)
    .executeTakeFirst()
  return counted.numUpdatedRows > 0n
}

export async function insertErrors(
  tx: Tx,
  sessionId: number,
  errors: readonly { filename: string; code: string; detail: string }[],
): Promise<void> {
  await tx
    .insertInto('import_errors')
    .values(errors.map((error) => ({ import_session_id: sessionId, ...error })))
    .execute()
}

/** The first errors of a session that was found for its owner. */
export function errorsOf(db: Db, sessionId: number, limit: number) {
  return db
    .selectFrom('import_errors')
    .select(['filename', 'code', 'detail'])
    .where('import_session_id', '=', sessionId)
    .orderBy('id')
    .limit(limit)
    .execute()
}
