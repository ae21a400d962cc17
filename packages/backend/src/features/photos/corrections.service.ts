import { type Photo, type TimelocCorrection, type ViewCorrection, eggMetadata } from '@imalink/contract'
import type { Updateable } from 'kysely'
import type { SignedIn } from '../../access/viewer.ts'
import { now } from '../../clock.ts'
import { type Db, type Tx, inTransaction } from '../../storage/database/database.ts'
import type { Database } from '../../storage/database/schema.ts'
import { columnsOf, ownForChange } from './edit-photo.service.ts'
import { placeAndTime } from './egg-rows.ts'
import type { PhotoRow } from './photo-shape.ts'
import { eggsOf } from './photos.repository.ts'
import { readPhoto } from './read-photos.service.ts'
import { updatePhoto } from './store-eggs.repository.ts'

type Columns = Updateable<Database['photos']>

/**
 * Corrects when and where an own photo was taken; what was corrected before and is not named stays. Null restores what the
 * egg said, however it was changed. Throws `photo_not_found`, `not_yours`, `validation_failed` for half a position.
 */
export function correctTimeloc(
  db: Db,
  owner: SignedIn,
  ref: string,
  correction: TimelocCorrection,
): Promise<Photo> {
  return change(db, owner, ref, async (tx, photo) => {
    if (correction === null) return asTheEggSaid(tx, owner, photo)
    const { correction_reason: _reason, ...fields } = correction
    const said = { ...parsed(photo.timeloc_correction), ...given(correction) }
    const about = { corrected_at: now(), corrected_by: owner.userId }
    return { ...columnsOf(fields, photo), timeloc_correction: JSON.stringify({ ...said, ...about }) }
  })
}

/** Says how an own photo is to be shown; what was said before and is not named stays, null clears all. Throws `photo_not_found`, `not_yours`. */
export function correctView(
  db: Db,
  owner: SignedIn,
  ref: string,
  correction: ViewCorrection,
): Promise<Photo> {
  return change(db, owner, ref, (_tx, photo) => {
    const said = correction && { ...parsed(photo.view_correction), ...given(correction) }
    return Promise.resolve({ view_correction: said && JSON.stringify(said) })
  })
}

function change(
  db: Db,
  owner: SignedIn,
  ref: string,
  columns: (tx: Tx, photo: PhotoRow) => Promise<Columns>,
): Promise<Photo> {
  return inTransaction(db, async (tx) => {
    const photo = await ownForChange(tx, owner, ref)
    await updatePhoto(tx, photo.id, { ...(await columns(tx, photo)), updated_at: now() })
    return readPhoto(tx, owner, String(photo.id))
  })
}

async function asTheEggSaid(tx: Tx, owner: SignedIn, photo: PhotoRow): Promise<Columns> {
  const [egg] = await eggsOf(tx, owner, [photo.id])
  const metadata = eggMetadata.parse(parsed(egg?.metadata ?? null))
  return { ...placeAndTime(metadata), is_time_edited: 0, is_place_edited: 0, timeloc_correction: null }
}

/** The columns hold objects only. */
function parsed(text: string | null): Record<string, unknown> {
  return text === null ? {} : (JSON.parse(text) as Record<string, unknown>)
}

function given(correction: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(correction).filter(([, value]) => value !== undefined))
}
