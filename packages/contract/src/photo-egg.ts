import { z } from 'zod'
import {
  colorLabel,
  flag,
  givenInstant,
  hothash,
  id,
  plainText,
  rating,
  sha256,
  tagName,
  visibility,
  wallClock,
} from './fields.ts'
import { limits } from './limits.ts'
import { isOffset } from './wall-clock.ts'

/** JSON as it came; its size and depth are bounded where it is stored. */
const anyJson = z.record(z.string(), z.unknown())

const finite = (min: number, max: number) => z.number().min(min).max(max).nullish()

/** What was read from the original, `null` where it says nothing or something impossible. Other keys are kept. */
export const eggMetadata = z
  .looseObject({
    taken_at: wallClock.nullish(),
    taken_at_offset: z.string().refine(isOffset, 'is not an offset from UTC, ±HH:MM').nullish(),
    camera_make: z.string().max(1000).nullish(),
    camera_model: z.string().max(1000).nullish(),
    lens_make: z.string().max(1000).nullish(),
    lens_model: z.string().max(1000).nullish(),
    focal_length: finite(0, 100_000).meta({ description: 'millimetres' }),
    f_number: finite(0, 1000),
    iso: finite(0, 100_000_000),
    exposure_time: z
      .string()
      .max(50)
      .nullish()
      .meta({ description: 'seconds: "1/250" below one, else "2.5"' }),
    gps_latitude: finite(-90, 90).meta({ description: 'degrees, north positive' }),
    gps_longitude: finite(-180, 180).meta({ description: 'degrees, east positive' }),
    gps_altitude: finite(-100_000, 1_000_000).meta({ description: 'metres, below sea level negative' }),
  })
  .meta({ id: 'EggMetadata' })
export type EggMetadata = z.infer<typeof eggMetadata>

const side = z.int().min(1).max(1_000_000)

const eggFields = {
  hothash,
  hotpreview_base64: z.string().min(1),
  hotpreview_width: side.nullish(),
  hotpreview_height: side.nullish(),
  coldpreview_base64: z.string().min(1).nullish(),
  coldpreview_width: side.nullish(),
  coldpreview_height: side.nullish(),
  width: side,
  height: side,
  metadata: eggMetadata.nullish(),
  exif_dict: anyJson.nullish(),
  exif_truncated: z.array(z.string()).nullish(),
  is_valid_image: z.boolean().nullish(),
  image_format: plainText(40).nullish(),
  file_size_bytes: z.int().min(0).nullish(),
  primary_filename: plainText(1000).nullish(),
  file_sha256: sha256.nullish(),
  recipe: plainText(40).nullish(),
  egg_version: plainText(20).nullish(),
}

const egg = z.object(eggFields)

/**
 * What the photographer wrote into the file or its XMP side-car before ImaLink saw it: rating, title, keywords. In the
 * egg it stands where a person's own words would, and where a person says something else, that counts.
 */
const writtenFields = {
  title: plainText(limits.titleLength).nullish(),
  description: plainText(limits.descriptionLength).nullish(),
  rating: rating.optional(),
  flag: flag.nullish(),
  color_label: colorLabel.nullish(),
  tags: z.array(tagName).max(limits.tagsPerPhoto).optional(),
  creator: plainText(limits.titleLength)
    .nullish()
    .meta({ description: 'who took the picture, by name; an author of that name is found or made' }),
}

/** What was too long, out of range or unreadable in the file's own words, and what was done about it. */
const fitted = z.array(z.object({ field: z.string(), reason: z.string() }))

/** What core makes of one image: previews, identity, metadata. */
export const photoEgg = z
  .object({
    ...eggFields,
    hotpreview_width: side,
    hotpreview_height: side,
    coldpreview_base64: z.string().nullable(),
    coldpreview_width: side.nullable(),
    coldpreview_height: side.nullable(),
    metadata: eggMetadata,
    exif_dict: anyJson,
    exif_truncated: z.array(z.string()).optional(),
    ...writtenFields,
    fitted: fitted.optional(),
    is_valid_image: z.literal(true),
    image_format: z.string(),
    file_size_bytes: z.int(),
    primary_filename: z.string(),
    file_sha256: sha256,
    recipe: z.string(),
    egg_version: z.string(),
  })
  .meta({ id: 'PhotoEgg' })
