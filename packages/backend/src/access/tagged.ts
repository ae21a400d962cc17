import type { PhotoFilters } from '@imalink/contract'
import { type Expression, type SqlBool, expressionBuilder, sql } from 'kysely'
import type { Db } from '../storage/database/database.ts'
import type { Database } from '../storage/database/schema.ts'
import { filteredBy, namedTag } from './photo-filters.ts'
import type { ScopeFilter } from './scope.ts'
import { countAmong } from './sources.ts'
import type { Viewer } from './viewer.ts'
import { type Source, isOwned } from './visibility.ts'

const tags = expressionBuilder<Database, 'tags'>()

/**
 * How many photos have the one tag that is asked for: the viewer's own by the count that is kept of it, others' one by one. Null where
 * anything else is asked, and where several tags are meant, since a photo may have them all.
 */
export async function countTagged(
  db: Db,
  viewer: Viewer,
  sources: readonly Source[],
  asked: ScopeFilter & PhotoFilters,
): Promise<number | null> {
  const { userId } = viewer
  const hasOwn = sources.some((source) => isOwned(source) && source.userId === userId)
  const named = onlyTag(db, viewer, asked)
  if (userId === null || !hasOwn || asked.visibility || !named) return null
  const own = await db
    .selectFrom('tags')
    .select(photosOfTag.as('photos'))
    .where('user_id', '=', userId)
    .where(named)
    .limit(2)
    .execute()
  if (own.length > 1) return null
  const others = db.selectFrom('tags').select('id').where('user_id', '<>', userId).where(named)
  const tagged = db.selectFrom('photo_tags').select('photo_id as id').where('tag_id', 'in', others)
  return (own[0]?.photos ?? 0) + (await countAmong(db, sources, tagged, undefined))
}

function onlyTag(db: Db, viewer: Viewer, asked: PhotoFilters): Expression<SqlBool> | undefined {
  const { tags: names = [], tag_ids: ids = [], ...others } = asked
  const [name, id] = [names[0], ids[0]]
  if (names.length + ids.length !== 1 || filteredBy(db, viewer, others)) return undefined
  return name === undefined ? tags('tags.id', '=', id ?? 0) : namedTag(name)
}

/** How many photos outside the trash have the tag of the row around it. */
export const photosOfTag = tags
  .selectFrom('tag_counts')
  .select(({ fn }) => fn.coalesce(fn.sum<number>('tag_counts.photos'), sql<number>`0`).as('photos'))
  .whereRef('tag_counts.tag_id', '=', 'tags.id')
