import { type Photo, type PhotoEdit, parseWallClock } from '@imalink/contract'
import type { Updateable } from 'kysely'
import type { SignedIn } from '../../access/viewer.ts'
import { AppError, missingReference } from '../../app-error.ts'
import { now } from '../../clock.ts'
import { type Tx, inTransaction, isReferenceViolation } from '../../storage/database/database.ts'
import type { Database } from '../../storage/database/schema.ts'
import { titleKey } from '../../text/fold.ts'
import type { CreateDeps } from './create-photos.service.ts'
import { type Precondition, mustHold } from './photo-etag.ts'
import type { PhotoRow } from './photo-shape.ts'
import { lockOwn } from './photos.repository.ts'
import { readPhoto } from './read-photos.service.ts'
import { updatePhoto } from './store-eggs.repository.ts'
import { changesTexts, renewTexts } from './texts.repository.ts'
import { whyNotOwn } from './trash.service.ts'

export type Columns = Updateable<Database['photos']>

/**
 * Changes what is given of an own photo, and nothing else, so that two who change different fields at once both do. Throws
 * `photo_not_found`, `not_yours`, `author_not_found`, `precondition_failed`, and `validation_failed` for half a position.
 */
export async function editPhoto(
  { db, registers, history }: Pick<CreateDeps, 'db' | 'registers' | 'history'>,
  owner: SignedIn,
  ref: string,
  { edit, precondition }: { readonly edit: PhotoEdit; readonly precondition: Precondition },
): Promise<Photo> {
  const change = async (tx: Tx) => {
    const photo = await ownForChange(tx, owner, ref)
    const refOfOwn = String(photo.id)
    if (precondition !== null) mustHold(precondition, await readPhoto(tx, owner, refOfOwn))
    await mustBeOwnAuthor(tx, { registers }, owner, edit)
    const columns = columnsOf(edit, photo)
    if (Object.keys(columns).length > 0) await updatePhoto(tx, photo.id, { ...columns, updated_at: now() })
    if (changesTexts(columns)) await renewTexts(tx, [photo.id])
    const { visibility } = edit
    if (visibility && visibility !== photo.visibility)
      await history.note(tx, owner, {
        action: 'visibility_changed',
        photos: [photo.hothash],
        detail: { visibility },
      })
    return readPhoto(tx, owner, refOfOwn)
  }
  return inTransaction(db, change).catch((cause: unknown) => {
    // The author was deleted since it was looked for.
    throw isReferenceViolation(cause) ? authorNotFound() : cause
  })
}

/** Throws `author_not_found` where an edit names an author who is not the owner's. */
export async function mustBeOwnAuthor(
  tx: Tx,
  { registers }: Pick<CreateDeps, 'registers'>,
  owner: SignedIn,
  { author_id }: PhotoEdit,
): Promise<void> {
  if (author_id && !(await registers.ownAuthors(tx, owner, [author_id])).has(author_id))
    throw authorNotFound()
}

/** An own photo that nobody else changes until the transaction ends. Throws `photo_not_found`, `not_yours`. */
export async function ownForChange(tx: Tx, owner: SignedIn, ref: string): Promise<PhotoRow> {
  const photo = await lockOwn(tx, owner, ref)
  if (!photo) throw await whyNotOwn(tx, owner, ref)
  return photo
}

const authorNotFound = () => missingReference('author_not_found', 'There is no such author of yours.')

/** The columns that an edit changes of this photo. Throws `validation_failed` for half a position. */
export function columnsOf(
  { taken_at, gps_latitude, gps_longitude, ...plain }: PhotoEdit,
  photo: Pick<PhotoRow, 'gps_latitude' | 'gps_longitude'>,
): Columns {
  const given = Object.entries(plain).filter(([, value]) => value !== undefined)
  return {
    ...Object.fromEntries(given),
    ...(plain.title === undefined ? {} : { title_key: titleKey(plain.title) }),
    ...(taken_at === undefined ? {} : timeColumns(taken_at)),
    ...(gps_latitude === undefined && gps_longitude === undefined
      ? {}
      : placeColumns({
          gps_latitude: gps_latitude === undefined ? photo.gps_latitude : gps_latitude,
          gps_longitude: gps_longitude === undefined ? photo.gps_longitude : gps_longitude,
        })),
  }
}

/** A time without a zone has no offset: that of another time says nothing of it. */
function timeColumns(taken_at: string | null): Columns {
  const taken = taken_at === null ? null : parseWallClock(taken_at)
  return {
    taken_at: taken?.taken_at ?? null,
    taken_at_offset: taken?.taken_at_offset ?? null,
    is_time_edited: 1,
  }
}

/** The altitude was that of another place. */
function placeColumns(place: Pick<PhotoRow, 'gps_latitude' | 'gps_longitude'>): Columns {
  if ((place.gps_latitude === null) !== (place.gps_longitude === null)) throw halfAPosition()
  return { ...place, gps_altitude: null, is_place_edited: 1 }
}

function halfAPosition(): AppError {
  const message = 'needs the other coordinate as well'
  return new AppError('validation_failed', `A position ${message}.`, {
    errors: ['body.gps_latitude', 'body.gps_longitude'].map((path) => ({ path, message })),
  })
}
