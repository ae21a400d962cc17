import { type Expression, type SelectQueryBuilder, type SqlBool, expressionBuilder, sql } from 'kysely'
import type { Db } from '../storage/database/database.ts'
import type { Database } from '../storage/database/schema.ts'
import type { Candidates } from './candidates.ts'
import { type SharedSource, type Source, inSource, isOthers, isOwned, isShared } from './visibility.ts'

const photos = expressionBuilder<Database, 'photos'>()

/** By what photos are ordered, ties by `id` in the same direction. */
export interface PhotoOrder {
  readonly by: 'taken_at' | 'created_at' | 'rating' | 'title'
  readonly direction: 'asc' | 'desc'
}

export const NEWEST_FIRST: PhotoOrder = { by: 'taken_at', direction: 'desc' }

/** The last photo of the page before, by what it is ordered by. */
export interface PhotoKey {
  readonly key: string | number
  readonly id: number
}

export interface PhotoPage {
  readonly order: PhotoOrder
  readonly limit: number
  readonly offset: number
  readonly after: PhotoKey | null
  /** What is asked of every photo; a range of what it is ordered by is served by the index. */
  readonly where?: Expression<SqlBool> | undefined
}

/** Each is the last but `id` in an index of a source's photos. */
const columns = {
  taken_at: 'photos.sort_time',
  created_at: 'photos.created_at',
  rating: 'photos.rating',
  title: 'photos.title_key',
} as const

/** `user_id` of counts over everybody's photos. */
export const EVERYBODY = 0

/**
 * Ids and keys of one page of the sources' photos and one more; those without a time or a title come last in either direction: of
 * each source no more than the page could take, in the order of its index, and then merged. Undefined where there are no sources.
 */
export function pageOf(db: Db, sources: readonly Source[], page: PhotoPage): Keys | undefined {
  const parts = sources.flatMap((source) =>
    isShared(source) && isInOrderOfSpaces(source, page)
      ? spaceParts(db, source, page)
      : sourceParts(db, source, page),
  )
  const [first, ...others] = parts.map((part) => db.selectFrom(part.as('part')).selectAll())
  return (
    first &&
    cut(
      others.reduce((merged, other) => merged.unionAll(other), first),
      page,
    )
  )
}

function sourceParts(db: Db, source: Source, page: PhotoPage) {
  const column = columns[page.order.by]
  return partsOf(page, [column, 'photos.id']).map(({ rank, condition }) =>
    db
      .selectFrom('photos')
      .select(['photos.id', keyOf(column), sql<number>`${sql.lit(rank)}`.as('rank')])
      .where(inSource(source))
      .where(condition)
      .$if(page.where !== undefined, (query) => query.where(page.where ?? condition))
      .orderBy(column, page.order.direction)
      .orderBy('photos.id', page.order.direction)
      .limit(page.offset + page.limit + 1),
  )
}

/** A query each: with more of them, all that is in any is gathered and sorted. */
const MOST_SPACES = 20

function isInOrderOfSpaces({ spaceIds }: SharedSource, { order }: PhotoPage): boolean {
  return order.by === 'taken_at' && spaceIds.length <= MOST_SPACES
}

/** Space by space in the order of its index; a photo in several is that of the first. */
function spaceParts(db: Db, source: SharedSource, page: PhotoPage) {
  const [column, id] = ['space_photos.sort_time', 'space_photos.photo_id'] as const
  return source.spaceIds.flatMap((spaceId, index) =>
    partsOf(page, [column, id]).map(({ rank, condition }) =>
      db
        .selectFrom('space_photos')
        .crossJoin('photos')
        .select(['photos.id', keyOf(column), sql<number>`${sql.lit(rank)}`.as('rank')])
        .whereRef('photos.id', '=', 'space_photos.photo_id')
        .where('space_photos.space_id', '=', spaceId)
        .where(isInNoneOf(source.spaceIds.slice(0, index)))
        .where(isOthers(source))
        .where(condition)
        .$if(page.where !== undefined, (query) => query.where(page.where ?? condition))
        .orderBy(column, page.order.direction)
        .orderBy(id, page.order.direction)
        .limit(page.offset + page.limit + 1),
    ),
  )
}

function isInNoneOf(spaceIds: readonly number[]): Expression<SqlBool> {
  if (spaceIds.length === 0) return photos.and([])
  const ids = sql.join(spaceIds.map((id) => sql.lit(id)))
  return sql<SqlBool>`not exists (select 1 from space_photos as before
    where before.photo_id = photos.id and before.space_id in (${ids}))`
}

/** The same, out of a few photos whose ids are known. */
export function pageAmong(db: Db, sources: readonly Source[], candidates: Candidates, page: PhotoPage): Keys {
  const column = columns[page.order.by]
  const parts = partsOf(page, [column, 'photos.id'])
  const ranks = parts.map(({ rank, condition }) => sql`when ${condition} then ${sql.lit(rank)}`)
  const found = among(db, sources, candidates, page.where)
    .select(['photos.id', keyOf(column), sql<number>`case ${sql.join(ranks, sql` `)} end`.as('rank')])
    .where(photos.or(parts.map(({ condition }) => condition)))
  return cut(db.selectFrom(found.as('found')).selectAll(), page)
}

