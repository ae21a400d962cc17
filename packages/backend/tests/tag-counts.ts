import { sql } from 'kysely'
import type { Storage } from '../src/storage/database/database.ts'

/** Tags whose photos are counted otherwise than they are there, or that are counted and gone; empty where all is well. */
export async function strayTagCounts({ db }: Storage): Promise<unknown[]> {
  const { rows } = await sql`
    select tag_id, sum(counted) as counted, sum(there) as there from (
      select tag_id, photos as counted, 0 as there from tag_counts
      union all
      select tag_id, 0, 1 from photo_tags join photos on photos.id = photo_tags.photo_id
        where photos.deleted_at is null
    ) every_row
    group by tag_id having sum(counted) <> sum(there)`.execute(db)
  return rows
}
