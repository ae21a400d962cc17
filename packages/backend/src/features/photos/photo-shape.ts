import type { FileRecord, Photo } from '@imalink/contract'
import type { Selectable } from 'kysely'
import type { Viewer } from '../../access/viewer.ts'
import { isOwner } from '../../access/visibility.ts'
import type { Database } from '../../storage/database/schema.ts'

/** A photo's row with the names of its owner and its author, as the repository reads it. */
export type PhotoRow = Selectable<Database['photos']> & {
  readonly owner_name: string
  readonly owner_shares: 0 | 1
  readonly author_name: string | null
}
export type FileRow = Selectable<Database['image_files']>

/** What belongs to a photo and stands in other tables. `files` and `egg` only where they were asked for. */
export interface PhotoParts {
  readonly tags: { id: number; name: string }[]
  readonly files?: FileRow[] | undefined
  /** Where stacks are shown as their covers: how many photos the viewer may see in that of this one. */
  readonly stackCount?: number | undefined
  readonly egg?: { metadata: string | null; exif_dict: string | null } | undefined
}

/** The photo as this viewer may see it: what is the owner's alone is left out for everybody else. */
export function toPhoto(viewer: Viewer, row: PhotoRow, parts: PhotoParts): Photo {
  const mine = isOwner(viewer, row)
  return {
    ...publicFields(row, parts, mine),
    ...(mine || row.owner_shares === 1 ? locationOf(row) : {}),
    ...(mine ? ownersFields(row, parts) : {}),
  }
}

function publicFields(row: PhotoRow, parts: PhotoParts, mine: boolean) {
  return {
    ...pick(row, [
      'id',
      'hothash',
      'title',
      'description',
      'category',
      'rating',
      'flag',
      'color_label',
      'visibility',
      'width',
      'height',
      'taken_at',
      'taken_at_offset',
      'camera_make',
      'camera_model',
      'lens_make',
      'lens_model',
      'focal_length',
      'f_number',
      'iso',
      'exposure_time',
      'image_format',
      'created_at',
      'updated_at',
      'deleted_at',
    ]),
    owner: { id: row.user_id, display_name: row.owner_name },
    is_mine: mine,
    has_coldpreview: row.coldpreview_sha256 !== null,
    coldpreview_url: coldpreviewUrl(row, mine ? row.hothash : row.id),
    has_raw_companion: row.has_raw === 1,
    tags: parts.tags,
    author_id: row.author_id,
    author: authorOf(row),
    stack_id: row.stack_id,
    ...(parts.stackCount === undefined ? {} : { stack_count: parts.stackCount }),
    view_correction: parseJson(row.view_correction),
  }
}

function authorOf({ author_id: id, author_name: name }: PhotoRow): Photo['author'] {
  return id === null || name === null ? null : { id, name }
}

/**
 * The address that may be cached for good, because it names the bytes. Somebody else's photo goes by its id: by hothash
 * a viewer who has the same picture gets their own.
 */
function coldpreviewUrl(row: PhotoRow, ref: string | number): string | null {
  if (row.coldpreview_sha256 === null) return null
  return `/api/v1/photos/${ref}/coldpreview?v=${row.coldpreview_sha256.slice(0, 16)}`
}

function locationOf(row: PhotoRow) {
  return {
    ...pick(row, ['gps_latitude', 'gps_longitude', 'gps_altitude']),
    has_gps: row.gps_latitude !== null && row.gps_longitude !== null,
  }
}

function ownersFields(row: PhotoRow, parts: PhotoParts) {
  return {
    ...pick(row, ['primary_filename', 'import_session_id']),
    timeloc_correction: parseJson(row.timeloc_correction),
    ...(parts.files ? { files: parts.files.map(toFileRecord) } : {}),
    ...(parts.egg ? { exif_dict: mergedExif(parts.egg) } : {}),
  }
}

/** Older clients read `exif_dict.camera_make`: the egg's metadata, overlaid by what its own dictionary says. */
function mergedExif(egg: {
  metadata: string | null
  exif_dict: string | null
}): Record<string, unknown> | null {
  if (egg.metadata === null && egg.exif_dict === null) return null
  return { ...parseJson(egg.metadata), ...parseJson(egg.exif_dict) }
}

export function toFileRecord(row: FileRow): FileRecord {
  return {
    ...pick(row, [
      'id',
      'filename',
      'file_path',
      'volume',
      'file_format',
      'file_size',
      'file_sha256',
      'modified_at',
      'width',
      'height',
      'created_at',
    ]),
    metadata: parseJson(row.metadata),
    exif_dict: parseJson(row.exif_dict),
    local_storage_info: parseJson(row.local_storage_info),
    cloud_storage_info: parseJson(row.cloud_storage_info),
  }
}

/** The columns hold objects only: the contract takes nothing else in. */
function parseJson(text: string | null): Record<string, unknown> | null {
  return text === null ? null : (JSON.parse(text) as Record<string, unknown>)
}

function pick<T extends object, const K extends keyof T>(row: T, keys: readonly K[]): Pick<T, K> {
  return Object.fromEntries(keys.map((key) => [key, row[key]])) as Pick<T, K>
}
