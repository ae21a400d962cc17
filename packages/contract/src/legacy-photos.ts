import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { hothash, id, plainText, rating, visibility, wallClock } from './fields.ts'
import { limits } from './limits.ts'

const side = z.int().min(1).max(1_000_000)
const anyJson = z.record(z.string(), z.unknown())

/** How clients sent photos before there were eggs. Unknown fields are ignored. */
const legacyPhoto = z
  .object({
    filename: plainText(1000).min(1),
    hotpreview: z.string().min(1).meta({ description: 'base64, also as a `data:` URL' }),
    file_size: z.int().min(0).nullish(),
    exif_dict: anyJson.nullish(),
    width: side.nullish(),
    height: side.nullish(),
    taken_at: wallClock.nullish(),
    gps_latitude: z.number().min(-90).max(90).nullish(),
    gps_longitude: z.number().min(-180).max(180).nullish(),
    rating: rating.nullish(),
    visibility: visibility.nullish(),
    author_id: id.nullish(),
    import_session_id: id.nullish(),
    imported_info: anyJson.nullish(),
    local_storage_info: anyJson.nullish(),
    cloud_storage_info: anyJson.nullish(),
  })
  .meta({ id: 'LegacyPhoto' })
export type LegacyPhoto = z.infer<typeof legacyPhoto>

const legacyCreated = z
  .object({
    image_file_id: id,
    photo_id: id,
    photo_hothash: hothash,
    photo_created: z.literal(true),
    success: z.literal(true),
    message: z.string(),
    filename: z.string(),
    file_size: z.int().nullable(),
  })
  .meta({ id: 'LegacyPhotoCreated' })

const legacy = {
  method: 'POST',
  access: 'user',
  group: 'Photos',
  maxBodyBytes: limits.eggBodyBytes,
  body: legacyPhoto,
  replies: { 201: legacyCreated },
  errors: [
    'photo_exists',
    'invalid_hotpreview',
    'preview_has_metadata',
    'hotpreview_too_large',
    'exif_too_large',
    'author_not_found',
    'import_session_not_found',
    'storage_unavailable',
  ],
} as const

export const legacyPhotosEndpoints = {
  createLegacyPhoto: endpoint({
    path: '/photos',
    summary: 'Keep a photo as clients did before there were eggs; new ones send PhotoEggs',
    ...legacy,
  }),
  createLegacyPhotoToo: endpoint({
    path: '/photos/new-photo',
    summary: 'The same as `POST /photos`',
    ...legacy,
  }),
} as const
