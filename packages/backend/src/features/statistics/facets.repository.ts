import { sql } from 'kysely'
import { type Selection, everySelected } from '../../access/selection.ts'
import type { Db } from '../../storage/database/database.ts'

export interface FacetRow {
  readonly facet: 'total' | 'year' | 'rating' | 'camera' | 'lens' | 'visibility' | 'author' | 'tag'
  readonly value: string
  readonly count: number
}

/**
 * Counts all photos of the selection by each facet, in one pass through them; values as text. The joins are crossed because
 * SQLite, which does not know how few photos there are, would begin with all tags.
 */
export async function countFacets(db: Db, selection: Selection): Promise<FacetRow[]> {
  const every = everySelected(db, selection, sql`1 = 1`)
  if (!every) return []
  const { rows } = await sql<FacetRow>`
    with matched as materialized (
      select photos.id, substr(photos.sort_time, 1, 4) as year, photos.rating, photos.camera_model, photos.lens_model,
        photos.visibility, photos.author_id
      from ${every} as every_one cross join photos where photos.id = every_one.id
    )
    select 'total' as facet, '' as value, count(*) as count from matched
    ${sql.join(
      columns.map(([facet, column]) => {
        const value = sql.ref(column)
        return sql`union all select ${sql.lit(facet)}, cast(${value} as text), count(*) from matched
          where ${value} is not null and ${facet === 'year' ? sql`year <> ''` : sql`1 = 1`} group by ${value}`
      }),
      sql` `,
    )}
    union all select 'tag', tags.name, count(*) from matched cross join photo_tags cross join tags
      where photo_tags.photo_id = matched.id and tags.id = photo_tags.tag_id group by tags.name`.execute(db)
  return rows
}

const columns = [
  ['year', 'matched.year'],
  ['rating', 'matched.rating'],
  ['camera', 'matched.camera_model'],
  ['lens', 'matched.lens_model'],
  ['visibility', 'matched.visibility'],
  ['author', 'matched.author_id'],
] as const
