import { type Expression, type SqlBool, expressionBuilder, sql } from 'kysely'
import type { SignedIn, Viewer } from '../../access/viewer.ts'
import { type Selection, pageOfSelection } from '../../access/selection.ts'
import { type PhotoPage, inOrder } from '../../access/sources.ts'
import { inTrashOf, isOwnRow, ownedBy, visibleTo } from '../../access/visibility.ts'
import { type Db, type Tx, locking } from '../../storage/database/database.ts'
import type { Database } from '../../storage/database/schema.ts'
import type { FileRow, PhotoRow } from './photo-shape.ts'

const photos = expressionBuilder<Database, 'photos'>()

function photosWithNames(db: Db) {
  return db
    .selectFrom('photos')
    .innerJoin('users', 'users.id', 'photos.user_id')
    .leftJoin('authors', 'authors.id', 'photos.author_id')
    .selectAll('photos')
    .select(['users.display_name as owner_name', 'users.share_location as owner_shares'])
    .select('authors.name as author_name')
}

/** `id` or `hothash`; what is neither refers to nothing. */
function referredBy(ref: string): Expression<SqlBool> {
  if (/^[0-9a-f]{64}$/.test(ref)) return photos('photos.hothash', '=', ref)
  const isId = /^[1-9]\d{0,15}$/.test(ref) && Number.isSafeInteger(Number(ref))
  return isId ? photos('photos.id', '=', Number(ref)) : sql<SqlBool>`1 = 0`
}

/** The caller's own before anybody else's, then the lowest id. */
function findFirst(db: Db, viewer: Viewer, condition: Expression<SqlBool>): Promise<PhotoRow | undefined> {
  return photosWithNames(db)
    .where(condition)
    .orderBy(sql`case when photos.user_id = ${viewer.userId ?? 0} then 0 else 1 end`)
    .orderBy('photos.id')
    .limit(1)
    .executeTakeFirst()
}

export function findPhoto(db: Db, viewer: Viewer, ref: string): Promise<PhotoRow | undefined> {
  return findFirst(db, viewer, photos.and([referredBy(ref), visibleTo(viewer)]))
}

export async function photosByIds(db: Db, viewer: Viewer, ids: readonly number[]): Promise<PhotoRow[]> {
  if (ids.length === 0) return []
  return photosWithNames(db).where('photos.id', 'in', ids).where(visibleTo(viewer)).execute()
}

export function findInTrash(db: Db, owner: SignedIn, ref: string): Promise<PhotoRow | undefined> {
  return findFirst(db, owner, photos.and([referredBy(ref), inTrashOf(owner)]))
}

export function findOwn(db: Db, owner: SignedIn, ref: string): Promise<PhotoRow | undefined> {
  return findFirst(db, owner, photos.and([referredBy(ref), ownedBy(owner)]))
}

/** The owner's photo outside the trash, which nobody else changes until the transaction ends. */
export async function lockOwn(tx: Tx, owner: SignedIn, ref: string): Promise<PhotoRow | undefined> {
  const own = tx
    .selectFrom('photos')
    .select('id')
    .where(photos.and([referredBy(ref), ownedBy(owner)]))
  const locked = await locking(tx, own).executeTakeFirst()
  return locked && findOwn(tx, owner, String(locked.id))
}

interface Page<K> {
  readonly limit: number
  readonly offset: number
  readonly after: K | null
}

export type ListedPhoto = PhotoRow & { readonly key: string | number }

/** One page of the selection and one row more. */
export async function listPage(db: Db, selection: Selection, page: PhotoPage): Promise<ListedPhoto[]> {
  const keys = pageOfSelection(db, selection, page)
  if (!keys) return []
  return photosWithNames(db)
    .innerJoin(keys.as('page'), 'page.id', 'photos.id')
    .select('page.key')
    .orderBy(inOrder(page.order, 'page'))
    .execute()
}

async function countWhere(db: Db, condition: Expression<SqlBool>): Promise<number> {
  const row = await db
    .selectFrom('photos')
    .select(sql<number>`count(*)`.as('count'))
    .where(condition)
    .executeTakeFirstOrThrow()
  return row.count
}

export interface TrashKey {
  readonly deleted_at: string
  readonly id: number
}

