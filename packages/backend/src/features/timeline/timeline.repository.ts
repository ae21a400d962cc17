import { type Expression, type SqlBool, sql } from 'kysely'
import type { Viewer } from '../../access/viewer.ts'
import { type ScopeFilter, inScope } from '../../access/scope.ts'
import type { Db } from '../../storage/database/database.ts'
import { PAST_PREFIX, midpoint } from './period.ts'

export interface BucketRow {
  readonly prefix: string
  readonly count: number
  readonly first: string
  readonly last: string
}

/** Times that begin with `prefix`; `''` takes every dated photo. A range, so that the index on time serves it. */
function within(prefix: string): Expression<SqlBool> {
  if (prefix === '') return sql<SqlBool>`photos.sort_time > ''`
  return sql<SqlBool>`photos.sort_time >= ${prefix} and photos.sort_time < ${prefix + PAST_PREFIX}`
}

/** Buckets of what the viewer may see, by the first `length` characters of the time, newest first. */
export function countBuckets(
  db: Db,
  viewer: Viewer,
  filter: ScopeFilter,
  range: { prefix: string; length: number },
): Promise<BucketRow[]> {
  const bucket = sql<string>`substr(photos.sort_time, 1, ${sql.lit(range.length)})`
  return db
    .selectFrom('photos')
    .select([bucket.as('prefix'), sql<number>`count(*)`.as('count')])
    .select([sql<string>`min(photos.sort_time)`.as('first'), sql<string>`max(photos.sort_time)`.as('last')])
    .where(inScope(viewer, filter))
    .where(within(range.prefix))
    .groupBy(bucket)
    .orderBy('prefix', 'desc')
    .execute()
}

/** Visible photos that are in no bucket. */
export async function countUndated(db: Db, viewer: Viewer, filter: ScopeFilter): Promise<number> {
  const row = await db
    .selectFrom('photos')
    .select(sql<number>`count(*)`.as('count'))
    .where(inScope(viewer, filter))
    .where('photos.sort_time', '=', '')
    .executeTakeFirstOrThrow()
  return row.count
}

export interface CoverCandidate {
  readonly id: number
  readonly hothash: string
  readonly sort_time: string
}

/** The photos a bucket's cover is chosen from; each null where there is none. */
export interface CoverCandidates {
  readonly best: CoverCandidate | null
  readonly before: CoverCandidate | null
  readonly after: CoverCandidate | null
}

/** The best rated (4 or 5) of a bucket, and the nearest on each side of its midpoint, ties to the lower id. */
export async function findCoverCandidates(
  db: Db,
  viewer: Viewer,
  filter: ScopeFilter,
  bucket: BucketRow,
): Promise<CoverCandidates> {
  const visible = db
    .selectFrom('photos')
    .select(['photos.id', 'photos.hothash', 'photos.sort_time'])
    .where(inScope(viewer, filter))
    .where(within(bucket.prefix))
    .limit(1)
  const best = await visible
    .where('photos.rating', '>=', 4)
    .orderBy('photos.rating', 'desc')
    .orderBy('photos.sort_time', 'desc')
    .orderBy('photos.id')
    .executeTakeFirst()
  if (best) return { best, before: null, after: null }
  const middle = midpoint(bucket.first, bucket.last)
  const before = await visible
    .where('photos.sort_time', '<=', middle)
    .orderBy('photos.sort_time', 'desc')
    .orderBy('photos.id')
    .executeTakeFirst()
  const after = await visible
    .where('photos.sort_time', '>', middle)
    .orderBy('photos.sort_time')
    .orderBy('photos.id')
    .executeTakeFirst()
  return { best: null, before: before ?? null, after: after ?? null }
}

export interface GridKey {
  readonly sort_time: string
  readonly id: number
}

/** One page of a period and one row more, newest first. */
export function listGrid(
  db: Db,
  viewer: Viewer,
  filter: ScopeFilter,
  page: { where: 'all' | 'undated' | { prefix: string }; limit: number; after: GridKey | null },
) {
  const { where, limit, after } = page
  return db
    .selectFrom('photos')
    .select([
      'photos.id',
      'photos.user_id',
      'photos.hothash',
      'photos.width',
      'photos.height',
      'photos.rating',
    ])
    .select(['photos.taken_at', 'photos.sort_time', 'photos.coldpreview_sha256', 'photos.has_raw'])
    .where(inScope(viewer, filter))
    .$if(where === 'undated', (photos) => photos.where('photos.sort_time', '=', ''))
    .$if(typeof where === 'object', (photos) =>
      photos.where(within(typeof where === 'object' ? where.prefix : '')),
    )
    .$if(after !== null, (photos) =>
      photos.where(
        sql<SqlBool>`(photos.sort_time, photos.id) < (${after?.sort_time ?? ''}, ${after?.id ?? 0})`,
      ),
    )
    .orderBy('photos.sort_time', 'desc')
    .orderBy('photos.id', 'desc')
    .limit(limit + 1)
    .execute()
}
