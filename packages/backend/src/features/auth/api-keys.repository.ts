import { type Insertable, type Selectable, sql } from 'kysely'
import type { SignedIn } from '../../access/viewer.ts'
import type { Db } from '../../storage/database/database.ts'
import type { Database } from '../../storage/database/schema.ts'

export type ApiKeyRow = Selectable<Database['api_keys']>

export function insertApiKey(db: Db, key: Insertable<Database['api_keys']>): Promise<ApiKeyRow> {
  return db.insertInto('api_keys').values(key).returningAll().executeTakeFirstOrThrow()
}

/** Keys that have not expired, of accounts that are active. */
function liveApiKeys(db: Db, at: string) {
  return db
    .selectFrom('api_keys')
    .innerJoin('users', 'users.id', 'api_keys.user_id')
    .where('users.is_active', '=', 1)
    .where((key) => key.or([key('api_keys.expires_at', 'is', null), key('api_keys.expires_at', '>', at)]))
}

export function findLiveApiKey(db: Db, keyHash: string, at: string) {
  return liveApiKeys(db, at)
    .select(['api_keys.id', 'api_keys.user_id', 'api_keys.scope', 'api_keys.last_used_at'])
    .where('api_keys.key_hash', '=', keyHash)
    .executeTakeFirst()
}

export async function isLiveApiKey(db: Db, keyId: number, at: string): Promise<boolean> {
  const key = await liveApiKeys(db, at)
    .select('api_keys.id')
    .where('api_keys.id', '=', keyId)
    .executeTakeFirst()
  return key !== undefined
}

export async function touchApiKey(db: Db, keyId: number, at: string): Promise<void> {
  await db.updateTable('api_keys').set({ last_used_at: at }).where('id', '=', keyId).execute()
}

export function listApiKeys(
  db: Db,
  owner: SignedIn,
  page: { limit: number; offset: number; after: number | null },
): Promise<ApiKeyRow[]> {
  return db
    .selectFrom('api_keys')
    .selectAll()
    .where('user_id', '=', owner.userId)
    .$if(page.after !== null, (keys) => keys.where('id', '<', page.after))
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
    .offset(page.offset)
    .execute()
}

export async function countApiKeys(db: Db, owner: SignedIn): Promise<number> {
  const row = await db
    .selectFrom('api_keys')
    .select(sql<number>`count(*)`.as('count'))
    .where('user_id', '=', owner.userId)
    .executeTakeFirstOrThrow()
  return row.count
}

export async function deleteApiKey(db: Db, owner: SignedIn, keyId: number): Promise<boolean> {
  const gone = await db
    .deleteFrom('api_keys')
    .where('id', '=', keyId)
    .where('user_id', '=', owner.userId)
    .executeTakeFirst()
  return gone.numDeletedRows === 1n
}
