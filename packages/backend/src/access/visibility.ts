import type { Visibility } from '@imalink/contract'
import { type Expression, type SqlBool, expressionBuilder } from 'kysely'
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

/** Whether the viewer owns the row; decides which fields of a photo they get. */
export function isOwner(viewer: Viewer, photo: { readonly user_id: number }): boolean {
  return viewer.userId === photo.user_id
}
