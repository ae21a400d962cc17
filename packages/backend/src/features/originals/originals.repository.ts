import { type Expression, type SqlBool, expressionBuilder, sql } from 'kysely'
import type { SignedIn } from '../../access/viewer.ts'
import { isOwnRow, ownedBy } from '../../access/visibility.ts'
import type { Db } from '../../storage/database/database.ts'
import type { Database } from '../../storage/database/schema.ts'

const photos = expressionBuilder<Database, 'photos'>()

/** Places of the original of a photo that has the fewest; 0 where nothing is known of any. */
const copies = sql<number>`coalesce((
  select min(places) from (
    select count(case when volume <> '' or file_path <> '' then 1 end) as places
    from image_files where photo_id = photos.id group by file_sha256
  ) as originals
), 0)`

export type Copies = '0' | '1' | 'many'

function having(owner: SignedIn, wanted: Copies | undefined): Expression<SqlBool> {
  if (wanted === undefined) return ownedBy(owner)
  const isWanted =
    wanted === 'many' ? sql<SqlBool>`${copies} > 1` : sql<SqlBool>`${copies} = ${Number(wanted)}`
  return photos.and([ownedBy(owner), isWanted])
}

/** One page and one row more of the owner's photos outside the trash, in the order they came. */
export function listOriginals(
  db: Db,
  owner: SignedIn,
  wanted: Copies | undefined,
  page: { limit: number; offset: number; after: number | null },
) {
  return db
    .selectFrom('photos')
    .select(['id', 'hothash', 'primary_filename', copies.as('copies')])
    .where(having(owner, wanted))
    .$if(page.after !== null, (rows) => rows.where('photos.id', '>', page.after))
    .orderBy('photos.id')
    .limit(page.limit + 1)
    .offset(page.offset)
    .execute()
}

export async function countOriginals(db: Db, owner: SignedIn, wanted: Copies | undefined): Promise<number> {
  const row = await db
    .selectFrom('photos')
    .select(sql<number>`count(*)`.as('count'))
    .where(having(owner, wanted))
    .executeTakeFirstOrThrow()
  return row.count
}

/** Where the originals of own photos are, without what was read from them; the first `most` of each photo. */
export async function placesOf(db: Db, owner: SignedIn, photoIds: readonly number[], most: number) {
  if (photoIds.length === 0) return []
  const numbered = db
    .selectFrom('image_files')
    .select(['id', sql<number>`row_number() over (partition by photo_id order by id)`.as('number')])
    .where(isOwnRow('image_files.user_id', owner))
    .where('photo_id', 'in', photoIds)
    .as('numbered')
  return db
    .selectFrom('image_files')
    .innerJoin(numbered, 'numbered.id', 'image_files.id')
    .select(['image_files.id', 'photo_id', 'filename', 'file_path', 'volume', 'file_format'])
    .select(['file_size', 'file_sha256', 'modified_at', 'created_at'])
    .where('numbered.number', '<=', most)
    .orderBy('image_files.id')
    .execute()
}
