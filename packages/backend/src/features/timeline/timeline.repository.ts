import { type Expression, type SqlBool, expressionBuilder, sql } from 'kysely'
import { type Selection, pageOfSelection } from '../../access/selection.ts'
import { NEWEST_FIRST, type PhotoPage, inOrder } from '../../access/sources.ts'
import type { Db } from '../../storage/database/database.ts'
import type { Database } from '../../storage/database/schema.ts'
import { PAST_PREFIX } from './period.ts'

const photos = expressionBuilder<Database, 'photos'>()

/** Which photos of the grid: of all times, of none, or of times that begin with `prefix`. */
export type GridTimes = 'all' | 'undated' | { readonly prefix: string }

/** One page of the grid and one row more, newest first. */
export async function listGrid(
  db: Db,
  selection: Selection,
  times: GridTimes,
  page: Pick<PhotoPage, 'limit' | 'after'>,
) {
  const keys = pageOfSelection(db, selection, {
    ...page,
    order: NEWEST_FIRST,
    offset: 0,
    where: takenIn(times),
  })
  if (!keys) return []
  return db
    .selectFrom(keys.as('page'))
    .innerJoin('photos', 'photos.id', 'page.id')
    .select(['photos.id', 'photos.user_id', 'photos.hothash', 'photos.width', 'photos.height'])
    .select(['photos.rating', 'photos.taken_at', 'page.key'])
    .select(['photos.coldpreview_sha256', 'photos.has_raw', 'photos.stack_id'])
    .orderBy(inOrder(NEWEST_FIRST, 'page'))
    .execute()
}

function takenIn(times: GridTimes): Expression<SqlBool> | undefined {
  if (times === 'all') return undefined
  // Nothing sorts before ''. Said as a range, because PostgreSQL would not merge by a column that it knows to be one value.
  if (times === 'undated') return photos('photos.sort_time', '<=', '')
  const { prefix } = times
  return sql<SqlBool>`photos.sort_time >= ${prefix} and photos.sort_time < ${prefix + PAST_PREFIX}`
}
