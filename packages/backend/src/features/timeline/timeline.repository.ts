import { type Expression, type SqlBool, expressionBuilder, sql } from 'kysely'
import { type NewestPage, newestOf } from '../../access/sources.ts'
import type { Source } from '../../access/visibility.ts'
import type { Db } from '../../storage/database/database.ts'
import type { Database } from '../../storage/database/schema.ts'
import { PAST_PREFIX } from './period.ts'

const photos = expressionBuilder<Database, 'photos'>()

/** Which photos of the grid: of all times, of none, or of times that begin with `prefix`. */
export type GridTimes = 'all' | 'undated' | { readonly prefix: string }

/** One page of the grid and one row more, newest first. */
export async function listGrid(
  db: Db,
  sources: readonly Source[],
  times: GridTimes,
  page: Pick<NewestPage, 'limit' | 'after'>,
) {
  const newest = newestOf(db, sources, { ...page, offset: 0, where: takenIn(times) })
  if (!newest) return []
  return db
    .selectFrom(newest.as('newest'))
    .innerJoin('photos', 'photos.id', 'newest.id')
    .select(['photos.id', 'photos.user_id', 'photos.hothash', 'photos.width', 'photos.height'])
    .select(['photos.rating', 'photos.taken_at', 'photos.sort_time'])
    .select(['photos.coldpreview_sha256', 'photos.has_raw'])
    .orderBy('newest.sort_time', 'desc')
    .orderBy('newest.id', 'desc')
    .execute()
}

function takenIn(times: GridTimes): Expression<SqlBool> | undefined {
  if (times === 'all') return undefined
  // Nothing sorts before ''. Said as a range, because PostgreSQL would not merge by a column that it knows to be one value.
  if (times === 'undated') return photos('photos.sort_time', '<=', '')
  const { prefix } = times
  return sql<SqlBool>`photos.sort_time >= ${prefix} and photos.sort_time < ${prefix + PAST_PREFIX}`
}
