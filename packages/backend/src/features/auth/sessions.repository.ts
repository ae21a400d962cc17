import type { Insertable, Selectable } from 'kysely'
import type { Db } from '../../storage/database/database.ts'
import type { Database } from '../../storage/database/schema.ts'

export async function insertSession(db: Db, session: Insertable<Database['sessions']>): Promise<void> {
  await db.insertInto('sessions').values(session).execute()
}

/** A session that still counts, of an account that is active. */
function liveSessions(db: Db, at: string) {
  return db
    .selectFrom('sessions')
    .innerJoin('users', 'users.id', 'sessions.user_id')
    .select(['sessions.id', 'sessions.user_id', 'sessions.last_used_at'])
    .where('sessions.revoked_at', 'is', null)
    .where('sessions.expires_at', '>', at)
    .where('users.is_active', '=', 1)
}

export function findLiveSession(db: Db, sessionId: string, at: string) {
  return liveSessions(db, at).where('sessions.id', '=', sessionId).executeTakeFirst()
}

export function findLiveSessionByCookie(db: Db, cookieHash: string, at: string) {
  return liveSessions(db, at).where('sessions.cookie_hash', '=', cookieHash).executeTakeFirst()
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

export async function revokeSessionsOf(db: Db, userId: number, at: string): Promise<void> {
  await db
    .updateTable('sessions')
    .set({ revoked_at: at })
    .where('user_id', '=', userId)
    .where('revoked_at', 'is', null)
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
