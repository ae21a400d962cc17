import { type Expression, type SqlBool, expressionBuilder, sql } from 'kysely'
import type { Db } from '../storage/database/database.ts'
import type { Database } from '../storage/database/schema.ts'
import type { Candidates } from './candidates.ts'
import { EVERYBODY } from './sources.ts'
import type { Viewer } from './viewer.ts'
import { type SharedSource, type Source, inSource, isOwned, isShared, visibleTo } from './visibility.ts'

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

/**
 * Photos that are in no stack, or stand for theirs to the viewer: its cover, or the first member that they may see. Each way to the
 * first is one step in the index of a stack's photos. `isOwn` says that all photos in question are the viewer's.
 */
export function standsInFront(viewer: Viewer, isOwn: boolean): Expression<SqlBool> {
  const member = stacks
    .selectFrom('photos')
    .select('photos.id')
    .whereRef('photos.stack_id', '=', 'stacks.id')
    .where(isOwn ? photos('photos.deleted_at', 'is', null) : visibleTo(viewer))
  const cover = member.whereRef('photos.id', '=', 'stacks.cover_photo_id')
  const firstDated = member
    .where('photos.sort_time', '>', sql.lit(''))
    .orderBy('photos.sort_time')
    .orderBy('photos.id')
    .limit(1)
  const firstUndated = member.where('photos.sort_time', '=', sql.lit('')).orderBy('photos.id').limit(1)
  const front = photos
    .selectFrom('stacks')
    .select(sql<number>`coalesce(${cover}, ${firstDated}, ${firstUndated})`.as('id'))
    .whereRef('stacks.id', '=', 'photos.stack_id')
  return photos.or([photos('photos.stack_id', 'is', null), sql<SqlBool>`photos.id = ${front}`])
}

/** For whom members of stacks are counted: their owner, whoever is signed in, anybody. */
type Reach = 'kept' | 'signed_in' | 'anyone'

/**
 * How many of all photos of a scope stand behind another one for the viewer: by counts that are kept, but for stacks of which
 * spaces show the viewer more than others see.
 */
export async function countBehind(db: Db, viewer: Viewer, sources: readonly Source[]): Promise<number> {
  const open: Reach = viewer.userId === null ? 'anyone' : 'signed_in'
  const owners = [...new Set(sources.filter(isOwned).map(({ userId }) => userId))]
  const isOfAll = owners.includes(null)
  const counts = owners.map((owner) => {
    if (owner === null) return behindOf(db, EVERYBODY, open)
    if (owner !== viewer.userId) return behindOf(db, owner, open)
    // Of everybody's, their own that others see are counted already.
    const own = behindOf(db, owner, 'kept')
    return isOfAll ? sql<number>`${own} - ${behindOf(db, owner, open)}` : own
  })
  const shared = sources.filter(isShared).map((source) => moreBehind(db, source, open))
  const all = [...counts, ...shared]
  if (all.length === 0) return 0
  const total = sql<number>`${sql.join(all, sql` + `)}`
  return (await db.selectNoFrom(total.as('photos')).executeTakeFirstOrThrow()).photos
}

function behindOf(db: Db, userId: number, reach: Reach) {
  return db
    .selectFrom('stack_totals')
    .select(({ fn }) => fn.coalesce(fn.sum<number>(reach), sql<number>`0`).as('photos'))
    .where('user_id', '=', userId)
}

/** What comes to stand behind by photos that spaces show: all but the first of a stack of which others see none. */
function moreBehind(db: Db, source: SharedSource, open: Reach) {
  const shown = db
    .selectFrom('photos')
    .select(['photos.stack_id', ({ fn }) => fn.countAll<number>().as('photos')])
    .where(inSource(source))
    .where('photos.stack_id', 'is not', null)
    .groupBy('photos.stack_id')
  const isFirst = sql<number>`case when stack_counts.${sql.ref(open)} = 0 then 1 else 0 end`
  return db
    .selectFrom(shown.as('shown'))
    .innerJoin('stack_counts', 'stack_counts.stack_id', 'shown.stack_id')
    .select(({ fn }) =>
      fn.coalesce(fn.sum<number>(sql`shown.photos - ${isFirst}`), sql<number>`0`).as('photos'),
    )
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