function among(db: Db, sources: readonly Source[], candidates: Candidates, where?: Expression<SqlBool>) {
  // Each once, and all of them before the first photo is looked at.
  const ids = db.selectFrom(candidates.as('found')).select('found.id').distinct()
  const found = db
    .with(
      (cte) => cte('candidates').materialized(),
      () => ids,
    )
    .selectFrom('candidates')
    .crossJoin('photos')
    .whereRef('photos.id', '=', 'candidates.id')
    .where(photos.or(sources.map(inSource)))
  return where ? found.where(where) : found
}

const keyOf = (column: string) => sql<string | number>`${sql.ref(column)}`.as('key')

/** Upwards, what is empty comes first in an index, and last in a list. */
const putsEmptyLast = ({ by, direction }: PhotoOrder) =>
  direction === 'asc' && (by === 'taken_at' || by === 'title')

/** What is left for this page and those behind it, in the order of the list. */
function partsOf(
  { order, after }: PhotoPage,
  [column, id]: readonly [column: string, id: string],
): { rank: number; condition: Expression<SqlBool> }[] {
  const direction = sql.raw(order.direction === 'desc' ? '<' : '>')
  const behind = after
    ? sql<SqlBool>`(${sql.ref(column)}, ${sql.ref(id)}) ${direction} (${after.key}, ${after.id})`
    : photos.and([])
  if (!putsEmptyLast(order)) return [{ rank: 0, condition: behind }]
  const filled = sql<SqlBool>`${sql.ref(column)} > ''`
  const empty = sql<SqlBool>`${sql.ref(column)} <= ''`
  if (after?.key === '') return [{ rank: 1, condition: photos.and([empty, behind]) }]
  return [
    { rank: 0, condition: photos.and([filled, behind]) },
    { rank: 1, condition: empty },
  ]
}

type Keys = SelectQueryBuilder<Database, never, { id: number; key: string | number; rank: number }>

function cut(keys: Keys, page: PhotoPage): Keys {
  return keys
    .orderBy(inOrder(page.order))
    .limit(page.limit + 1)
    .offset(page.offset)
}

/** The order of keys, where they are columns of one's own or of the table that is named. */
export function inOrder(order: PhotoOrder, table?: string) {
  const direction = sql.raw(order.direction)
  const [rank, key, id] = ['rank', 'key', 'id'].map((name) => sql.ref(table ? `${table}.${name}` : name))
  return sql`${putsEmptyLast(order) ? sql`${rank}, ` : sql``}${key} ${direction}, ${id} ${direction}`
}

const MATCHED = ['photos.id', 'photos.sort_time', 'photos.rating'] as const

/** Rows of every photo of the sources that meets the condition, each once, in no order. Undefined where there are no sources. */
export function everyOf(db: Db, sources: readonly Source[], where: Expression<SqlBool>) {
  const [first, ...others] = sources.map((source) =>
    db.selectFrom('photos').select(MATCHED).where(inSource(source)).where(where),
  )
  return first && others.reduce((every, one) => every.unionAll(one), first)
}

/** The same, out of a few photos whose ids are known. */
export function everyAmong(
  db: Db,
  sources: readonly Source[],
  candidates: Candidates,
  where: Expression<SqlBool>,
) {
  return among(db, sources, candidates, where).select(MATCHED)
}

/** How many photos the sources have, of all or of those without a time. */
export async function countPhotos(
  db: Db,
  sources: readonly Source[],
  which: 'all' | 'undated',
): Promise<number> {
  const shared = sources.filter(isShared)
  const others = await countMatching(
    db,
    shared,
    which === 'all' ? photos.and([]) : sql<SqlBool>`photos.sort_time <= ''`,
  )
  const counts = sources.filter(isOwned).map(({ userId, visibility }) =>
    db
      .selectFrom('photo_counts')
      .select(({ fn }) => fn.coalesce(fn.sum<number>('photos'), sql<number>`0`).as('photos'))
      .where('user_id', '=', userId ?? EVERYBODY)
      .where('visibility', '=', visibility)
      .where('length', '=', sql.lit(4))
      .$if(which === 'undated', (rows) => rows.where('bucket', '=', '')),
  )
  return others + (await sumOf(db, counts))
}

async function sumOf(db: Db, counts: readonly Expression<unknown>[]): Promise<number> {
  if (counts.length === 0) return 0
  const total = sql<number>`${sql.join(counts, sql` + `)}`
  return (await db.selectNoFrom(total.as('photos')).executeTakeFirstOrThrow()).photos
}

/** How many photos of the sources meet the condition, counted one by one. */
export async function countMatching(
  db: Db,
  sources: readonly Source[],
  where: Expression<SqlBool>,
): Promise<number> {
  const counts = sources.map((source) =>
    db
      .selectFrom('photos')
      .select(({ fn }) => fn.countAll<number>().as('photos'))
      .where(inSource(source))
      .where(where),
  )
  return sumOf(db, counts)
}

/** The same, out of a few photos whose ids are known. */
export async function countAmong(
  db: Db,
  sources: readonly Source[],
  candidates: Candidates,
  where: Expression<SqlBool> | undefined,
): Promise<number> {
  const count = among(db, sources, candidates, where).select(({ fn }) => fn.countAll<number>().as('photos'))
  return (await count.executeTakeFirstOrThrow()).photos
}
