import { sql } from 'kysely'
import { titleKey } from '../../../text/fold.ts'
import type { MigrationContext } from './migration-context.ts'

const words = {
  sqlite: { sorted: 'text', kept: 'virtual' },
  postgres: { sorted: 'text collate "C"', kept: 'stored' },
} as const

/** Titles that are read and written at a time. */
const AT_ONCE = 1000

/** What photos are found and ordered by beside their time. */
export async function addSearch(context: MigrationContext): Promise<void> {
  const { db, engine } = context
  for (const statement of [...columns(words[engine]), ...indexes]) await sql.raw(statement).execute(db)
  await fillTitleKeys(context)
}

const columns = ({ sorted, kept }: (typeof words)[keyof typeof words]) => [
  `alter table photos add column title_key ${sorted} not null default ''`,
  // Tenths of a degree, row by row from the south pole: what lies in a box is a range of each row.
  `alter table photos add column gps_cell integer generated always as (
    cast(floor((gps_latitude + 90) * 10) as integer) * 3601 + cast(floor((gps_longitude + 180) * 10) as integer)
  ) ${kept}`,
]

const OPEN = "deleted_at is null and visibility in ('public', 'authenticated')"

const indexes = [
  'create index photos_own_created on photos (user_id, visibility, created_at, id) where deleted_at is null',
  `create index photos_open_created on photos (visibility, created_at, id) where ${OPEN}`,
  'create index photos_own_rating on photos (user_id, visibility, rating, id) where deleted_at is null',
  `create index photos_open_rating on photos (visibility, rating, id) where ${OPEN}`,
  'create index photos_own_title on photos (user_id, visibility, title_key, id) where deleted_at is null',
  `create index photos_open_title on photos (visibility, title_key, id) where ${OPEN}`,
  'create index photos_camera_make on photos (camera_make) where camera_make is not null',
  'create index photos_camera_model on photos (camera_model) where camera_model is not null',
  'create index photos_lens_model on photos (lens_model) where lens_model is not null',
  'create index photos_gps_cell on photos (gps_cell) where gps_cell is not null',
  'create index tags_name on tags (name)',
]

async function fillTitleKeys({ db }: MigrationContext): Promise<void> {
  for (let last = 0; ;) {
    const { rows } = await sql<{ id: number; title: string }>`
      select id, title from photos where title is not null and id > ${last} order by id limit ${sql.lit(AT_ONCE)}
    `.execute(db)
    for (const { id, title } of rows)
      await sql`update photos set title_key = ${titleKey(title)} where id = ${id}`.execute(db)
    const end = rows.at(-1)
    if (!end) return
    last = end.id
  }
}
