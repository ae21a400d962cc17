import { type Insertable, type SqlBool, type Updateable, sql } from 'kysely'
import type { SignedIn, Viewer } from '../../access/viewer.ts'
import { ownedBy, visibleTo } from '../../access/visibility.ts'
import type { Db, Tx } from '../../storage/database/database.ts'
import type { Database } from '../../storage/database/schema.ts'

/** The last photo of the page before. */
export interface PlaceKey {
  readonly place: string
  readonly id: number
}

/** One page and one row more of the photos in a collection that the viewer may see, in its order. */
export function listPlaces(
  db: Db,
  viewer: Viewer,
  collectionId: number,
  page: { limit: number; offset: number; after: PlaceKey | null },
) {
  const { after } = page
  return (
    db
      .selectFrom('collection_photos')
      // In its order, photo by photo.
      .crossJoin('photos')
      .select(['photos.id', 'collection_photos.place', 'collection_photos.caption'])
      .whereRef('photos.id', '=', 'collection_photos.photo_id')
      .where('collection_photos.collection_id', '=', collectionId)
      .where(visibleTo(viewer))
      .$if(after !== null, (rows) =>
        rows.where(
          sql<SqlBool>`(collection_photos.place, collection_photos.photo_id) > (${after?.place ?? ''}, ${after?.id ?? 0})`,
        ),
      )
      .orderBy('collection_photos.place')
      .orderBy('collection_photos.photo_id')
      .limit(page.limit + 1)
      .offset(page.offset)
      .execute()
  )
}

/** Hothashes and places of all photos outside the trash in the owner's collection, in its order. */
export function everyPlace(db: Db, owner: SignedIn, collectionId: number) {
  return db
    .selectFrom('collection_photos')
    .innerJoin('photos', 'photos.id', 'collection_photos.photo_id')
    .select(['photos.id', 'photos.hothash', 'collection_photos.place'])
    .where('collection_photos.collection_id', '=', collectionId)
    .where(ownedBy(owner))
    .orderBy('collection_photos.place')
    .orderBy('collection_photos.photo_id')
    .execute()
}

/** Where the owner's photo is in a collection, undefined where it is not in it. */
export function findPlace(db: Db, owner: SignedIn, collectionId: number, hothash: string) {
  return db
    .selectFrom('photos')
    .innerJoin('collection_photos', 'collection_photos.photo_id', 'photos.id')
    .select(['photos.id', 'collection_photos.place'])
    .where('photos.user_id', '=', owner.userId)
    .where('photos.hothash', '=', hothash)
    .where('photos.deleted_at', 'is', null)
    .where('collection_photos.collection_id', '=', collectionId)
    .executeTakeFirst()
}

/** The first place behind a place, or of all; but for one photo. */
export async function placeBehind(
  db: Db,
  collectionId: number,
  { place, except }: { readonly place: string | null; readonly except: number },
): Promise<string | null> {
  const row = await db
    .selectFrom('collection_photos')
    .select('place')
    .where('collection_id', '=', collectionId)
    .where('photo_id', '<>', except)
    .$if(place !== null, (rows) => rows.where('place', '>', place ?? ''))
    .orderBy('place')
    .limit(1)
    .executeTakeFirst()
  return row?.place ?? null
}

export async function lastPlace(db: Db, collectionId: number): Promise<string | null> {
  const row = await db
    .selectFrom('collection_photos')
    .select('place')
    .where('collection_id', '=', collectionId)
    .orderBy('place', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.place ?? null
}

/** How many photos are in a collection, whoever may see them: for its limit, not for a viewer. */
export async function sizeOf(tx: Tx, collectionId: number): Promise<number> {
  const { count } = await tx
    .selectFrom('collection_photos')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('collection_id', '=', collectionId)
    .executeTakeFirstOrThrow()
  return count
}

/** Which of these photos are in a collection. */
export async function idsIn(tx: Tx, collectionId: number, photoIds: readonly number[]): Promise<Set<number>> {
  const rows = await tx
    .selectFrom('collection_photos')
    .select('photo_id')
    .where('collection_id', '=', collectionId)
    .where('photo_id', 'in', photoIds)
    .execute()
  return new Set(rows.map(({ photo_id }) => photo_id))
}

const ROWS_AT_ONCE = 2000

export async function insertPlaces(
  tx: Tx,
  rows: readonly Insertable<Database['collection_photos']>[],
): Promise<void> {
  for (let first = 0; first < rows.length; first += ROWS_AT_ONCE)
    await tx
      .insertInto('collection_photos')
      .values(rows.slice(first, first + ROWS_AT_ONCE))
      .execute()
}

/** Gives a photo in a collection another place, or another caption. */
export async function changePlace(
  tx: Tx,
  { collectionId, photoId }: { readonly collectionId: number; readonly photoId: number },
  change: Pick<Updateable<Database['collection_photos']>, 'place' | 'caption'>,
): Promise<void> {
  await tx
    .updateTable('collection_photos')
    .set(change)
    .where('collection_id', '=', collectionId)
    .where('photo_id', '=', photoId)
    .execute()
}

/** Takes the owner's photos of these hothashes out of a collection, those in the trash as well; answers how many. */
export async function deletePlaces(
  tx: Tx,
  owner: SignedIn,
  collectionId: number,
  hothashes: readonly string[],
): Promise<number> {
  const photos = tx
    .selectFrom('photos')
    .select('id')
    .where('user_id', '=', owner.userId)
    .where('hothash', 'in', hothashes)
  const gone = await tx
    .deleteFrom('collection_photos')
    .where('collection_id', '=', collectionId)
    .where('photo_id', 'in', photos)
    .executeTakeFirst()
  return Number(gone.numDeletedRows)
}
