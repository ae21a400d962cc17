import { type Insertable, type Selectable, type SqlBool, type Updateable, sql } from 'kysely'
import { type Selection, pageOfSelection } from '../../access/selection.ts'
import { NEWEST_FIRST, type PhotoKey, inOrder } from '../../access/sources.ts'
import { membersOf } from '../../access/stacks.ts'
import type { SignedIn, Viewer } from '../../access/viewer.ts'
import { isOwnRow, visibleTo } from '../../access/visibility.ts'
import type { StackBefore } from '../../history.ts'
import { type Db, type Tx, locking } from '../../storage/database/database.ts'
import type { Database } from '../../storage/database/schema.ts'

export type StackRow = Selectable<Database['stacks']>

/** Stacks with a photo in them that the viewer may see. */
function stacksSeenBy(db: Db, viewer: Viewer) {
  return db.selectFrom('stacks').where(({ exists }) => exists(membersOf(viewer).select('photos.id').limit(1)))
}

/** One page and one row more, latest first. */
export function listStacks(
  db: Db,
  owner: SignedIn,
  page: { limit: number; offset: number; after: number | null },
): Promise<StackRow[]> {
  return stacksSeenBy(db, owner)
    .selectAll()
    .where('user_id', '=', owner.userId)
    .$if(page.after !== null, (stacks) => stacks.where('id', '<', page.after))
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
    .offset(page.offset)
    .execute()
}

export async function countStacks(db: Db, owner: SignedIn): Promise<number> {
  const { count } = await db
    .selectFrom('stack_totals')
    .select(({ fn }) => fn.coalesce(fn.sum<number>('stacks'), sql<number>`0`).as('count'))
    .where('user_id', '=', owner.userId)
    .executeTakeFirstOrThrow()
  return count
}

export function findStack(db: Db, viewer: Viewer, stackId: number): Promise<StackRow | undefined> {
  return stacksSeenBy(db, viewer).selectAll().where('id', '=', stackId).executeTakeFirst()
}

/** The owner's stack, which nobody else changes until the transaction ends, whether its photos are in the trash or not. */
export function lockStack(tx: Tx, owner: SignedIn, stackId: number): Promise<StackRow | undefined> {
  const own = tx
    .selectFrom('stacks')
    .selectAll()
    .where('user_id', '=', owner.userId)
    .where('id', '=', stackId)
  return locking(tx, own).executeTakeFirst()
}

export interface Member {
  readonly stack_id: number
  readonly id: number
  readonly hothash: string
}

/** At most `most` members of each stack that the viewer may see; the first of each is its cover. */
export async function membersOfStacks(
  db: Db,
  viewer: Viewer,
  stackIds: readonly number[],
  most: number,
): Promise<Member[]> {
  if (stackIds.length === 0) return []
  const ranked = db
    .selectFrom('stacks')
    .innerJoin('photos', 'photos.stack_id', 'stacks.id')
    .select(['stacks.id as stack_id', 'photos.id', 'photos.hothash'])
    .select(
      sql<number>`row_number() over (partition by stacks.id order by
        case when photos.id = stacks.cover_photo_id then 0 else 1 end,
        case when photos.sort_time = '' then 1 else 0 end, photos.sort_time, photos.id)`.as('place'),
    )
    .where('stacks.id', 'in', stackIds)
    .where(visibleTo(viewer))
  return db
    .selectFrom(ranked.as('ranked'))
    .select(['stack_id', 'id', 'hothash'])
    .where('place', '<=', most)
    .orderBy('stack_id')
    .orderBy('place')
    .execute()
}

/** Ids of all that are in the owner's stack, in the trash as well. */
export async function idsInStack(db: Db, owner: SignedIn, stackId: number): Promise<number[]> {
  const rows = await db
    .selectFrom('photos')
    .select('id')
    .where('stack_id', '=', stackId)
    .where(isOwnRow('photos.user_id', owner))
    .execute()
  return rows.map(({ id }) => id)
}

/** The id of the owner's photo in the stack that has the hothash, in the trash as well. */
export async function findMember(
  db: Db,
  owner: SignedIn,
  stackId: number,
  hothash: string,
): Promise<number | undefined> {
  const photo = await db
    .selectFrom('photos')
    .select('id')
    .where('user_id', '=', owner.userId)
    .where('hothash', '=', hothash)
    .where(sql<number>`+stack_id`, '=', stackId)
    .executeTakeFirst()
  return photo?.id
}

/** How many photos are in a stack, whoever may see them: for its limit, not for a viewer. */
export async function sizeOf(tx: Tx, stackId: number): Promise<number> {
  const { count } = await tx
    .selectFrom('photos')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('stack_id', '=', stackId)
    .executeTakeFirstOrThrow()
  return count
}

export async function insertStack(tx: Tx, row: Insertable<Database['stacks']>): Promise<number> {
  const { id } = await tx.insertInto('stacks').values(row).returning('id').executeTakeFirstOrThrow()
  return id
}

export async function updateStack(
  tx: Tx,
  stackId: number,
  change: Updateable<Database['stacks']>,
): Promise<void> {
  await tx.updateTable('stacks').set(change).where('id', '=', stackId).execute()
}

