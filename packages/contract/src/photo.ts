import { z } from 'zod'
import { colorLabel, flag, hothash, id, instant, rating, visibility } from './fields.ts'

const storedJson = z.record(z.string(), z.unknown()).nullable()

export const fileRecord = z
  .object({
    id,
    filename: z.string(),
    file_path: z.string(),
    volume: z.string(),
    file_format: z.string().nullable(),
    file_size: z.int().nullable(),
    file_sha256: z.string(),
    modified_at: z.string().nullable(),
    width: z.int().nullable(),
    height: z.int().nullable(),
    metadata: storedJson,
    exif_dict: storedJson,
    local_storage_info: storedJson,
    cloud_storage_info: storedJson,
    created_at: instant,
  })
  .meta({ id: 'FileRecord' })
export type FileRecord = z.infer<typeof fileRecord>

/** A photo as its viewer may see it. What is the owner's alone is absent, not null, for everybody else. */
export const photo = z
  .object({
    id,
    hothash,
    owner: z.object({ id, display_name: z.string() }),
    is_mine: z.boolean(),
    title: z.string().nullable(),
    description: z.string().nullable(),
    category: z.string().nullable(),
    rating,
    flag: flag.nullable(),
    color_label: colorLabel.nullable(),
    visibility,
    width: z.int(),
    height: z.int(),
    taken_at: z.string().nullable(),
    taken_at_offset: z.string().nullable(),
    camera_make: z.string().nullable(),
    camera_model: z.string().nullable(),
    lens_make: z.string().nullable(),
    lens_model: z.string().nullable(),
    focal_length: z.number().nullable().meta({ description: 'millimetres' }),
    f_number: z.number().nullable(),
    iso: z.number().nullable(),
    exposure_time: z.string().nullable(),
    gps_latitude: z.number().nullable().optional(),
    gps_longitude: z.number().nullable().optional(),
    gps_altitude: z.number().nullable().optional(),
    has_gps: z.boolean().optional(),
    has_coldpreview: z.boolean(),
    coldpreview_url: z.string().nullable(),
    has_raw_companion: z.boolean(),
    primary_filename: z.string().nullable().optional(),
    image_format: z.string().nullable(),
    files: z.array(fileRecord).optional(),
    tags: z.array(z.object({ id, name: z.string() })),
    author_id: id.nullable(),
    author: z.object({ id, name: z.string() }).nullable(),
    stack_id: id.nullable(),
    stack_count: z
      .int()
      .optional()
      .meta({ description: 'photos in its stack, where `stacks=collapsed` shows it for all of them' }),
    import_session_id: id.nullable().optional(),
    timeloc_correction: storedJson.optional(),
    view_correction: storedJson,
    exif_dict: storedJson.optional(),
    created_at: instant,
    updated_at: instant,
    deleted_at: instant.nullable(),
  })
  .meta({ id: 'Photo' })
export type Photo = z.infer<typeof photo>
