import { sql } from 'kysely'
import type { OwnerSource } from '../../access/visibility.ts'
import { type Db, type Tx, engineOf } from '../../storage/database/database.ts'
import { type CountedPhoto, type CountedTag, NOTHING } from './counts.ts'

/** Ids that begin alike are one portion; as the triggers have it. */
const PHOTOS = 1024
/** The portion that is the sum of all. */
const WHOLE = -1

export interface Portion {
  readonly user_id: number
  readonly portion: number
}

/** Whose photos are counted: of everybody where it is null. */
export type Owners = readonly number[] | null

/** Of whose photos counts of these sources are made up. */
export function ownersOf(sources: readonly OwnerSource[]): Owners {
  if (sources.some(({ userId }) => userId === null)) return null
  return [...new Set(sources.flatMap(({ userId }) => userId ?? []))]
}

/** Portions that have changed since they were counted, in order. */
export function stalePortions(db: Db, owners: Owners): Promise<Portion[]> {
  return db
    .selectFrom('stale_rollups')
    .select(['user_id', 'portion'])
    .distinct()
    .$if(owners !== null, (rows) => rows.where('user_id', 'in', [...(owners ?? []), 0]))
    .orderBy('user_id')
    .orderBy('portion')
    .execute()
}

/** One at a time counts anew, so that nobody puts older counts in the place of others; on SQLite there is one anyway. */
export async function lockRollups(tx: Tx): Promise<void> {
  if (engineOf(tx) === 'postgres')
    await sql`select pg_advisory_xact_lock('photo_rollups'::regclass::oid::bigint)`.execute(tx)
}

/** Takes the note that a portion has changed; false where somebody else took it. What changes from now on is noted again. */
export async function takeNote(tx: Tx, { user_id, portion }: Portion): Promise<boolean> {
  const taken = await tx
    .deleteFrom('stale_rollups')
    .where('user_id', '=', user_id)
    .where('portion', '=', portion)
    .executeTakeFirst()
  return taken.numDeletedRows > 0n
}

const firstOf = ({ portion }: Portion) => portion * PHOTOS

/** The photos of a portion outside the trash, to be counted for whoever may see them. */
export function photosOf(db: Db, portion: Portion): Promise<CountedPhoto[]> {
  return db
    .selectFrom('photos')
    .select(['visibility', 'sort_time', 'rating', 'camera_model', 'lens_model', 'focal_length'])
    .select(['f_number', 'exposure_time', 'iso', 'author_id'])
    .where('id', '>=', firstOf(portion))
    .where('id', '<', firstOf(portion) + PHOTOS)
    .where(sql<number>`+user_id`, '=', portion.user_id)
    .where(sql<string>`deleted_at || ''`, 'is', null)
    .execute()
}

export function tagsOf(db: Db, portion: Portion): Promise<CountedTag[]> {
  return db
    .selectFrom('photo_tags')
    .innerJoin('photos', 'photos.id', 'photo_tags.photo_id')
    .select(['photos.visibility', 'photo_tags.tag_id', ({ fn }) => fn.countAll<number>().as('photos')])
    .where('photo_tags.photo_id', '>=', firstOf(portion))
    .where('photo_tags.photo_id', '<', firstOf(portion) + PHOTOS)
    .where(sql<number>`+photos.user_id`, '=', portion.user_id)
    .where(sql<string>`photos.deleted_at || ''`, 'is', null)
    .groupBy(['photos.visibility', 'photo_tags.tag_id'])
    .execute()
}

/** What was counted of a portion, of all of an owner's photos where `portion` is left out. */
export async function readRollup(
  db: Db,
  { user_id, portion = WHOLE }: Omit<Portion, 'portion'> & { portion?: number },
): Promise<string | undefined> {
  const row = await db
    .selectFrom('photo_rollups')
    .select('counts')
    .where('user_id', '=', user_id)
    .where('portion', '=', portion)
    .executeTakeFirst()
  return row?.counts
}

export async function writeRollup(
  tx: Tx,
  { user_id, portion = WHOLE }: Omit<Portion, 'portion'> & { portion?: number },
  counts: string,
): Promise<void> {
  if (counts === NOTHING) {
    await tx
      .deleteFrom('photo_rollups')
      .where('user_id', '=', user_id)
      .where('portion', '=', portion)
      .execute()
    return
  }
  await tx
    .insertInto('photo_rollups')
    .values({ user_id, portion, counts })
    .onConflict((on) => on.columns(['user_id', 'portion']).doUpdateSet({ counts }))
    .execute()
}

/** The sums of all photos of each owner. */
export async function readWholes(db: Db, owners: Owners): Promise<{ user_id: number; counts: string }[]> {
  return db
    .selectFrom('photo_rollups')
    .select(['user_id', 'counts'])
    .where('portion', '=', WHOLE)
    .$if(owners !== null, (rows) => rows.where('user_id', 'in', [...(owners ?? []), 0]))
    .execute()
}

/** Tags of these ids by name: of photos that were counted for a viewer. */
export async function namesOfTags(db: Db, ids: readonly number[]): Promise<Map<number, string>> {
  return namesOf(db, 'tags', ids)
}

/** Authors of these ids: whom photos credit that were counted for a viewer. */
export async function namesOfAuthors(db: Db, ids: readonly number[]): Promise<Map<number, string>> {
  return namesOf(db, 'authors', ids)
}

/** Parameters in one statement have an end. */
const AT_ONCE = 1000

async function namesOf(
  db: Db,
  table: 'tags' | 'authors',
  ids: readonly number[],
): Promise<Map<number, string>> {
  const names = new Map<number, string>()
  for (let first = 0; first < ids.length; first += AT_ONCE) {
    const some = ids.slice(first, first + AT_ONCE)
    const rows = await db.selectFrom(table).select(['id', 'name']).where('id', 'in', some).execute()
    for (const { id, name } of rows) names.set(id, name)
  }
  return names
}
