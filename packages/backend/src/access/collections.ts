import { type SearchCriteria, searchCriteria } from '@imalink/contract'
import { type Expression, type SqlBool, expressionBuilder, sql } from 'kysely'
import type { Db } from '../storage/database/database.ts'
import type { Database } from '../storage/database/schema.ts'
import type { Viewer } from './viewer.ts'

const collections = expressionBuilder<Database, 'collections'>()

/** Whether the viewer is in a space with the owner of a row. */
export function isTogetherWith({ userId }: Viewer, ownerColumn: string): Expression<SqlBool> {
  return sql<SqlBool>`exists (
    select 1 from space_members theirs join space_members mine on mine.space_id = theirs.space_id
    where theirs.user_id = ${sql.ref(ownerColumn)} and mine.user_id = ${userId ?? 0})`
}

/** Collections that the viewer may see; which of their photos, the photos decide. */
export function collectionVisibleTo(viewer: Viewer): Expression<SqlBool> {
  const isPublic = collections('collections.visibility', '=', 'public')
  const { userId } = viewer
  if (userId === null) return isPublic
  return collections.or([
    collections('collections.user_id', '=', userId),
    isPublic,
    collections('collections.visibility', '=', 'authenticated'),
    collections.and([
      collections('collections.visibility', '=', 'space'),
      isTogetherWith(viewer, 'collections.user_id'),
    ]),
  ])
}

/** A collection as far as it says which photos belong to it. */
export interface CollectionRule {
  readonly ownerId: number
  /** Null where its photos are chosen one by one. */
  readonly criteria: SearchCriteria | null
}

/** Undefined where the viewer may not see it. */
export async function findRule(
  db: Db,
  viewer: Viewer,
  collectionId: number,
): Promise<CollectionRule | undefined> {
  const row = await db
    .selectFrom('collections')
    .select(['user_id', 'search_criteria'])
    .where('id', '=', collectionId)
    .where(collectionVisibleTo(viewer))
    .executeTakeFirst()
  if (!row) return undefined
  return {
    ownerId: row.user_id,
    criteria: row.search_criteria === null ? null : readCriteria(row.search_criteria),
  }
}

/** Criteria that the contract has checked when they were written. */
export function readCriteria(text: string): SearchCriteria {
  return searchCriteria.parse(JSON.parse(text))
}

export function photosInCollection(db: Db, collectionId: number) {
  return db.selectFrom('collection_photos').select('photo_id as id').where('collection_id', '=', collectionId)
}

export function isInCollection(collectionId: number): Expression<SqlBool> {
  return sql<SqlBool>`(select 1 from collection_photos
    where collection_id = ${collectionId} and photo_id = photos.id) is not null`
}
