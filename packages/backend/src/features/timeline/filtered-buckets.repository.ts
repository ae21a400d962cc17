import { type Expression, type SqlBool, sql } from 'kysely'
import { type Selection, everySelected } from '../../access/selection.ts'
import type { Db } from '../../storage/database/database.ts'
import type { BucketRange } from './buckets.repository.ts'
import { PAST_PREFIX } from './period.ts'

/** What filters let through in one bucket. */
export interface FilteredBucket {
  readonly prefix: string
  readonly count: number
  readonly first: string
  readonly last: string
  /** The best of those rated 4 or 5: the highest rated, ties to the latest, then to the lowest id. */
  readonly best_id: number | null
}

/** Counts all photos that the selection has in the range, once: no counts are kept for filters. */
export async function countFiltered(
  db: Db,
  selection: Selection,
  { prefix, length }: BucketRange,
): Promise<FilteredBucket[]> {
  const matched = everySelected(db, selection, beginsWith(prefix))
  if (!matched) return []
  const rows = await db
    .selectFrom(matched.as('matched'))
    .select(bucketOf(length).as('prefix'))
    .select(({ fn }) => [
      fn.countAll<number>().as('count'),
      fn.min('matched.sort_time').as('first'),
      fn.max('matched.sort_time').as('last'),
    ])
    .select(sql<string | null>`max(case when rating >= 4 then rating || ${LOWEST_ID_LAST} end)`.as('best'))
    .groupBy(bucketOf(length))
    .execute()
  return rows.map(({ best, ...bucket }) => ({ ...bucket, best_id: lowestIdIn(best) }))
}

/** How many photos of the selection are in no bucket. */
export async function countUndated(db: Db, selection: Selection): Promise<number> {
  const matched = everySelected(db, selection, sql<SqlBool>`photos.sort_time <= ''`)
  if (!matched) return 0
  const count = db.selectFrom(matched.as('matched')).select(({ fn }) => fn.countAll<number>().as('photos'))
  return (await count.executeTakeFirstOrThrow()).photos
}

/** The ids of what is nearest to the middle of each bucket: the last photo up to it and the first behind it, ties to the lowest id. */
export async function nearestFiltered(
  db: Db,
  selection: Selection,
  middles: readonly { readonly prefix: string; readonly middle: string }[],
  { prefix, length }: BucketRange,
): Promise<number[]> {
  const matched = everySelected(db, selection, beginsWith(prefix))
  if (!matched || middles.length === 0) return []
  const listed = sql<{ prefix: string; middle: string }>`(
    select column1 as prefix, column2 as middle
    from (values ${sql.join(middles.map((one) => sql`(${one.prefix}, ${one.middle})`))}) as listed
  )`
  const rows = await db
    .selectFrom(matched.as('matched'))
    .innerJoin(listed.as('listed'), (join) => join.on('listed.prefix', '=', bucketOf(length)))
    .select(
      sql<string | null>`max(case when sort_time <= listed.middle then ${LOWEST_ID_LAST} end)`.as('before'),
    )
    .select(
      sql<string | null>`min(case when sort_time > listed.middle then ${LOWEST_ID_FIRST} end)`.as('after'),
    )
    .groupBy('listed.prefix')
    .execute()
  return rows.flatMap(({ before, after }) => [lowestIdIn(before) ?? [], idIn(after) ?? []].flat())
}

/** Dated photos of a period, or all of them where `prefix` is ''. */
function beginsWith(prefix: string): Expression<SqlBool> {
  if (prefix === '') return sql<SqlBool>`photos.sort_time > ''`
  return sql<SqlBool>`photos.sort_time >= ${prefix} and photos.sort_time < ${prefix + PAST_PREFIX}`
}

const bucketOf = (length: number) => sql<string>`substr(matched.sort_time, 1, ${sql.lit(length)})`

const DIGITS = 16
const MOST = Number.MAX_SAFE_INTEGER
const LEAST = 10 ** (DIGITS - 1)

/** Time and id as one text of one length, so that an aggregate of it names a row: the greatest is the latest, then the lowest id. */
const TIME = sql`substr(matched.sort_time || '.000', 1, 23)`
const LOWEST_ID_LAST = sql`${TIME} || (${sql.lit(MOST)} - matched.id)`
/** The least is the earliest, then the lowest id. */
const LOWEST_ID_FIRST = sql`${TIME} || (${sql.lit(LEAST)} + matched.id)`

const lowestIdIn = (text: string | null) => (text === null ? null : MOST - Number(text.slice(-DIGITS)))
const idIn = (text: string | null) => (text === null ? null : Number(text.slice(-DIGITS)) - LEAST)
