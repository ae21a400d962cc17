import type { Photo } from '@imalink/contract'
import type { SignedIn } from '../../access/viewer.ts'
import { isOwner } from '../../access/visibility.ts'
import { AppError } from '../../app-error.ts'
import { fromNow, now } from '../../clock.ts'
import type { Event, History } from '../../history.ts'
import { type Db, type Tx, inTransaction } from '../../storage/database/database.ts'
import * as photos from './photos.repository.ts'
import { photoNotFound, readPhoto } from './read-photos.service.ts'

const DAY_MS = 24 * 60 * 60 * 1000

/** To the trash, or for good. Throws `photo_not_found`, or `not_yours` for a photo of somebody else's that is visible. */
export function deletePhoto(
  db: Db,
  owner: SignedIn,
  ref: string,
  { forGood, history }: { readonly forGood: boolean; readonly history: History },
): Promise<void> {
  return inTransaction(db, async (tx) => {
    const hothash = forGood
      ? await photos.deleteForGood(tx, owner, ref)
      : await photos.moveToTrash(tx, owner, ref, now())
    if (hothash === undefined) throw await whyNotOwn(tx, owner, ref)
    await history.note(tx, owner, { action: forGood ? 'deleted' : 'trashed', photos: [hothash] })
  })
}

/** Why a photo cannot be changed: `not_yours` where somebody else's is visible, else `photo_not_found`. */
export async function whyNotOwn(db: Db, owner: SignedIn, ref: string): Promise<AppError> {
  const visible = await photos.findPhoto(db, owner, ref)
  return visible && !isOwner(owner, visible)
    ? new AppError('not_yours', 'The photo belongs to somebody else.')
    : photoNotFound()
}

/** Out of the trash again. Throws `photo_not_found` for what is not in the owner's trash, or `not_yours`. */
export function restorePhoto(db: Db, owner: SignedIn, ref: string, { note }: History): Promise<Photo> {
  return inTransaction(db, async (tx) => {
    const row = await photos.findInTrash(tx, owner, ref)
    if (!row || !(await photos.takeOutOfTrash(tx, owner, row.id, now())))
      throw await whyNotOwn(tx, owner, ref)
    await note(tx, owner, { action: 'restored', photos: [row.hothash] })
    return readPhoto(tx, owner, String(row.id))
  })
}

/** Deletes for good all that is in the owner's trash. */
export function emptyTrash(db: Db, owner: SignedIn, { note }: History): Promise<void> {
  return inTransaction(db, async (tx) => {
    const photo_count = await photos.emptyTrash(tx, owner)
    if (photo_count > 0) await note(tx, owner, { action: 'trash_emptied', photo_count })
  })
}

/** Notes what the program itself does, in the log of those whose photos it is about. */
export type Note = (tx: Tx, actor: null, event: Event) => Promise<void>

/** Empties every trash of what has lain in it for so many days, and answers of how many photos. */
export async function purgeOldTrash(db: Db, days: number, note: Note): Promise<number> {
  const before = fromNow(-days * DAY_MS)
  for (let purged = 0; ;) {
    const some = await inTransaction(db, async (tx) => {
      const gone = await photos.purgeTrash(tx, before)
      for (const [owner, own] of Map.groupBy(gone, ({ user_id }) => user_id)) {
        const hothashes = own.map(({ hothash }) => hothash)
        await note(tx, null, {
          action: 'trash_emptied',
          owners: [owner],
          photos: hothashes,
          detail: { older_than_days: days },
        })
      }
      return gone.length
    })
    if (some === 0) return purged
    purged += some
  }
}
