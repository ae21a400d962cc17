import { type Insertable, type Selectable, type SqlBool, type Updateable, sql } from 'kysely'
import type { SignedIn } from '../../access/viewer.ts'
import { isOwnRow } from '../../access/visibility.ts'
import type { Db, Tx } from '../../storage/database/database.ts'
import type { Database } from '../../storage/database/schema.ts'

/** A name as its author is found by, whatever its case and form. */
const keyOf = (name: string) => name.toLowerCase()

export type AuthorRow = Selectable<Database['authors']>

/** The last author of the page before. */
export interface NameKey {
  readonly name_key: string
  readonly id: number
}

function authorsOf(db: Db, owner: SignedIn) {
  return db.selectFrom('authors').where('user_id', '=', owner.userId)
}

/** One page and one row more, by name. */
export function listAuthors(
  db: Db,
  owner: SignedIn,
  page: { limit: number; offset: number; after: NameKey | null },
): Promise<AuthorRow[]> {
  const { after } = page
  return authorsOf(db, owner)
    .selectAll()
    .$if(after !== null, (authors) =>
      authors.where(sql<SqlBool>`(name_key, id) > (${after?.name_key ?? ''}, ${after?.id ?? 0})`),
    )
    .orderBy('name_key')
    .orderBy('id')
    .limit(page.limit + 1)
    .offset(page.offset)
    .execute()
}

export async function countAuthors(db: Db, owner: SignedIn): Promise<number> {
  const { count } = await authorsOf(db, owner)
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return count
}

export function findAuthor(db: Db, owner: SignedIn, authorId: number): Promise<AuthorRow | undefined> {
  return authorsOf(db, owner).selectAll().where('id', '=', authorId).executeTakeFirst()
}

/** Photos outside the trash that credit each of the owner's authors; none are left out. */
export async function countCredits(
  db: Db,
  owner: SignedIn,
  authorIds: readonly number[],
): Promise<Map<number, number>> {
  if (authorIds.length === 0) return new Map()
  const rows = await db
    .selectFrom('photos')
    .innerJoin('authors', 'authors.id', 'photos.author_id')
    .select(['photos.author_id', ({ fn }) => fn.countAll<number>().as('count')])
    .where('photos.author_id', 'in', authorIds)
    .where('photos.deleted_at', 'is', null)
    .where('authors.user_id', '=', owner.userId)
    .groupBy('photos.author_id')
    .execute()
  return new Map(rows.map(({ author_id, count }) => [author_id ?? 0, count]))
}

/** Ids of all of the owner's photos that credit the author, in the trash as well. */
export async function creditedPhotos(db: Db, owner: SignedIn, authorId: number): Promise<number[]> {
  const rows = await db
    .selectFrom('photos')
    .select('id')
    .where('author_id', '=', authorId)
    .where(isOwnRow('photos.user_id', owner))
    .execute()
  return rows.map(({ id }) => id)
}

/** Inserts an author; undefined where the owner has one of that name. */
export function insertAuthor(
  db: Db,
  row: Omit<Insertable<Database['authors']>, 'name_key'>,
): Promise<AuthorRow | undefined> {
  return db
    .insertInto('authors')
    .values({ ...row, name_key: keyOf(row.name) })
    .onConflict((on) => on.columns(['user_id', 'name_key']).doNothing())
    .returningAll()
    .executeTakeFirst()
}

/** Throws a unique violation where the owner has another author of the new name. */
export function updateAuthor(
  db: Db,
  owner: SignedIn,
  authorId: number,
  change: Omit<Updateable<Database['authors']>, 'name_key'>,
): Promise<AuthorRow | undefined> {
  return db
    .updateTable('authors')
    .set({ ...change, ...(change.name === undefined ? {} : { name_key: keyOf(change.name) }) })
    .where('user_id', '=', owner.userId)
    .where('id', '=', authorId)
    .returningAll()
    .executeTakeFirst()
}

export async function deleteAuthor(db: Db, owner: SignedIn, authorId: number): Promise<boolean> {
  const gone = await db
    .deleteFrom('authors')
    .where('user_id', '=', owner.userId)
    .where('id', '=', authorId)
    .executeTakeFirst()
  return gone.numDeletedRows > 0n
}

/** Which of these ids are authors of the owner's. */
export async function ownAuthors(db: Db, owner: SignedIn, ids: readonly number[]): Promise<Set<number>> {
  if (ids.length === 0) return new Set()
  const rows = await db
    .selectFrom('authors')
    .select('id')
    .where('user_id', '=', owner.userId)
    .where('id', 'in', ids)
    .execute()
  return new Set(rows.map(({ id }) => id))
}

/** Whom the owner's photos credit that name nobody. */
export async function defaultAuthor(db: Db, owner: SignedIn): Promise<number | null> {
  const user = await db
    .selectFrom('users')
    .select('default_author_id')
    .where('id', '=', owner.userId)
    .executeTakeFirst()
  return user?.default_author_id ?? null
}

/** The owner's authors of these names, made where they are missing; ids by name. */
export async function ensureAuthors(
  tx: Tx,
  owner: SignedIn,
  names: readonly string[],
  at: string,
): Promise<Map<string, number>> {
  if (names.length === 0) return new Map()
  const firstByKey = new Map([...names].reverse().map((name) => [keyOf(name), name]))
  // In one order everywhere, so that two imports never wait for each other in a ring.
  const keys = [...firstByKey.keys()].sort()
  await tx
    .insertInto('authors')
    .values(
      keys.map((key) => ({
        user_id: owner.userId,
        name: firstByKey.get(key) ?? key,
        name_key: key,
        created_at: at,
        updated_at: at,
      })),
    )
    .onConflict((on) => on.columns(['user_id', 'name_key']).doNothing())
    .execute()
  const rows = await tx
    .selectFrom('authors')
    .select(['id', 'name_key'])
    .where('user_id', '=', owner.userId)
    .where('name_key', 'in', keys)
    .execute()
  const ids = new Map(rows.map((row) => [row.name_key, row.id]))
  return new Map(names.flatMap((name) => (ids.has(keyOf(name)) ? [[name, ids.get(keyOf(name)) ?? 0]] : [])))
}