export function listTrash(db: Db, owner: SignedIn, page: Page<TrashKey>): Promise<PhotoRow[]> {
  return photosWithNames(db)
    .where(inTrashOf(owner))
    .$if(page.after !== null, (photos) =>
      photos.where(
        sql<SqlBool>`(photos.deleted_at, photos.id) < (${page.after?.deleted_at ?? ''}, ${page.after?.id ?? 0})`,
      ),
    )
    .orderBy('photos.deleted_at', 'desc')
    .orderBy('photos.id', 'desc')
    .limit(page.limit + 1)
    .offset(page.offset)
    .execute()
}

export function countTrash(db: Db, owner: SignedIn): Promise<number> {
  return countWhere(db, inTrashOf(owner))
}

/** Moves to the trash; answers the hothash, undefined where the owner has no such photo outside it. */
export async function moveToTrash(
  db: Db,
  owner: SignedIn,
  ref: string,
  at: string,
): Promise<string | undefined> {
  const moved = await db
    .updateTable('photos')
    .set({ deleted_at: at, updated_at: at })
    .where(photos.and([referredBy(ref), ownedBy(owner)]))
    .returning('hothash')
    .executeTakeFirst()
  return moved?.hothash
}

export async function takeOutOfTrash(db: Db, owner: SignedIn, photoId: number, at: string): Promise<boolean> {
  const restored = await db
    .updateTable('photos')
    .set({ deleted_at: null, updated_at: at })
    .where('id', '=', photoId)
    .where(inTrashOf(owner))
    .executeTakeFirst()
  return restored.numUpdatedRows > 0n
}

/** Deletes for good, in the trash or out of it; answers the hothash. */
export async function deleteForGood(db: Db, owner: SignedIn, ref: string): Promise<string | undefined> {
  const gone = await db
    .deleteFrom('photos')
    .where('user_id', '=', owner.userId)
    .where(referredBy(ref))
    .returning('hothash')
    .executeTakeFirst()
  return gone?.hothash
}

/** Deletes for good all that is in the owner's trash; answers how many. */
export async function emptyTrash(db: Db, owner: SignedIn): Promise<number> {
  const gone = await db.deleteFrom('photos').where(inTrashOf(owner)).executeTakeFirst()
  return Number(gone.numDeletedRows)
}

const PURGED_AT_ONCE = 1000

/** Deletes some of what has been in the trash since before `before`; for the program itself, not for a viewer. */
export function purgeTrash(tx: Tx, before: string): Promise<{ user_id: number; hothash: string }[]> {
  const some = tx.selectFrom('photos').select('id').where('deleted_at', '<', before).limit(PURGED_AT_ONCE)
  return tx.deleteFrom('photos').where('id', 'in', some).returning(['user_id', 'hothash']).execute()
}

export interface TagOfPhoto {
  readonly photo_id: number
  readonly id: number
  readonly name: string
}

/** Tags of photos that were read for a viewer. */
export async function tagsOf(db: Db, photoIds: readonly number[]): Promise<TagOfPhoto[]> {
  if (photoIds.length === 0) return []
  return db
    .selectFrom('photo_tags')
    .innerJoin('tags', 'tags.id', 'photo_tags.tag_id')
    .select(['photo_tags.photo_id', 'tags.id', 'tags.name'])
    .where('photo_tags.photo_id', 'in', photoIds)
    .orderBy('tags.name')
    .execute()
}

export async function filesOf(db: Db, owner: SignedIn, photoIds: readonly number[]): Promise<FileRow[]> {
  if (photoIds.length === 0) return []
  return db
    .selectFrom('image_files')
    .selectAll()
    .where(isOwnRow('image_files.user_id', owner))
    .where('photo_id', 'in', photoIds)
    .orderBy('id')
    .execute()
}

export async function eggsOf(db: Db, owner: SignedIn, photoIds: readonly number[]) {
  if (photoIds.length === 0) return []
  return db
    .selectFrom('photo_eggs')
    .innerJoin('photos', 'photos.id', 'photo_eggs.photo_id')
    .select(['photo_eggs.photo_id', 'photo_eggs.metadata', 'photo_eggs.exif_dict'])
    .where(isOwnRow('photos.user_id', owner))
    .where('photo_eggs.photo_id', 'in', photoIds)
    .execute()
}
