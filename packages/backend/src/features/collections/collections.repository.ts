import {
  type Insertable,
  type Selectable,
  type SqlBool,
  type Updateable,
  expressionBuilder,
  sql,
} from 'kysely'
import { collectionVisibleTo } from '../../access/collections.ts'
import type { SignedIn, Viewer } from '../../access/viewer.ts'
import { inTrashOf, visibleTo } from '../../access/visibility.ts'
import { type Db, type Tx, engineOf } from '../../storage/database/database.ts'
import type { Database } from '../../storage/database/schema.ts'

type Row = Selectable<Database['collections']>

export type CollectionRow = Omit<Row, 'cover_photo_id'> & {
  readonly username: string
  readonly display_name: string
  /** As far as the viewer may see it. */
  readonly cover_photo_hothash: string | null
  /** Of one that is not smart. */
  readonly photo_count: number
}

const collections = expressionBuilder<Database, 'collections'>()

function photosIn(viewer: Viewer) {
  return collections
    .selectFrom('collection_photos')
    .innerJoin('photos', 'photos.id', 'collection_photos.photo_id')
    .whereRef('collection_photos.collection_id', '=', 'collections.id')
    .where(visibleTo(viewer))
}

/** Its owner sees all photos but those in the trash, of which there are few: not each has to be looked at. */
function countIn(viewer: Viewer) {
  const seen = photosIn(viewer).select(({ fn }) => fn.countAll<number>().as('count'))
  if (viewer.userId === null) return sql<number>`${seen}`
  const all = collections
    .selectFrom('collection_photos')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .whereRef('collection_photos.collection_id', '=', 'collections.id')
  const trashed = collections
    .selectFrom('photos')
    .crossJoin('collection_photos')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where(inTrashOf(viewer))
    .whereRef('collection_photos.photo_id', '=', 'photos.id')
    .whereRef('collection_photos.collection_id', '=', 'collections.id')
  return sql<number>`case when collections.user_id = ${viewer.userId} then ${all} - ${trashed} else ${seen} end`
}

/** Collections that the viewer may see, as they see them. */
function seenBy(db: Db, viewer: Viewer) {
  const cover = collections
    .selectFrom('photos')
    .select('photos.hothash')
    .whereRef('photos.id', '=', 'collections.cover_photo_id')
    .where(visibleTo(viewer))
  const first = photosIn(viewer)
    .select('photos.hothash')
    .orderBy('collection_photos.place')
    .orderBy('collection_photos.photo_id')
    .limit(1)
  const count = countIn(viewer)
  return db
    .selectFrom('collections')
    .innerJoin('users', 'users.id', 'collections.user_id')
    .select(['collections.id', 'collections.user_id', 'collections.parent_id', 'collections.name'])
    .select(['collections.name_key', 'collections.description', 'collections.visibility'])
    .select(['collections.search_criteria', 'collections.created_at', 'collections.updated_at'])
    .select(['users.username', 'users.display_name'])
    .select([
      sql<string | null>`coalesce(${cover}, ${first})`.as('cover_photo_hothash'),
      count.as('photo_count'),
    ])
    .where(collectionVisibleTo(viewer))
}

/** The last collection of the page before. */
export interface NameKey {
  readonly name_key: string
  readonly id: number
}

/** Whose collections, and in which one; of everybody and anywhere where it is left out. */
export interface Wanted {
  readonly ownerId?: number | undefined
  readonly parentId?: number | undefined
}

function isWanted({ ownerId, parentId }: Wanted) {
  return collections.and([
    ...(ownerId === undefined ? [] : [collections('collections.user_id', '=', ownerId)]),
    ...(parentId === undefined ? [] : [collections('collections.parent_id', '=', parentId)]),
  ])
}

/** One page and one row more, by name. */
export function listCollections(
  db: Db,
  viewer: Viewer,
  wanted: Wanted,
  page: { limit: number; offset: number; after: NameKey | null },
): Promise<CollectionRow[]> {
  const { after } = page
  return seenBy(db, viewer)
    .where(isWanted(wanted))
    .$if(after !== null, (rows) =>
      rows.where(
        sql<SqlBool>`(collections.name_key, collections.id) > (${after?.name_key ?? ''}, ${after?.id ?? 0})`,
      ),
    )
    .orderBy('collections.name_key')
    .orderBy('collections.id')
    .limit(page.limit + 1)
    .offset(page.offset)
    .execute()
}

export async function countCollections(db: Db, viewer: Viewer, wanted: Wanted): Promise<number> {
  const { count } = await db
    .selectFrom('collections')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where(collectionVisibleTo(viewer))
    .where(isWanted(wanted))
    .executeTakeFirstOrThrow()
  return count
}

export function findCollection(db: Db, viewer: Viewer, id: number): Promise<CollectionRow | undefined> {
  return seenBy(db, viewer).where('collections.id', '=', id).executeTakeFirst()
}

/** The owner's collection, which nobody else changes until the transaction ends. */
export function lockCollection(tx: Tx, owner: SignedIn, id: number): Promise<Row | undefined> {
  return (
    tx
      .selectFrom('collections')
      .selectAll()
      .where('id', '=', id)
      .where('user_id', '=', owner.userId)
      // SQLite has one writer, which this is.
      .$if(engineOf(tx) === 'postgres', (rows) => rows.forUpdate())
      .executeTakeFirst()
  )
}

/** The collections that a collection of the owner's lies in, itself first. */
export async function lineOf(db: Db, owner: SignedIn, id: number): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    with recursive line(id, parent_id, depth) as (
      select id, parent_id, 0 from collections where id = ${id} and user_id = ${owner.userId}
      union all
      select above.id, above.parent_id, depth + 1 from collections above join line on above.id = line.parent_id
      where depth < 100
    ) select id from line order by depth`.execute(db)
  return rows.map((row) => row.id)
}

export async function insertCollection(tx: Tx, row: Insertable<Database['collections']>): Promise<number> {
  const { id } = await tx.insertInto('collections').values(row).returning('id').executeTakeFirstOrThrow()
  return id
}

export async function updateCollection(
  tx: Tx,
  id: number,
  change: Updateable<Database['collections']>,
): Promise<void> {
  await tx.updateTable('collections').set(change).where('id', '=', id).execute()
}

export function childrenOf(tx: Tx, id: number): Promise<{ id: number; name: string }[]> {
  return tx
    .selectFrom('collections')
    .select(['id', 'name'])
    .where('parent_id', '=', id)
    .orderBy('id')
    .execute()
}

/** Names that are taken in a place of the owner's, in one case. */
export async function namesIn(tx: Tx, owner: SignedIn, parentId: number | null): Promise<Set<string>> {
  const rows = await tx
    .selectFrom('collections')
    .select('name_key')
    .where('user_id', '=', owner.userId)
    .where(sql<number>`coalesce(parent_id, 0)`, '=', parentId ?? 0)
    .execute()
  return new Set(rows.map(({ name_key }) => name_key))
}

export async function deleteCollection(tx: Tx, id: number): Promise<void> {
  await tx.deleteFrom('collections').where('id', '=', id).execute()
}
