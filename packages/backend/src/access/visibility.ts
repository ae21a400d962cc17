import { type Visibility, visibility as levels } from '@imalink/contract'
import { type Expression, type SqlBool, expressionBuilder, sql } from 'kysely'
import type { Database } from '../storage/database/schema.ts'
import type { SignedIn, Viewer } from './viewer.ts'

const photos = expressionBuilder<Database, 'photos'>()

/** The levels that a viewer sees of other people's photos. Spaces have no members yet, so `space` opens nothing. */
function openLevels(viewer: Viewer): Visibility[] {
  return viewer.userId === null ? ['public'] : ['public', 'authenticated']
}

/** Photos outside the trash that the viewer may see: the one place that knows the levels. */
export function visibleTo(viewer: Viewer): Expression<SqlBool> {
  const open = photos('photos.visibility', 'in', openLevels(viewer))
  const seen = viewer.userId === null ? open : photos.or([photos('photos.user_id', '=', viewer.userId), open])
  return photos.and([photos('photos.deleted_at', 'is', null), seen])
}

/**
 * Photos outside the trash that one index gives in order: somebody's of one level, or everybody's where `userId` is
 * null.
 */
export interface Source {
  readonly userId: number | null
  readonly visibility: Visibility
}

/** Photos of the source. */
export function inSource({ userId, visibility }: Source): Expression<SqlBool> {
  return photos.and([ofOwner(userId), photos('photos.visibility', '=', visibility)])
}

/**
 * Photos outside the trash of somebody, or those of everybody that others may see where `userId` is null: said with the
 * very words of the indexes that hold these alone.
 */
export function ofOwner(userId: number | null): Expression<SqlBool> {
  const kept = photos('photos.deleted_at', 'is', null)
  if (userId !== null) return photos.and([kept, photos('photos.user_id', '=', userId)])
  return photos.and([kept, sql<SqlBool>`photos.visibility in ('public', 'authenticated')`])
}

/** What `visibleTo` shows, as sources that have no photo in common. */
export function sourcesFor(viewer: Viewer): Source[] {
  const open = openLevels(viewer).map((visibility) => ({ userId: null, visibility }))
  if (viewer.userId === null) return open
  const closed = levels.options.filter((level) => !openLevels(viewer).includes(level))
  return [...closed.map((visibility) => ({ userId: viewer.userId, visibility })), ...open]
}

/** Of one user's photos, what `visibleTo` shows. */
export function sourcesOfOwner(viewer: Viewer, ownerId: number): Source[] {
  const seen = viewer.userId === ownerId ? levels.options : openLevels(viewer)
  return seen.map((visibility) => ({ userId: ownerId, visibility }))
}

/** Photos whose previews the viewer may see: what is visible, and the owner's own trash. */
export function previewVisibleTo(viewer: Viewer): Expression<SqlBool> {
  if (viewer.userId === null) return visibleTo(viewer)
  return photos.or([visibleTo(viewer), photos('photos.user_id', '=', viewer.userId)])
}

/** The owner's own photos outside the trash. */
export function ownedBy(owner: SignedIn): Expression<SqlBool> {
  return photos.and([photos('photos.user_id', '=', owner.userId), photos('photos.deleted_at', 'is', null)])
}

/** The trash, which nobody but its owner sees. */
export function inTrashOf(owner: SignedIn): Expression<SqlBool> {
  return photos.and([
    photos('photos.user_id', '=', owner.userId),
    photos('photos.deleted_at', 'is not', null),
  ])
}

/** Photos whose place the viewer may know: their own, and those of owners who share where they were. */
export function seesPlaceOf({ userId }: Viewer): Expression<SqlBool> {
  const own = userId === null ? [] : [sql<SqlBool>`+photos.user_id = ${userId}`]
  const sharing = photos
    .selectFrom('users')
    .select('users.id')
    .whereRef('users.id', '=', 'photos.user_id')
    .where('users.share_location', '=', 1)
  return photos.or([...own, photos.exists(sharing)])
}

/** Whether the viewer owns the row; decides which fields of a photo they get. */
export function isOwner(viewer: Viewer, photo: { readonly user_id: number }): boolean {
  return viewer.userId === photo.user_id
}

/**
 * Whether the row is the owner's, asked of rows that another condition finds. The plus keeps the column's index out of
 * it: SQLite, which has no statistics here, takes all that somebody owns to be ten rows.
 */
export function isOwnRow(column: 'photos.user_id' | 'image_files.user_id', owner: SignedIn) {
  return sql<SqlBool>`+${sql.ref(column)} = ${owner.userId}`
}
