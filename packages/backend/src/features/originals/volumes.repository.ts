import { type Insertable, type Selectable, type Updateable, sql } from 'kysely'
import type { SignedIn } from '../../access/viewer.ts'
import type { Db, Tx } from '../../storage/database/database.ts'
import type { Database } from '../../storage/database/schema.ts'

export type VolumeRow = Selectable<Database['volumes']>

/** Has the owner know the volumes of these names, as file records give them. */
export async function ensureVolumes(
  tx: Tx,
  owner: SignedIn,
  names: readonly string[],
  at: string,
): Promise<void> {
  if (names.length === 0) return
  // In one order everywhere, so that two imports never wait for each other in a ring.
  const rows = [...names].sort().map((volume) => ({
    user_id: owner.userId,
    volume,
    created_at: at,
    updated_at: at,
  }))
  await tx
    .insertInto('volumes')
    .values(rows)
    .onConflict((on) => on.columns(['user_id', 'volume']).doNothing())
    .execute()
}

/** Inserts a volume; undefined where the owner has one of that name. */
export function insertVolume(db: Db, row: Insertable<Database['volumes']>): Promise<VolumeRow | undefined> {
  return db
    .insertInto('volumes')
    .values(row)
    .onConflict((on) => on.columns(['user_id', 'volume']).doNothing())
    .returningAll()
    .executeTakeFirst()
}

export function updateVolume(
  db: Db,
  owner: SignedIn,
  volumeId: number,
  change: Updateable<Database['volumes']>,
): Promise<VolumeRow | undefined> {
  return db
    .updateTable('volumes')
    .set(change)
    .where('user_id', '=', owner.userId)
    .where('id', '=', volumeId)
    .returningAll()
    .executeTakeFirst()
}

export function listVolumes(
  db: Db,
  owner: SignedIn,
  page: { limit: number; offset: number; after: number | null },
): Promise<VolumeRow[]> {
  return db
    .selectFrom('volumes')
    .selectAll()
    .where('user_id', '=', owner.userId)
    .$if(page.after !== null, (volumes) => volumes.where('id', '>', page.after))
    .orderBy('id')
    .limit(page.limit + 1)
    .offset(page.offset)
    .execute()
}

export async function countVolumes(db: Db, owner: SignedIn): Promise<number> {
  const row = await db
    .selectFrom('volumes')
    .select(sql<number>`count(*)`.as('count'))
    .where('user_id', '=', owner.userId)
    .executeTakeFirstOrThrow()
  return row.count
}