export type PhotoEgg = z.infer<typeof photoEgg>

/** Where an original is. `volume` names the disk, `file_path` the place on it, `modified_at` the file's own time. */
export const imageFile = z
  .strictObject({
    filename: plainText(1000),
    file_path: plainText(4096).nullish(),
    volume: plainText(255).nullish(),
    file_format: plainText(40).nullish(),
    file_size: z.int().min(0).nullish(),
    file_sha256: sha256.nullish(),
    modified_at: givenInstant.nullish(),
    metadata: anyJson.nullish(),
    exif_dict: anyJson.nullish(),
    width: side.nullish(),
    height: side.nullish(),
    local_storage_info: anyJson.nullish(),
    cloud_storage_info: anyJson.nullish(),
  })
  .meta({ id: 'ImageFile' })
export type ImageFile = z.infer<typeof imageFile>

const userFields = {
  ...writtenFields,
  visibility: visibility.optional(),
  author_id: id.nullish(),
  import_session_id: id.nullish(),
  category: plainText(100).nullish(),
  image_file: imageFile.optional(),
  image_files: z.array(imageFile).min(1).max(limits.filesPerPhoto).optional(),
}

/** An egg sent flat, as older clients do. Unknown top-level fields are ignored. */
const flatEgg = z.object({ ...egg.shape, ...userFields })

/** The body that creates a photo: the egg's fields at the top level, or under `photo_egg`; both come out flat. */
export const newPhoto = z
  .preprocess((body) => (isNested(body) ? flatten(body) : body), flatEgg)
  .meta({ id: 'NewPhoto' })
export type NewPhoto = z.infer<typeof flatEgg>
export type NewPhotoInput = z.input<typeof flatEgg>

/** An egg says what core saw; what a person decides, such as who may see the photo, stands beside it and counts. */
function flatten({ photo_egg, ...body }: { photo_egg: object }): object {
  const among = (fields: object) => Object.entries(photo_egg).filter(([key]) => Object.hasOwn(fields, key))
  return {
    ...Object.fromEntries(among(writtenFields)),
    ...body,
    ...Object.fromEntries(among(eggFields)),
  }
}

function isNested(body: unknown): body is { photo_egg: object } {
  return typeof body === 'object' && body !== null && 'photo_egg' in body && isObject(body.photo_egg)
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export const createdPhoto = z
  .object({
    id,
    hothash,
    title: z.string().nullable(),
    rating,
    visibility,
    width: z.int(),
    height: z.int(),
    taken_at: z.string().nullable(),
    created_at: z.string(),
    is_duplicate: z.boolean(),
    in_trash: z.boolean().optional(),
    same_preview_different_file: z.boolean().optional(),
  })
  .meta({ id: 'CreatedPhoto' })
export type CreatedPhoto = z.infer<typeof createdPhoto>

/** Each item is checked by itself, so that a bad one fails alone. */
export const eggBatch = z.strictObject({ photos: z.array(z.unknown()).min(1).max(limits.batchItems) })

export const batchItemError = z.object({
  code: z.string(),
  detail: z.string(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
})

export const eggBatchResult = z.object({
  results: z.array(
    z.object({
      index: z.int(),
      status: z.enum(['created', 'duplicate', 'failed']),
      id: id.nullable(),
      hothash: z.string().nullable(),
      in_trash: z.boolean().optional(),
      error: batchItemError.nullable(),
    }),
  ),
  created: z.int(),
  duplicates: z.int(),
  failed: z.int(),
})
export type EggBatchResult = z.infer<typeof eggBatchResult>
