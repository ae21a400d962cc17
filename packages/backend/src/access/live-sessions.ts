import type { Db } from '../storage/database/database.ts'

/** Sessions that still count at `at`, of accounts that are active. */
export function liveSessions(db: Db, at: string) {
  return db
    .selectFrom('sessions')
    .innerJoin('users', 'users.id', 'sessions.user_id')
    .where('sessions.revoked_at', 'is', null)
    .where('sessions.expires_at', '>', at)
    .where('users.is_active', '=', 1)
}
