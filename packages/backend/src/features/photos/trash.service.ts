import type { Photo } from '@imalink/contract'
import type { SignedIn } from '../../access/viewer.ts'
import { isOwner } from '../../access/visibility.ts'
import { AppError } from '../../app-error.ts'
import { fromNow, now } from '../../clock.ts'
import type { Db } from '../../storage/database/database.ts'
import * as photos from './photos.repository.ts'
import { photoNotFound, readPhoto } from './read-photos.service.ts'

const DAY_MS = 24 * 60 * 60 * 1000

/** To the trash, or for good. Throws `photo_not_found`, or `not_yours` for a photo of somebody else's that is visible. */
export async function deletePhoto(
  db: Db,
  owner: SignedIn,
  ref: string,
  how: { forGood: boolean },
): Promise<void> {
  const done = how.forGood
    ? await photos.deleteForGood(db, owner, ref)
    : await photos.moveToTrash(db, owner, ref, now())
  if (!done) throw await whyNotOwn(db, owner, ref)
}

/** Why a photo cannot be changed: `not_yours` where somebody else's is visible, else `photo_not_found`. */
export async function whyNotOwn(db: Db, owner: SignedIn, ref: string): Promise<AppError> {
  const visible = await photos.findPhoto(db, owner, ref)
  return visible && !isOwner(owner, visible)
    ? new AppError('not_yours', 'The photo belongs to somebody else.')
    : photoNotFound()
}

/** Out of the trash again. Throws `photo_not_found` for what is not in the owner's trash, or `not_yours`. */
export async function restorePhoto(db: Db, owner: SignedIn, ref: string): Promise<Photo> {
  const row = await photos.findInTrash(db, owner, ref)
  if (!row || !(await photos.takeOutOfTrash(db, owner, row.id, now()))) throw await whyNotOwn(db, owner, ref)
  return readPhoto(db, owner, String(row.id))
}

/** Deletes for good all that is in the owner's trash. */
export function emptyTrash(db: Db, owner: SignedIn): Promise<void> {
  return photos.emptyTrash(db, owner)
}

/** Empties every trash of what has lain in it for so many days. */
export function purgeOldTrash(db: Db, days: number): Promise<number> {
  return photos.purgeTrash(db, fromNow(-days * DAY_MS))
}
