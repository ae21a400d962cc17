import { type SelectQueryBuilder, type Selectable, type SqlBool, sql } from 'kysely'
import { photosOfTag } from '../../access/tagged.ts'
import type { SignedIn } from '../../access/viewer.ts'
import { type Db, type Tx, engineOf } from '../../storage/database/database.ts'
import type { Database } from '../../storage/database/schema.ts'

export type TagRow = Pick<Selectable<Database['tags']>, 'id' | 'name' | 'created_at'> & {
  readonly photo_count: number
}

/** By what tags are ordered, ties by name. */
export interface TagOrder {
  readonly by: 'name' | 'photo_count' | 'created_at'
  readonly direction: 'asc' | 'desc'
}

/** The last tag of the page before. */
export interface TagKey {
  readonly key: string | number
  readonly name: string
}

function countedTags(db: Db, owner: SignedIn) {
  return db
    .selectFrom('tags')
    .select(['tags.id', 'tags.name', 'tags.created_at'])
    .select(photosOfTag.as('photo_count'))
    .where('tags.user_id', '=', owner.userId) as SelectQueryBuilder<Database, 'tags', TagRow> // A sum is there.
}

/** One page and one row more. */
export function listTags(
  db: Db,
  owner: SignedIn,
  page: { limit: number; offset: number; order: TagOrder; after: TagKey | null },
): Promise<TagRow[]> {
  const { after, order } = page
  const column = sql.ref(`counted.${order.by}`)
  const behind = sql.raw(order.direction === 'asc' ? '>' : '<')
  return db
    .selectFrom(countedTags(db, owner).as('counted'))
    .selectAll()
    .$if(after !== null, (tags) =>
      tags.where(
        sql<SqlBool>`(${column} ${behind} ${after?.key ?? ''}
          or (${column} = ${after?.key ?? ''} and counted.name > ${after?.name ?? ''}))`,
      ),
    )
    .orderBy(column, order.direction)
    .orderBy('counted.name')
    .limit(page.limit + 1)
    .offset(page.offset)
    .execute()
}

export async function countTags(db: Db, owner: SignedIn): Promise<number> {
  const { count } = await db
    .selectFrom('tags')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('user_id', '=', owner.userId)
    .executeTakeFirstOrThrow()
  return count
}

/** Tags that begin with `beginning`, or a part of which does; most used first, then by name. */
export function completeTag(db: Db, owner: SignedIn, beginning: string, limit: number): Promise<TagRow[]> {
  const pattern = beginning.replace(/[!%_]/g, '!$&')
  return db
    .selectFrom(countedTags(db, owner).as('counted'))
    .selectAll()
    .where(
      sql<SqlBool>`(counted.name like ${`${pattern}%`} escape '!' or counted.name like ${`%/${pattern}%`} escape '!')`,
    )
    .orderBy('counted.photo_count', 'desc')
    .orderBy('counted.name')
    .limit(limit)
    .execute()
}

export function findTag(db: Db, owner: SignedIn, tagId: number): Promise<TagRow | undefined> {
  return countedTags(db, owner).where('tags.id', '=', tagId).executeTakeFirst()
}

/** Holds off whoever would put the owner's tag on a photo, until the transaction ends; its name. */
export async function lockTag(tx: Tx, owner: SignedIn, tagId: number): Promise<string | undefined> {
  const tag = await tx
    .selectFrom('tags')
    .select('name')
    .where('user_id', '=', owner.userId)
    .where('id', '=', tagId)
    // SQLite has one writer, which this is.
    .$if(engineOf(tx) === 'postgres', (rows) => rows.forUpdate())
    .executeTakeFirst()
  return tag?.name
}

/** The owner's tag of this name and those below it, the shorter names first. */
export function branchOf(db: Db, owner: SignedIn, name: string): Promise<{ id: number; name: string }[]> {
  return db
    .selectFrom('tags')
    .select(['id', 'name'])
    .where('user_id', '=', owner.userId)
    .where(sql<SqlBool>`(name = ${name} or (name >= ${`${name}/`} and name < ${`${name}0`}))`)
    .orderBy(sql`length(name)`)
    .orderBy('name')
    .execute()
}

export async function tagNamed(db: Db, owner: SignedIn, name: string): Promise<number | undefined> {
  const tag = await db
    .selectFrom('tags')
    .select('id')
    .where('user_id', '=', owner.userId)
    .where('name', '=', name)
    .executeTakeFirst()
  return tag?.id
}

/** Ids of all photos that have the tag, in the trash as well; a tag is on photos of its owner alone. */
export async function photosWithTag(db: Db, tagId: number): Promise<number[]> {
  const rows = await db.selectFrom('photo_tags').select('photo_id').where('tag_id', '=', tagId).execute()
  return rows.map(({ photo_id }) => photo_id)
}

export async function setTagName(tx: Tx, tagId: number, name: string): Promise<void> {
  await tx.updateTable('tags').set({ name }).where('id', '=', tagId).execute()
}

/** Gives the other tag to all photos that have the one, which goes. */
export async function mergeTag(tx: Tx, tagId: number, intoId: number): Promise<void> {
  await tx
    .insertInto('photo_tags')
    .columns(['photo_id', 'tag_id'])
    .expression(
      tx
        .selectFrom('photo_tags')
        .select(['photo_id', sql<number>`cast(${intoId} as bigint)`.as('tag_id')])
        .where('tag_id', '=', tagId),
    )
    .onConflict((on) => on.doNothing())
    .execute()
  await deleteTag(tx, tagId)
}

export async function deleteTag(tx: Tx, tagId: number): Promise<void> {
  await tx.deleteFrom('tags').where('id', '=', tagId).execute()
}
