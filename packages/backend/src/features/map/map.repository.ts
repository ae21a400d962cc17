import { sql } from 'kysely'
import { type Selection, everySelected } from '../../access/selection.ts'
import type { Db } from '../../storage/database/database.ts'

export interface ClusterRow {
  readonly lat: number
  readonly lon: number
  readonly count: number
  readonly hothash: string
}

/** Larger than every id, so that one number has a rating and an id. */
const RATING = 10 ** 13

/**
 * All photos of the selection that have a place, in squares of so many degrees: the largest `most` of them, and how many photos
 * there are in all.
 */
export async function clusterPhotos(
  db: Db,
  selection: Selection,
  { degrees, most }: { readonly degrees: number; readonly most: number },
): Promise<{ clusters: ClusterRow[]; photos: number }> {
  const every = everySelected(db, selection, sql`photos.gps_latitude is not null`)
  if (!every) return { clusters: [], photos: 0 }
  const { rows } = await sql<ClusterRow & { readonly photos: number }>`
    with squares as materialized (
      select avg(photos.gps_latitude) as lat, avg(photos.gps_longitude) as lon, count(*) as count,
        max(photos.rating * ${sql.lit(RATING)} + photos.id) as best
      from ${every} as every_one cross join photos where photos.id = every_one.id
      group by floor((photos.gps_latitude + 90) / ${degrees}), floor((photos.gps_longitude + 180) / ${degrees})
    )
    select squares.lat, squares.lon, squares.count, photos.hothash, (select sum(count) from squares) as photos
    from squares join photos on photos.id = squares.best % ${sql.lit(RATING)}
    order by squares.count desc, photos.id limit ${sql.lit(most)}`.execute(db)
  return { clusters: rows.map(({ photos: _photos, ...row }) => row), photos: rows[0]?.photos ?? 0 }
}