/** Photos that are in a stack now, or in none, are no longer the cover of another. */
export async function forgetCovers(
  tx: Tx,
  photoIds: readonly number[],
  stackId: number | null,
  at: string,
): Promise<void> {
  await tx
    .updateTable('stacks')
    .set({ cover_photo_id: null, updated_at: at })
    .where('cover_photo_id', 'in', photoIds)
    .$if(stackId !== null, (stacks) => stacks.where('id', '<>', stackId ?? 0))
    .execute()
}

/** In which stacks photos are that are locked. */
export async function stackIdsOf(tx: Tx, photoIds: readonly number[]): Promise<Map<number, number | null>> {
  const rows =
    photoIds.length === 0
      ? []
      : await tx.selectFrom('photos').select(['id', 'stack_id']).where('id', 'in', photoIds).execute()
  return new Map(rows.map(({ id, stack_id }) => [id, stack_id]))
}

export function rowsOf(tx: Tx, owner: SignedIn, stackIds: readonly number[]): Promise<StackRow[]> {
  return tx
    .selectFrom('stacks')
    .selectAll()
    .where('user_id', '=', owner.userId)
    .where('id', 'in', [...stackIds, 0])
    .execute()
}

/** Makes stacks what they were, those that are gone as well, but for what has been changed since `since`. */
export async function reviveStacks(
  tx: Tx,
  owner: SignedIn,
  before: readonly StackBefore[],
  since: string,
): Promise<void> {
  for (const { id, stack_type, cover_photo_id, created_at, updated_at } of before as readonly StackRow[]) {
    // As they were read here.
    const cover = sql<number | null>`(select photos.id from photos where photos.id = ${cover_photo_id})`
    const change = { stack_type, cover_photo_id: cover, updated_at }
    await tx
      .updateTable('stacks')
      .set(change)
      .where('id', '=', id)
      .where('user_id', '=', owner.userId)
      .where('updated_at', '=', since)
      .execute()
    await tx
      .insertInto('stacks')
      .values({ id, user_id: owner.userId, created_at, ...change })
      .onConflict((on) => on.column('id').doNothing())
      .execute()
  }
}

/** Removes those of the stacks that have no photos. */
export async function clearStacks(tx: Tx, owner: SignedIn, some: readonly StackBefore[]): Promise<void> {
  if (some.length === 0) return
  await tx
    .deleteFrom('stacks')
    .where('user_id', '=', owner.userId)
    .where(
      'id',
      'in',
      some.map(({ id }) => Number(id)),
    )
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('photos').select('photos.id').whereRef('photos.stack_id', '=', 'stacks.id'))),
    )
    .execute()
}

export async function deleteStack(db: Db, owner: SignedIn, stackId: number): Promise<boolean> {
  const gone = await db
    .deleteFrom('stacks')
    .where('user_id', '=', owner.userId)
    .where('id', '=', stackId)
    .executeTakeFirst()
  return gone.numDeletedRows > 0n
}

/** What suggestions are made from. */
export type ShotRow = Pick<
  Selectable<Database['photos']>,
  | 'id'
  | 'hothash'
  | 'sort_time'
  | 'rating'
  | 'camera_make'
  | 'camera_model'
  | 'exposure_time'
  | 'f_number'
  | 'iso'
  | 'focal_length'
>

/** Dated photos of the selection that are in no stack, newest first; one more than asked for. */
export async function listShots(
  db: Db,
  selection: Selection,
  page: { limit: number; after: PhotoKey | null },
): Promise<(ShotRow & { readonly key: string | number })[]> {
  const where = sql<SqlBool>`photos.sort_time > '' and photos.stack_id is null`
  const keys = pageOfSelection(db, selection, { ...page, order: NEWEST_FIRST, offset: 0, where })
  if (!keys) return []
  return db
    .selectFrom(keys.as('page'))
    .innerJoin('photos', 'photos.id', 'page.id')
    .select(['photos.id', 'photos.hothash', 'photos.sort_time', 'photos.rating', 'photos.camera_make'])
    .select(['photos.camera_model', 'photos.exposure_time', 'photos.f_number', 'photos.iso'])
    .select(['photos.focal_length', 'page.key'])
    .orderBy(inOrder(NEWEST_FIRST, 'page'))
    .execute()
}

/** The EXIF dictionaries of own photos, as text. */
export async function exifOf(
  db: Db,
  owner: SignedIn,
  photoIds: readonly number[],
): Promise<Map<number, string>> {
  if (photoIds.length === 0) return new Map()
  const rows = await db
    .selectFrom('photo_eggs')
    .innerJoin('photos', 'photos.id', 'photo_eggs.photo_id')
    .select(['photo_eggs.photo_id', 'photo_eggs.exif_dict'])
    .where('photo_eggs.photo_id', 'in', photoIds)
    .where(isOwnRow('photos.user_id', owner))
    .execute()
  return new Map(
    rows.flatMap(({ photo_id, exif_dict }) => (exif_dict === null ? [] : [[photo_id, exif_dict]])),
  )
}
