import { type Insertable, sql } from 'kysely'
import type { SignedIn } from '../../access/viewer.ts'
import type { Db, Tx } from '../../storage/database/database.ts'
import type { Database } from '../../storage/database/schema.ts'
import type { FileRow } from './photo-shape.ts'

/** Inserts a file record; undefined where the photo has it already. */
export function insertFile(tx: Tx, row: Insertable<Database['image_files']>): Promise<FileRow | undefined> {
  return tx
    .insertInto('image_files')
    .values(row)
    .onConflict((on) => on.columns(['photo_id', 'file_sha256', 'volume', 'file_path']).doNothing())
    .returningAll()
    .executeTakeFirst()
}

/** The record that is the same original at the same place. */
export function findSameFile(
  tx: Tx,
  owner: SignedIn,
  row: Pick<FileRow, 'photo_id' | 'file_sha256' | 'volume' | 'file_path'>,
): Promise<FileRow> {
  return tx
    .selectFrom('image_files')
    .selectAll()
    .where('user_id', '=', owner.userId)
    .where('photo_id', '=', row.photo_id)
    .where('file_sha256', '=', row.file_sha256)
    .where('volume', '=', row.volume)
    .where('file_path', '=', row.file_path)
    .executeTakeFirstOrThrow()
}

/** What an earlier record of the same bytes says they are. */
export function findSameBytes(
  tx: Tx,
  owner: SignedIn,
  row: Pick<Insertable<Database['image_files']>, 'photo_id' | 'file_sha256'>,
): Promise<Pick<FileRow, 'file_format' | 'width' | 'height'> | undefined> {
  return tx
    .selectFrom('image_files')
    .select(['file_format', 'width', 'height'])
    .where('user_id', '=', owner.userId)
    .where('photo_id', '=', row.photo_id)
    .where('file_sha256', '=', row.file_sha256)
    .where('file_format', 'is not', null)
    .orderBy('id')
    .limit(1)
    .executeTakeFirst()
}

export function listFiles(
  db: Db,
  owner: SignedIn,
  photoId: number,
  page: { limit: number; offset: number; after: number | null },
): Promise<FileRow[]> {
  return db
    .selectFrom('image_files')
    .selectAll()
    .where('user_id', '=', owner.userId)
    .where('photo_id', '=', photoId)
    .$if(page.after !== null, (files) => files.where('id', '>', page.after))
    .orderBy('id')
    .limit(page.limit + 1)
    .offset(page.offset)
    .execute()
}

export async function countFiles(db: Db, owner: SignedIn, photoId: number): Promise<number> {
  const row = await db
    .selectFrom('image_files')
    .select(sql<number>`count(*)`.as('count'))
    .where('user_id', '=', owner.userId)
    .where('photo_id', '=', photoId)
    .executeTakeFirstOrThrow()
  return row.count
}
