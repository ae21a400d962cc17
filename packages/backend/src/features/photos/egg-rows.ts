import { isRawFormat } from '@imalink/client'
import type { EggMetadata, ImageFile, Visibility } from '@imalink/contract'
import type { Insertable, Updateable } from 'kysely'
import type { SignedIn } from '../../access/viewer.ts'
import type { Database } from '../../storage/database/schema.ts'
import { type CheckedEgg, takenOf } from './check-egg.ts'
import { titleKey } from '../../text/fold.ts'
import { stemKeyOf } from '../../file-stem.ts'
import type { StoredPhoto } from './store-eggs.repository.ts'

/** What an import session says for eggs that say nothing themselves. */
export interface EggDefaults {
  readonly visibility: Visibility | null
  readonly tags: readonly string[]
  readonly author_id: number | null
}

/** Fields that come from the original and are filled in where a photo has none. */
function originalsFacts(egg: CheckedEgg) {
  const { metadata: said, primary_filename, image_format } = egg.request
  return {
    ...placeAndTime(said),
    camera_make: said?.camera_make ?? null,
    camera_model: said?.camera_model ?? null,
    lens_make: said?.lens_make ?? null,
    lens_model: said?.lens_model ?? null,
    focal_length: said?.focal_length ?? null,
    f_number: said?.f_number ?? null,
    iso: said?.iso ?? null,
    exposure_time: said?.exposure_time ?? null,
    primary_filename: primary_filename ?? (egg.files[0]?.filename || null),
    image_format: image_format ?? null,
  }
}

/** When and where an egg says that its picture was taken. */
export function placeAndTime(said: EggMetadata | null | undefined) {
  return {
    ...takenOf(said),
    gps_latitude: said?.gps_latitude ?? null,
    gps_longitude: said?.gps_longitude ?? null,
    gps_altitude: said?.gps_altitude ?? null,
  }
}

export function photoRow(
  owner: SignedIn,
  egg: CheckedEgg,
  defaults: EggDefaults & { readonly creator_id: number | null },
  at: string,
): Insertable<Database['photos']> {
  const { request } = egg
  return {
    user_id: owner.userId,
    hothash: request.hothash,
    visibility: request.visibility ?? defaults.visibility ?? 'private',
    title: request.title ?? null,
    title_key: titleKey(request.title ?? null),
    description: request.description ?? null,
    category: request.category ?? null,
    rating: request.rating ?? 0,
    flag: request.flag ?? null,
    color_label: request.color_label ?? null,
    import_session_id: request.import_session_id ?? null,
    author_id: request.author_id ?? defaults.creator_id ?? defaults.author_id,
    width: request.width,
    height: request.height,
    ...printable(originalsFacts(egg)),
    has_raw: hasRaw(egg) ? 1 : 0,
    coldpreview_sha256: egg.coldpreview?.sha256 ?? null,
    created_at: at,
    updated_at: at,
    deleted_at: null,
  }
}

const hasRaw = (egg: CheckedEgg) => egg.files.some((file) => isRawFormat(file.file_format ?? ''))

/** PostgreSQL keeps no NUL and no lone surrogate in text; U+FFFD shows that something was there. */
function printable<T extends Record<string, unknown>>(row: T): T {
  const clean = (value: unknown) =>
    typeof value === 'string' ? value.replaceAll('\0', '\uFFFD').toWellFormed() : value
  return Object.fromEntries(Object.entries(row).map(([key, value]) => [key, clean(value)])) as T
}

export function eggRow(photoId: number, { request }: CheckedEgg): Insertable<Database['photo_eggs']> {
  return {
    photo_id: photoId,
    metadata: jsonOrNull(request.metadata),
    exif_dict: jsonOrNull(request.exif_dict),
    recipe: request.recipe ?? null,
    egg_version: request.egg_version ?? null,
  }
}

/** Where neither bytes nor place are known, the name stands for the place: two such originals of a photo stay two. */
export function fileRow(
  owner: SignedIn,
  photoId: number,
  file: ImageFile,
  at: string,
): Insertable<Database['image_files']> {
  return {
    photo_id: photoId,
    user_id: owner.userId,
    file_sha256: file.file_sha256 ?? '',
    volume: file.volume ?? '',
    file_path: file.file_path ?? (file.file_sha256 ? '' : file.filename),
    filename: file.filename,
    stem_key: stemKeyOf(file.filename),
    file_format: file.file_format ?? null,
    file_size: file.file_size ?? null,
    modified_at: file.modified_at ? new Date(file.modified_at).toISOString() : null,
    width: file.width ?? null,
    height: file.height ?? null,
    metadata: jsonOrNull(file.metadata),
    exif_dict: jsonOrNull(file.exif_dict),
    local_storage_info: jsonOrNull(file.local_storage_info),
    cloud_storage_info: jsonOrNull(file.cloud_storage_info),
    created_at: at,
  }
}

/** JSON escapes lone surrogates and NUL, so text columns keep them. */
function jsonOrNull(value: unknown): string | null {
  return value === undefined || value === null ? null : JSON.stringify(value)
}

/**
 * What a duplicate adds to a photo: egg fields that are null on it, a coldpreview where there was none. Null where it
 * adds nothing. A position or a time is taken whole or not at all.
 */
export function additions(
  photo: StoredPhoto,
  egg: CheckedEgg,
  at: string,
): Updateable<Database['photos']> | null {
  const facts = printable(originalsFacts(egg))
  const added: Updateable<Database['photos']> = Object.fromEntries(
    Object.entries(facts).filter(
      ([key, value]) => value !== null && photo[key as keyof typeof facts] === null,
    ),
  )
  if (photo.taken_at !== null || photo.is_time_edited) delete added.taken_at_offset
  if (photo.is_time_edited) delete added.taken_at
  if (photo.gps_latitude !== null || photo.gps_longitude !== null || photo.is_place_edited)
    delete added.gps_altitude
  if (photo.is_place_edited) {
    delete added.gps_latitude
    delete added.gps_longitude
  }
  if (photo.coldpreview_sha256 === null && egg.coldpreview) added.coldpreview_sha256 = egg.coldpreview.sha256
  if (photo.has_raw === 0 && hasRaw(egg)) added.has_raw = 1
  return Object.keys(added).length === 0 ? null : { ...added, updated_at: at }
}
