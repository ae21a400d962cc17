import { type Insertable, expressionBuilder, sql } from 'kysely'
import type { SignedIn } from '../../access/viewer.ts'
import { isOwnRow } from '../../access/visibility.ts'
import type { Db, Tx } from '../../storage/database/database.ts'
import type { Database } from '../../storage/database/schema.ts'
import type { FileRow } from './photo-shape.ts'

const files = expressionBuilder<Database, 'image_files'>()

/** Inserts a file record; undefined where the photo has it already. */
export function insertFile(tx: Tx, row: Insertable<Database['image_files']>): Promise<FileRow | undefined> {
  return tx
    .insertInto('image_files')
    .values(row)
    .onConflict((on) => on.columns(['photo_id', 'file_sha256', 'volume', 'file_path']).doNothing())
    .returningAll()
    .executeTakeFirst()
}

/** Notes when the file of a record was last changed: programs touch files without changing a byte. */
export async function refreshFile(
  tx: Tx,
  owner: SignedIn,
  { modified_at, ...row }: FileAtItsPlace & Pick<Insertable<Database['image_files']>, 'modified_at'>,
): Promise<void> {
  if (modified_at === undefined || modified_at === null) return
  await tx.updateTable('image_files').set({ modified_at }).where(isSameFile(owner, row)).execute()
}

/** The record that is the same original at the same place. */
export function findSameFile(tx: Tx, owner: SignedIn, row: FileAtItsPlace): Promise<FileRow> {
  return tx.selectFrom('image_files').selectAll().where(isSameFile(owner, row)).executeTakeFirstOrThrow()
}

type FileAtItsPlace = Pick<FileRow, 'photo_id' | 'file_sha256' | 'volume' | 'file_path'>

function isSameFile(owner: SignedIn, { photo_id, file_sha256, volume, file_path }: FileAtItsPlace) {
  return files.and({ user_id: owner.userId, photo_id, file_sha256, volume, file_path })
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
    .where(isOwnRow('image_files.user_id', owner))
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
    .where(isOwnRow('image_files.user_id', owner))
    .where('photo_id', '=', photoId)
    .executeTakeFirstOrThrow()
  return row.count
}
