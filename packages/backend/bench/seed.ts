import { sql } from 'kysely'
import { idsBehind, renewTexts } from '../src/features/photos/texts.repository.ts'
import type { Storage, Tx } from '../src/storage/database/database.ts'

export interface SeedWishes {
  readonly photos: number
  /** Has four photos of five. */
  readonly ownerId: number
  readonly otherId: number
  /** Of each stand-in for a hotpreview. */
  readonly previewBytes: number
}

const PORTION = 25_000
/** Of each owner; a photo has one. */
const TAGS = 20
/** What few photos have, as many in every library. */
const RARE_PHOTOS = 40
export const RARE = { camera: 'Rare camera', rating: 5, place: '-49.35,70.22', box: '70,-50,71,-49' }
const BEGIN_S = Date.UTC(2005, 0, 1) / 1000
const TWENTY_YEARS_S = 20 * 365.25 * 24 * 60 * 60
/** A time in which about as many photos were taken in every library, a few dozen of the owner's. */
export const rareDates = (photos: number) => {
  const at = (seconds: number) => new Date((BEGIN_S + seconds) * 1000).toISOString().slice(0, 19)
  const middle = TWENTY_YEARS_S / 2
  return { taken_after: at(middle), taken_before: at(middle + (RARE_PHOTOS * TWENTY_YEARS_S) / photos) }
}

/** What the engines say differently; `i` is the number of a photo. */
const words = {
  sqlite: {
    series: (from: number, to: number) =>
      `with recursive series(i) as (select ${from} union all select i + 1 from series where i + 1 < ${to})`,
    hash: 'lower(hex(randomblob(32)))',
    bytes: (count: number) => `randomblob(${count})`,
    time: (seconds: string) => `strftime('%Y-%m-%dT%H:%M:%S', ${seconds}, 'unixepoch')`,
  },
  postgres: {
    series: (from: number, to: number) =>
      `with series as (select generate_series(${from}::bigint, ${to - 1}::bigint) as i)`,
    hash: "encode(sha256(i::text::bytea), 'hex')",
    bytes: (count: number) => `decode(repeat(md5(id::text), ${Math.ceil(count / 16)}), 'hex')`,
    time: (seconds: string) =>
      `to_char(to_timestamp(${seconds}) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS')`,
  },
} as const

/**
 * Fills the database with photos over twenty years, in no order of time: seven of ten private, the others of every level.
 * One in thirty is in a stack of four. Straight into its tables, in large transactions; triggers count as they do for everybody.
 */
export async function seedLibrary({ db, engine }: Storage, wishes: SeedWishes): Promise<void> {
  for (let from = 0; from < wishes.photos; from += PORTION) {
    const to = Math.min(from + PORTION, wishes.photos)
    await db.transaction().execute((tx) => seedPortion(tx, words[engine], { ...wishes, from, to }))
  }
  // As the program itself does after an import; SQLite plans by its rules alone there, and so it does here.
  if (engine === 'postgres') await sql`analyze`.execute(db)
}

type Words = (typeof words)['sqlite' | 'postgres']

async function seedPortion(
  tx: Tx,
  { series, hash, bytes, time }: Words,
  { photos, ownerId, otherId, previewBytes, from, to }: SeedWishes & { from: number; to: number },
): Promise<void> {
  const { rows } = await sql<{ last: number }>`select coalesce(max(id), 0) as last from photos`.execute(tx)
  const last = Number(rows[0]?.last ?? 0)
  // A prime leads to every number below `photos`, and far from the one before.
  const seconds = `${BEGIN_S} + ((i * 7919) % ${photos}) * ${TWENTY_YEARS_S / photos}`
  const at = "'2025-01-01T00:00:00.000Z'"
  const isRare = `i % ${Math.max(Math.floor(photos / RARE_PHOTOS), 1)} = 0`
  const title = `'photo ' || case when ${isRare} then 'of a kingfisher ' else '' end || i`
  const statements = [
    `insert into photos (user_id, hothash, visibility, title, rating, width, height, taken_at, camera_make, camera_model,
        primary_filename, image_format, has_raw, created_at, updated_at, title_key, gps_latitude, gps_longitude)
      ${series(from, to)}
      select case when i % 5 = 4 then ${otherId} else ${ownerId} end, ${hash},
        case i % 10 when 0 then 'public' when 1 then 'authenticated' when 2 then 'space' else 'private' end,
        ${title}, case when ${isRare} then ${RARE.rating} when i % 17 = 0 or i % 11 = 0 then 4 else i % 4 end, 6000, 4000,
        ${time(seconds)}, 'Example', case when ${isRare} then '${RARE.camera}' else 'Camera ' || (i % 12) end, 'IMG_' || i || '.JPG', 'JPEG', 0, ${at}, ${at}, ${title}, case when ${isRare} then -49.35 else 35 + (i % 3001) * 0.01 end,
        case when ${isRare} then 70.22 else -10 + (i % 4001) * 0.01 end
      from series`,
    `insert into hotpreviews (photo_id, jpeg) select id, ${bytes(previewBytes)} from photos where id > ${last}`,
    `insert into photo_eggs (photo_id, metadata, exif_dict, recipe, egg_version)
      select id, '{"camera_make": "Example"}', '{"Make": "Example"}', 'h1', '2.1' from photos where id > ${last}`,
    `insert into image_files (photo_id, user_id, file_sha256, volume, file_path, filename, stem_key, file_format, file_size,
        created_at)
      select id, user_id, hothash, 'disk', '/photos/' || primary_filename, primary_filename,
        lower(substr(primary_filename, 1, length(primary_filename) - 4)), 'JPEG', 8000000, ${at}
      from photos where id > ${last}`,
    `insert into tags (user_id, name, created_at)
      ${series(0, TAGS)} select users.id, 'tag ' || i, ${at} from series cross join users
      where users.id in (${ownerId}, ${otherId}) on conflict do nothing`,
    `insert into tags (user_id, name, created_at) values (${ownerId}, 'rare', ${at}), (${otherId}, 'rare', ${at})
      on conflict do nothing`,
    `insert into photo_tags (photo_id, tag_id) select photos.id, tags.id from photos
      join tags on tags.user_id = photos.user_id and tags.name = 'rare'
      where photos.id > ${last} and camera_model = '${RARE.camera}'`,
    `insert into photo_tags (photo_id, tag_id) select photos.id, tags.id from photos
      join tags on tags.user_id = photos.user_id and tags.name = 'tag ' || (photos.id % ${TAGS}) where photos.id > ${last}`,
  ]
  statements.push(
    `insert into authors (user_id, name, name_key, created_at, updated_at)
      values (${ownerId}, 'A rare author', 'a rare author', ${at}, ${at}) on conflict do nothing`,
    `update photos set author_id = (select id from authors where user_id = ${ownerId})
      where id > ${last} and user_id = ${ownerId} and camera_model = '${RARE.camera}'`,
  )
  const stacked = `id > ${last} and user_id = ${ownerId} and id % 100 between 1 and 4`
  statements.push(
    `insert into stacks (user_id, stack_type, cover_photo_id, created_at, updated_at)
      select user_id, 'burst', id, ${at}, ${at} from photos where id % 100 = 1 and ${stacked}`,
    `update photos set stack_id = (select stacks.id from stacks where cover_photo_id = photos.id - photos.id % 100 + 1)
      where ${stacked}`,
  )
  for (const statement of statements) await sql.raw(statement).execute(tx)
  for (let ids = await idsBehind(tx, last); ids.length > 0; ids = await idsBehind(tx, ids.at(-1) ?? 0))
    await renewTexts(tx, ids)
}
