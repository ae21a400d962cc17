import { type Visibility, visibility as levels } from '@imalink/contract'
import { type Expression, type SqlBool, expressionBuilder, sql } from 'kysely'
import type { Database } from '../storage/database/schema.ts'
import { isInSpaceOf } from './spaces.ts'
import type { SignedIn, Viewer } from './viewer.ts'

const photos = expressionBuilder<Database, 'photos'>()

/** The levels that a viewer sees of other people's photos, whoever they are: of those in spaces membership decides. */
function openLevels(viewer: Viewer): Visibility[] {
  return viewer.userId === null ? ['public'] : ['public', 'authenticated']
}

/** Photos outside the trash that the viewer may see: the one place that knows the levels. */
export function visibleTo(viewer: Viewer): Expression<SqlBool> {
  const open = photos('photos.visibility', 'in', openLevels(viewer))
  const { userId } = viewer
  const seen =
    userId === null
      ? open
      : photos.or([
          photos('photos.user_id', '=', userId),
          open,
          photos.and([photos('photos.visibility', '=', 'space'), isInSpaceOf(userId)]),
        ])
  return photos.and([photos('photos.deleted_at', 'is', null), seen])
}

/**
 * Photos outside the trash that one index gives in order: somebody's of one level, or everybody's where `userId` is
 * null.
 */
export interface OwnerSource {
  readonly userId: number | null
  readonly visibility: Visibility
}

/** Others' photos, or those of one other, that somebody sees because they are in these spaces of theirs. */
export interface SharedSource {
  readonly sharedWith: number
  readonly ownerId: number | null
  readonly spaceIds: readonly number[]
  readonly visibility: 'space'
}

export type Source = OwnerSource | SharedSource

export function isShared(source: Source): source is SharedSource {
  return 'sharedWith' in source
}

export function isOwned(source: Source): source is OwnerSource {
  return !isShared(source)
}

/** Photos of the source. */
export function inSource(source: Source): Expression<SqlBool> {
  if (!isShared(source)) {
    return photos.and([ofOwner(source.userId), photos('photos.visibility', '=', source.visibility)])
  }
  const spaces = sql.join(source.spaceIds.map((id) => sql.lit(id)))
  const inSpaces = sql<SqlBool>`photos.id in (select photo_id from space_photos where space_id in (${spaces}))`
  return photos.and([isOthers(source), inSpaces])
}

/** What is asked of photos in spaces beside which space they are in. */
export function isOthers({ sharedWith, ownerId }: SharedSource): Expression<SqlBool> {
  return photos.and([
    photos('photos.deleted_at', 'is', null),
    photos('photos.visibility', '=', 'space'),
    sql<SqlBool>`+photos.user_id <> ${sharedWith}`,
    ...(ownerId === null ? [] : [sql<SqlBool>`+photos.user_id = ${ownerId}`]),
  ])
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

/** What `visibleTo` shows but for what is in spaces of others, as sources that have no photo in common. */
export function sourcesFor(viewer: Viewer): OwnerSource[] {
  const open = openLevels(viewer).map((visibility) => ({ userId: null, visibility }))
  if (viewer.userId === null) return open
  const closed = levels.options.filter((level) => !openLevels(viewer).includes(level))
  return [...closed.map((visibility) => ({ userId: viewer.userId, visibility })), ...open]
}

/** Of one user's photos, the same. */
export function sourcesOfOwner(viewer: Viewer, ownerId: number): OwnerSource[] {
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
