import { type Expression, type SqlBool, expressionBuilder, sql } from 'kysely'
import type { Db } from '../storage/database/database.ts'
import type { Database } from '../storage/database/schema.ts'
import { type Source, inSource } from './visibility.ts'

const photos = expressionBuilder<Database, 'photos'>()

/** The last photo of the page before, in the order newest first, undated last. */
export interface NewestKey {
  readonly sort_time: string
  readonly id: number
}

export interface NewestPage {
  readonly limit: number
  readonly offset: number
  readonly after: NewestKey | null
  /** What is asked of every photo; a range of `sort_time` is served by the index. */
  readonly where?: Expression<SqlBool> | undefined
}

/** `user_id` of counts over everybody's photos. */
export const EVERYBODY = 0

/**
 * Ids and times of one page of the sources' photos and one more, newest first, undated last, ties by the higher id: of each
 * source no more than the page could take, in the order of its index, and then merged. Undefined where there are no sources.
 */
export function newestOf(db: Db, sources: readonly Source[], page: NewestPage) {
  const [first, ...others] = sources.map((source) =>
    db.selectFrom(newestOfOne(db, source, page).as('newest')).selectAll(),
  )
  return others
    .reduce((merged, other) => merged?.unionAll(other), first)
    ?.orderBy('sort_time', 'desc')
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
    .offset(page.offset)
}

function newestOfOne(db: Db, source: Source, page: NewestPage) {
  return db
    .selectFrom('photos')
    .select(['photos.id', 'photos.sort_time'])
    .where(inSource(source))
    .where(onPage(page))
    .orderBy('photos.sort_time', 'desc')
    .orderBy('photos.id', 'desc')
    .limit(page.offset + page.limit + 1)
}

function onPage({ after, where }: NewestPage): Expression<SqlBool> {
  const older = after && sql<SqlBool>`(photos.sort_time, photos.id) < (${after.sort_time}, ${after.id})`
  return photos.and([older, where].filter((condition) => condition !== null && condition !== undefined))
}

/** How many photos the sources have, of all or of those without a time. */
export async function countPhotos(
  db: Db,
  sources: readonly Source[],
  which: 'all' | 'undated',
): Promise<number> {
  const counts = sources.map(({ userId, visibility }) =>
    db
      .selectFrom('photo_counts')
      .select(({ fn }) => fn.coalesce(fn.sum<number>('photos'), sql<number>`0`).as('photos'))
      .where('user_id', '=', userId ?? EVERYBODY)
      .where('visibility', '=', visibility)
      .where('length', '=', sql.lit(4))
      .$if(which === 'undated', (rows) => rows.where('bucket', '=', '')),
  )
  return sumOf(db, counts)
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
