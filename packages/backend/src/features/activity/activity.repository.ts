import type { Insertable, Selectable } from 'kysely'
import type { SignedIn } from '../../access/viewer.ts'
import type { Db } from '../../storage/database/database.ts'
import type { Database } from '../../storage/database/schema.ts'

export type ActivityRow = Omit<Selectable<Database['activity']>, 'user_id'> & {
  readonly actor_name: string | null
}

export async function insertEntries(
  db: Db,
  rows: readonly Insertable<Database['activity']>[],
): Promise<void> {
  if (rows.length > 0) await db.insertInto('activity').values(rows).execute()
}

/** One page and one row more, latest first. */
export function listEntries(
  db: Db,
  owner: SignedIn,
  page: { limit: number; offset: number; after: number | null },
): Promise<ActivityRow[]> {
  return db
    .selectFrom('activity')
    .leftJoin('users', 'users.id', 'activity.actor_id')
    .select(['activity.id', 'activity.actor_id', 'activity.at', 'activity.action', 'activity.photo_count'])
    .select(['activity.photos', 'activity.detail', 'users.display_name as actor_name'])
    .where('activity.user_id', '=', owner.userId)
    .$if(page.after !== null, (rows) => rows.where('activity.id', '<', page.after))
    .orderBy('activity.id', 'desc')
    .limit(page.limit + 1)
    .offset(page.offset)
    .execute()
}

export async function countEntries(db: Db, owner: SignedIn): Promise<number> {
  const { count } = await db
    .selectFrom('activity')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('user_id', '=', owner.userId)
    .executeTakeFirstOrThrow()
  return count
}

/** For the program itself: what happened before then. */
export async function deleteBefore(db: Db, at: string): Promise<void> {
  await db.deleteFrom('activity').where('at', '<', at).execute()
}
