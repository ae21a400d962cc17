import { type Insertable, type Selectable, type SqlBool, sql } from 'kysely'
import { liveSessions } from '../../access/live-sessions.ts'
import type { SignedIn } from '../../access/viewer.ts'
import type { Db } from '../../storage/database/database.ts'
import { prepared } from '../../storage/database/prepared.ts'
import type { Database } from '../../storage/database/schema.ts'

export async function insertSession(db: Db, session: Insertable<Database['sessions']>): Promise<void> {
  await db.insertInto('sessions').values(session).execute()
}

const liveSessionBy = prepared(
  (
    db,
    [column]: readonly ['sessions.id' | 'sessions.cookie_hash'],
    { value, at }: { value: string; at: string },
  ) =>
    liveSessions(db, at)
      .select(['sessions.id', 'sessions.user_id', 'sessions.last_used_at'])
      .where(column, '=', value),
)

export async function findLiveSession(db: Db, sessionId: string, at: string) {
  const [session] = await liveSessionBy(db, ['sessions.id'], { value: sessionId, at })
  return session
}

export async function findLiveSessionByCookie(db: Db, cookieHash: string, at: string) {
  const [session] = await liveSessionBy(db, ['sessions.cookie_hash'], { value: cookieHash, at })
  return session
}

export async function touchSession(
  db: Db,
  sessionId: string,
  times: { at: string; expiresAt: string },
): Promise<void> {
  await db
    .updateTable('sessions')
    .set({ last_used_at: times.at, expires_at: times.expiresAt })
    .where('id', '=', sessionId)
    .execute()
}

export async function revokeSession(db: Db, sessionId: string, at: string): Promise<void> {
  await db.updateTable('sessions').set({ revoked_at: at }).where('id', '=', sessionId).execute()
}

/** Ends every session of a user, `except` one where it is given. */
export async function revokeSessionsOf(
  db: Db,
  userId: number,
  { at, except = '' }: { at: string; except?: string },
): Promise<void> {
  await db
    .updateTable('sessions')
    .set({ revoked_at: at })
    .where('user_id', '=', userId)
    .where('id', '<>', except)
    .where('revoked_at', 'is', null)
    .execute()
}

/** Ends the session of the owner's that has this handle; its id, or undefined where no such session lives. */
export async function revokeSessionByHandle(
  db: Db,
  owner: SignedIn,
  handle: string,
  at: string,
): Promise<string | undefined> {
  const ended = await db
    .updateTable('sessions')
    .set({ revoked_at: at })
    .where('handle', '=', handle)
    .where('user_id', '=', owner.userId)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', at)
    .returning('id')
    .executeTakeFirst()
  return ended?.id
}

/** Where a session stands in the order of sign-ins. */
export interface SessionKey {
  readonly created_at: string
  readonly handle: string
}

function liveSessionsOf(db: Db, owner: SignedIn, at: string) {
  return db
    .selectFrom('sessions')
    .where('user_id', '=', owner.userId)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', at)
}

/** One page and one row more of the owner's sessions that still count, latest sign-in first. */
export function listSessions(
  db: Db,
  owner: SignedIn,
  page: { limit: number; offset: number; after: SessionKey | null; at: string },
) {
  return liveSessionsOf(db, owner, page.at)
    .select(['id', 'handle', 'user_agent', 'created_at', 'last_used_at', 'expires_at'])
    .$if(page.after !== null, (rows) =>
      rows.where(
        sql<SqlBool>`(created_at, handle) < (${page.after?.created_at ?? ''}, ${page.after?.handle ?? ''})`,
      ),
    )
    .orderBy('created_at', 'desc')
    .orderBy('handle', 'desc')
    .limit(page.limit + 1)
    .offset(page.offset)
    .execute()
}

export async function countSessions(db: Db, owner: SignedIn, at: string): Promise<number> {
  const row = await liveSessionsOf(db, owner, at)
    .select(sql<number>`count(*)`.as('count'))
    .executeTakeFirstOrThrow()
  return row.count
}

/** Removes sessions, and their refresh tokens with them, that ended before `before`. */
export async function deleteEndedSessions(db: Db, before: string): Promise<void> {
  await db
    .deleteFrom('sessions')
    .where((session) => session.or([session('revoked_at', '<', before), session('expires_at', '<', before)]))
    .execute()
}

export type RefreshTokenRow = Selectable<Database['refresh_tokens']>

export async function insertRefreshToken(
  db: Db,
  token: Insertable<Database['refresh_tokens']>,
): Promise<void> {
  await db.insertInto('refresh_tokens').values(token).execute()
}

export function findRefreshToken(db: Db, tokenHash: string): Promise<RefreshTokenRow | undefined> {
  return db.selectFrom('refresh_tokens').selectAll().where('token_hash', '=', tokenHash).executeTakeFirst()
}

/** Spends a token; false where another call has just done so. */
export async function spendRefreshToken(db: Db, tokenHash: string, at: string): Promise<boolean> {
  const spent = await db
    .updateTable('refresh_tokens')
    .set({ spent_at: at })
    .where('token_hash', '=', tokenHash)
    .where('spent_at', 'is', null)
    .executeTakeFirst()
  return spent.numUpdatedRows === 1n
}
