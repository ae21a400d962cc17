import type { Insertable, Selectable, Updateable } from 'kysely'
import type { SignedIn } from '../../access/viewer.ts'
import type { Db } from '../../storage/database/database.ts'
import type { Database } from '../../storage/database/schema.ts'

export type SearchRow = Selectable<Database['saved_searches']>

function searchesOf(db: Db, owner: SignedIn) {
  return db.selectFrom('saved_searches').where('user_id', '=', owner.userId)
}

/** One page and one row more, in the order they came. */
export function listSearches(
  db: Db,
  owner: SignedIn,
  page: { limit: number; offset: number; after: number | null },
): Promise<SearchRow[]> {
  return searchesOf(db, owner)
    .selectAll()
    .$if(page.after !== null, (searches) => searches.where('id', '>', page.after))
    .orderBy('id')
    .limit(page.limit + 1)
    .offset(page.offset)
    .execute()
}

export async function countSearches(db: Db, owner: SignedIn): Promise<number> {
  const { count } = await searchesOf(db, owner)
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return count
}

export function findSearch(db: Db, owner: SignedIn, searchId: number): Promise<SearchRow | undefined> {
  return searchesOf(db, owner).selectAll().where('id', '=', searchId).executeTakeFirst()
}

export function insertSearch(db: Db, row: Insertable<Database['saved_searches']>): Promise<SearchRow> {
  return db.insertInto('saved_searches').values(row).returningAll().executeTakeFirstOrThrow()
}

export function updateSearch(
  db: Db,
  owner: SignedIn,
  searchId: number,
  change: Updateable<Database['saved_searches']>,
): Promise<SearchRow | undefined> {
  return db
    .updateTable('saved_searches')
    .set(change)
    .where('user_id', '=', owner.userId)
    .where('id', '=', searchId)
    .returningAll()
    .executeTakeFirst()
}

export async function deleteSearch(db: Db, owner: SignedIn, searchId: number): Promise<boolean> {
  const gone = await db
    .deleteFrom('saved_searches')
    .where('user_id', '=', owner.userId)
    .where('id', '=', searchId)
    .executeTakeFirst()
  return gone.numDeletedRows > 0n
}
