import type { Compilable, InsertResult, Insertable, Selectable, Updateable } from 'kysely'
import type { SignedIn } from '../../access/viewer.ts'
import type { Db, Tx } from '../../storage/database/database.ts'
import { preparedInsert } from '../../storage/database/prepared.ts'
import type { Database } from '../../storage/database/schema.ts'

export type StoredPhoto = Selectable<Database['photos']>

/** Hothashes of the owner's photos by the bytes of their originals, the trash included; of several, the lowest id's. */
export async function hothashesByFileSha256(
  tx: Tx,
  owner: SignedIn,
  sha256s: readonly string[],
): Promise<Map<string, string>> {
  if (sha256s.length === 0) return new Map()
  const rows = await tx
    .selectFrom('image_files')
    .innerJoin('photos', 'photos.id', 'image_files.photo_id')
    .select(['image_files.file_sha256', 'photos.hothash'])
    .where('image_files.user_id', '=', owner.userId)
    .where('image_files.file_sha256', 'in', sha256s)
    .orderBy('photos.id', 'desc')
    .execute()
  return new Map(rows.map(({ file_sha256, hothash }) => [file_sha256, hothash]))
}

type Rows<Table extends keyof Database> = readonly Insertable<Database[Table]>[]

/** Inserts any number of rows; a single one, which most requests bring, by a query that is built once. */
function inserter<Table extends keyof Database, Result>(
  insert: (db: Db, rows: Rows<Table>) => Compilable<Result> & { execute(): Promise<Result[]> },
): (tx: Tx, rows: Rows<Table>) => Promise<Result[]> {
  const insertOne = preparedInsert((db, row: Insertable<Database[Table]>) => insert(db, [row]))
  return async (tx, rows) => {
    const [first, ...others] = rows
    if (!first) return []
    return others.length === 0 ? insertOne(tx, first) : insert(tx, rows).execute()
  }
}

/** Inserts what is not there yet; the constraint on owner and hothash decides between imports that overlap. */
export const insertPhotos = inserter<'photos', StoredPhoto>((db, rows) =>
  db
    .insertInto('photos')
    .values(rows)
    .onConflict((on) => on.columns(['user_id', 'hothash']).doNothing())
    .returningAll(),
)

export async function photosByHothash(
  tx: Tx,
  owner: SignedIn,
  hothashes: readonly string[],
): Promise<StoredPhoto[]> {
  if (hothashes.length === 0) return []
  return tx
    .selectFrom('photos')
    .selectAll()
    .where('user_id', '=', owner.userId)
    .where('hothash', 'in', hothashes)
    .execute()
}

export const insertHotpreviews = inserter<'hotpreviews', InsertResult>((db, rows) =>
  db.insertInto('hotpreviews').values(rows),
)

export const insertEggs = inserter<'photo_eggs', InsertResult>((db, rows) =>
  db.insertInto('photo_eggs').values(rows),
)

/** File records of these photos, as far as they are known. */
export async function knownFileSha256s(
  tx: Tx,
  photoIds: readonly number[],
): Promise<Map<number, Set<string>>> {
  const known = new Map<number, Set<string>>(photoIds.map((id) => [id, new Set()]))
  if (photoIds.length === 0) return known
  const rows = await tx
    .selectFrom('image_files')
    .select(['photo_id', 'file_sha256'])
    .where('photo_id', 'in', photoIds)
    .where('file_sha256', '!=', '')
    .execute()
  for (const row of rows) known.get(row.photo_id)?.add(row.file_sha256)
  return known
}

export const insertFiles = inserter<'image_files', InsertResult>((db, rows) =>
  db
    .insertInto('image_files')
    .values(rows)
    .onConflict((on) => on.columns(['photo_id', 'file_sha256', 'volume', 'file_path']).doNothing()),
)

export async function updatePhoto(
  tx: Tx,
  photoId: number,
  change: Updateable<Database['photos']>,
): Promise<StoredPhoto> {
  return tx
    .updateTable('photos')
    .set(change)
    .where('id', '=', photoId)
    .returningAll()
    .executeTakeFirstOrThrow()
}

/** The owner's tags of these names, made where they are missing; ids by name. */
export async function ensureTags(
  tx: Tx,
  owner: SignedIn,
  names: readonly string[],
  at: string,
): Promise<Map<string, number>> {
  if (names.length === 0) return new Map()
  // In one order everywhere, so that two imports never wait for each other in a ring.
  const sorted = [...names].sort()
  await tx
    .insertInto('tags')
    .values(sorted.map((name) => ({ user_id: owner.userId, name, created_at: at })))
    .onConflict((on) => on.columns(['user_id', 'name']).doNothing())
    .execute()
  const rows = await tx
    .selectFrom('tags')
    .select(['id', 'name'])
    .where('user_id', '=', owner.userId)
    .where('name', 'in', sorted)
    .execute()
  return new Map(rows.map((row) => [row.name, row.id]))
}

export async function deletePhotoTag(tx: Tx, photoId: number, tagId: number): Promise<void> {
  await tx.deleteFrom('photo_tags').where('photo_id', '=', photoId).where('tag_id', '=', tagId).execute()
}

export async function insertPhotoTags(
  tx: Tx,
  rows: readonly Insertable<Database['photo_tags']>[],
): Promise<void> {
  if (rows.length > 0) await tx.insertInto('photo_tags').values(rows).execute()
}
