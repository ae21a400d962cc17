import { sql } from 'kysely'
import type { SignedIn } from '../../access/viewer.ts'
import type { Db } from '../../storage/database/database.ts'
import { stemKey } from '../../file-stem.ts'

export async function knownByHothash(db: Db, owner: SignedIn, hothashes: readonly string[]) {
  if (hothashes.length === 0) return []
  return db
    .selectFrom('photos')
    .select(['id', 'hothash', 'deleted_at'])
    .where('user_id', '=', owner.userId)
    .where('hothash', 'in', hothashes)
    .execute()
}

function filesWithPhotos(db: Db, owner: SignedIn) {
  return db
    .selectFrom('image_files')
    .innerJoin('photos', 'photos.id', 'image_files.photo_id')
    .select(['photos.id', 'photos.hothash', 'photos.deleted_at'])
    .select(['photos.taken_at', 'photos.width', 'photos.height', 'photos.camera_model'])
    .select([
      'image_files.filename',
      'image_files.file_format',
      'image_files.file_path',
      'image_files.volume',
      'image_files.file_sha256',
      'image_files.modified_at',
    ])
    .where('image_files.user_id', '=', owner.userId)
}

/** For each of these bytes the photo that had them first, in however many places they lie. */
export async function knownByFileSha256(db: Db, owner: SignedIn, sha256s: readonly string[]) {
  if (sha256s.length === 0) return []
  return db
    .with('firsts', (sub) =>
      sub
        .selectFrom('image_files')
        .select(['file_sha256', (row) => row.fn.min('photo_id').as('photo_id')])
        .where('user_id', '=', owner.userId)
        .where('file_sha256', 'in', sha256s)
        .groupBy('file_sha256'),
    )
    .selectFrom('firsts')
    .innerJoin('photos', 'photos.id', 'firsts.photo_id')
    .select(['firsts.file_sha256', 'photos.id', 'photos.hothash', 'photos.deleted_at'])
    .execute()
}

/** Files in a folder whose name without its extension is `stem`, whatever its case. At most `limit`. */
export function knownByName(
  db: Db,
  owner: SignedIn,
  name: { folder: string; stem: string; volume: string | undefined },
  limit: number,
) {
  const folder = name.folder.replace(/[\\/]+$/, '')
  const pathBy = (separator: string) => sql<string>`${folder + separator} || image_files.filename`
  return filesWithPhotos(db, owner)
    .where('image_files.stem_key', '=', stemKey(name.stem))
    .where('image_files.file_path', 'in', [pathBy('/'), pathBy('\\')])
    .$if(name.volume !== undefined, (files) => files.where('image_files.volume', '=', name.volume ?? ''))
    .orderBy('photos.id')
    .limit(limit)
    .execute()
}
