import { type SqlBool, sql } from 'kysely'
import type { Visibility } from '@imalink/contract'
import { EVERYBODY } from '../../access/sources.ts'
import { type OwnerSource, ofOwner } from '../../access/visibility.ts'
import type { Db } from '../../storage/database/database.ts'
import { prepared } from '../../storage/database/prepared.ts'
import { PAST_PREFIX } from './period.ts'

/** What one source has in one bucket. */
export interface SourceBucket {
  readonly userId: number | null
  readonly visibility: Visibility
  readonly prefix: string
  readonly count: number
  readonly first: string
  readonly last: string
  /** The best of those rated 4 or 5: the highest rated, ties to the latest, then to the lowest id. */
  readonly best_id: number | null
}

/** Buckets whose names have `length` characters and begin with `prefix`; dated ones all where it is ''. */
export interface BucketRange {
  readonly prefix: string
  readonly length: number
}

/** Sources of one owner, or of everybody: one query reads them all, because they differ in a column alone. */
interface OwnerSources {
  readonly isEverybody: boolean
  readonly levels: readonly Visibility[]
}

interface RangeValues {
  /** Of the one owner that the sources name; nothing is said of it where they are everybody's alone. */
  readonly userId: number
  readonly prefix: string
  readonly past: string
}

/** What each source has in each bucket of the range: counts as they are kept, the rest by a few steps into an index. */
export async function readBuckets(
  db: Db,
  sources: readonly OwnerSource[],
  { prefix, length }: BucketRange,
): Promise<SourceBucket[]> {
  if (sources.length === 0) return []
  const owners = [...Map.groupBy(sources, ({ userId }) => userId)]
  const shape = [
    String(length),
    prefix === '' ? 'all' : 'some',
    ...owners.map(([userId, some]) =>
      [userId === null ? EVERYBODYS : 'own', ...some.map(({ visibility }) => visibility)].join(' '),
    ),
  ]
  const [userId = EVERYBODY, ...more] = owners.flatMap(([owner]) => owner ?? [])
  if (more.length > 0) throw new Error('sources of several owners in one query')
  return bucketsOfAll(db, shape, { userId, prefix, past: prefix + PAST_PREFIX })
}

const EVERYBODYS = 'everybody'

const bucketsOfAll = prepared((db, shape: readonly string[], values: RangeValues) => {
  const [length, which, ...owners] = shape
  const range = { length: Number(length), isAll: which === 'all' }
  const [first, ...others] = owners.map((owner) => {
    const [who, ...levels] = owner.split(' ')
    const sourcesOfOwner = { isEverybody: who === EVERYBODYS, levels: levels as Visibility[] } // as they were joined
    return bucketsOf(db, sourcesOfOwner, range, values)
  })
  if (!first) throw new Error('buckets of no source')
  return others.reduce((all, other) => all.unionAll(other), first)
})

function bucketsOf(
  db: Db,
  { isEverybody, levels }: OwnerSources,
  { length, isAll }: { readonly length: number; readonly isAll: boolean },
  values: RangeValues,
) {
  const userId = isEverybody ? null : values.userId
  const counted = db
    .selectFrom('photo_counts')
    .select(['visibility', 'bucket', sql<number>`sum(photos)`.as('count')])
    .where('user_id', '=', userId ?? EVERYBODY)
    .where('visibility', 'in', levels)
    .where(sql<SqlBool>`length = ${sql.lit(length)}`)
    .where('bucket', isAll ? '>' : '>=', values.prefix)
    .where('bucket', '<', values.past)
    .groupBy(['visibility', 'bucket'])
    .having(sql<SqlBool>`sum(photos) > 0`)
  const inBucket = db.selectFrom('photos').where(ofOwner(userId)).where(inCountedBucket).limit(1)
  const end = (direction: 'asc' | 'desc') =>
    sql<string>`${inBucket.select('photos.sort_time').orderBy('photos.sort_time', direction)}`
  const rated = (rating: number) =>
    inBucket
      .select('photos.id')
      // Said twice, because the index is of these photos only.
      .where(sql<SqlBool>`photos.rating >= 4 and photos.rating = ${sql.lit(rating)}`)
      .orderBy('photos.sort_time', 'desc')
      .orderBy('photos.id')
  return db
    .selectFrom(counted.as('counted'))
    .select(sql<number | null>`cast(${userId} as bigint)`.as('userId'))
    .select(['counted.visibility', 'counted.bucket as prefix', 'counted.count'])
    .select([end('asc').as('first'), end('desc').as('last')])
    .select(sql<number | null>`coalesce(${rated(5)}, ${rated(4)})`.as('best_id'))
}

const inCountedBucket = sql<SqlBool>`photos.visibility = counted.visibility
  and photos.sort_time >= counted.bucket and photos.sort_time < counted.bucket || ${sql.lit(PAST_PREFIX)}`

/** Where in a source's bucket the middle of the whole bucket is. */
export interface Middle extends OwnerSource {
  readonly prefix: string
  readonly middle: string
}

/** The ids of what is nearest to each middle: the last photo up to it and the first behind it, ties to the lowest id. */
export async function findNearest(db: Db, middles: readonly Middle[]): Promise<number[]> {
  const owners = Map.groupBy(middles, ({ userId }) => userId)
  const [first, ...others] = [...owners].map(([userId, some]) => nearestOf(db, userId, some))
  if (!first) return []
  const rows = await others.reduce((all, other) => all.unionAll(other), first).execute()
  return rows.flatMap(({ before_id, after_id }) => [before_id, after_id].filter((id) => id !== null))
}

function nearestOf(db: Db, userId: number | null, middles: readonly Middle[]) {
  const rows = middles.map(
    ({ visibility, prefix, middle }) => sql`(${visibility}, ${prefix}, ${middle}, ${prefix + PAST_PREFIX})`,
  )
  const sought = sql<Record<'visibility' | 'prefix' | 'middle' | 'past', string>>`(
    select column1 as visibility, column2 as prefix, column3 as middle, column4 as past
    from (values ${sql.join(rows)}) as listed
  )`
  const inSource = db.selectFrom('photos').where(ofOwner(userId)).limit(1)
  const level = sql<SqlBool>`photos.visibility = sought.visibility`
  const last = inSource
    .select('photos.sort_time')
    .where(level)
    .where(sql<SqlBool>`photos.sort_time >= sought.prefix and photos.sort_time <= sought.middle`)
    .orderBy('photos.sort_time', 'desc')
  // Thousands may have been taken at one time: the lowest id of that time is a second step, not a sort of them.
  const before = inSource
    .select('photos.id')
    .where(level)
    .where('photos.sort_time', '=', last)
    .orderBy('photos.id')
  const after = inSource
    .select('photos.id')
    .where(level)
    .where(sql<SqlBool>`photos.sort_time > sought.middle and photos.sort_time < sought.past`)
    .orderBy('photos.sort_time')
    .orderBy('photos.id')
  return db
    .selectFrom(sought.as('sought'))
    .select([sql<number | null>`${before}`.as('before_id'), sql<number | null>`${after}`.as('after_id')])
}

export interface CoverCandidate {
  readonly id: number
  readonly hothash: string
  readonly sort_time: string
  readonly rating: number
}

/** Candidates by the ids that the two searches gave. */
export async function readCandidates(db: Db, ids: readonly number[]): Promise<CoverCandidate[]> {
  if (ids.length === 0) return []
  return db
    .selectFrom('photos')
    .select(['id', 'hothash', 'sort_time', 'rating'])
    .where('id', 'in', ids)
    .execute()
}
