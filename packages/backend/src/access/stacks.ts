import { type Expression, type SqlBool, expressionBuilder, sql } from 'kysely'
import type { Db } from '../storage/database/database.ts'
import type { Database } from '../storage/database/schema.ts'
import type { Candidates } from './candidates.ts'
import type { Viewer } from './viewer.ts'
import { type Source, isShared, visibleTo } from './visibility.ts'

const stacks = expressionBuilder<Database, 'stacks'>()

/** Members of the stack of the row around it that the viewer may see, its cover first, then by time, undated last. */
export function membersOf(viewer: Viewer) {
  return stacks
    .selectFrom('photos')
    .whereRef('photos.stack_id', '=', 'stacks.id')
    .where(visibleTo(viewer))
    .orderBy(sql`case when photos.id = stacks.cover_photo_id then 0 else 1 end`)
    .orderBy(sql`case when photos.sort_time = '' then 1 else 0 end`)
    .orderBy('photos.sort_time')
    .orderBy('photos.id')
}

const photos = expressionBuilder<Database, 'photos'>()

/** Photos that are in no stack, or stand for theirs to the viewer: its cover, or the first member that they may see. */
export function standsInFront(viewer: Viewer): Expression<SqlBool> {
  const front = photos
    .selectFrom('stacks')
    .select(sql<number>`${membersOf(viewer).select('photos.id').limit(1)}`.as('id'))
    .whereRef('stacks.id', '=', 'photos.stack_id')
  return photos.or([photos('photos.stack_id', 'is', null), sql<SqlBool>`photos.id = ${front}`])
}

/** Ids of all photos of the sources that are in stacks, and of some more. */
export function stackedPhotos(db: Db, sources: readonly Source[]): Candidates {
  const owners = sources.flatMap((source) => (isShared(source) ? [] : (source.userId ?? [])))
  const isOfAll = sources.some((source) => isShared(source) || source.userId === null)
  return db
    .selectFrom('stacks')
    .crossJoin('photos')
    .select('photos.id')
    .whereRef('photos.stack_id', '=', 'stacks.id')
    .$if(!isOfAll, (rows) => rows.where('stacks.user_id', 'in', [...owners, 0]))
}

/** How many photos in each stack the viewer may see. */
export async function countInStacks(
  db: Db,
  viewer: Viewer,
  stackIds: readonly number[],
): Promise<Map<number, number>> {
  if (stackIds.length === 0) return new Map()
  const rows = await db
    .selectFrom('photos')
    .select(['stack_id', ({ fn }) => fn.countAll<number>().as('count')])
    .where('stack_id', 'in', stackIds)
    .where(visibleTo(viewer))
    .groupBy('stack_id')
    .execute()
  return new Map(rows.map(({ stack_id, count }) => [stack_id ?? 0, count]))
}
