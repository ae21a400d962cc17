import { type Expression, type SqlBool, sql } from 'kysely'
import type { Db } from '../storage/database/database.ts'
import type { Viewer } from './viewer.ts'

/**
 * Whether a photo is in a space, of which the viewer is a member. As a value, which is looked up for each photo: PostgreSQL would
 * make a join of `exists`.
 */
export function isInSpace({ userId }: Viewer, spaceId: number): Expression<SqlBool> {
  return sql<SqlBool>`(
    select 1 from space_photos join space_members on space_members.space_id = space_photos.space_id
    where space_photos.photo_id = photos.id and space_photos.space_id = ${spaceId}
      and space_members.user_id = ${userId ?? 0} limit 1) is not null`
}

export function photosInSpace(db: Db, spaceId: number) {
  return db.selectFrom('space_photos').select('photo_id as id').where('space_id', '=', spaceId)
}

/**
 * Whether somebody is a member of a space that the photo is in: its level says whether that is enough. As a value again: of `exists`
 * PostgreSQL may gather all that is in the spaces.
 */
export function isInSpaceOf(userId: number): Expression<SqlBool> {
  return sql<SqlBool>`(
    select 1 from space_photos join space_members on space_members.space_id = space_photos.space_id
    where space_photos.photo_id = photos.id and space_members.user_id = ${userId} limit 1) is not null`
}

/** The spaces that a user is a member of and that have photos. */
export async function spacesWithPhotos(db: Db, userId: number): Promise<number[]> {
  const rows = await db
    .selectFrom('space_members')
    .select('space_id')
    .where('user_id', '=', userId)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('space_photos')
          .select(sql`1`.as('one'))
          .whereRef('space_photos.space_id', '=', 'space_members.space_id'),
      ),
    )
    .orderBy('space_id')
    .execute()
  return rows.map(({ space_id }) => space_id)
}
