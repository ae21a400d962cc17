import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { hothash, id, instant, listOf, pageQuery, pathId, plainText } from './fields.ts'
import { limits } from './limits.ts'
import { fileRecord } from './photo.ts'

/** Where one original is, without what was read from it. */
const originalFile = fileRecord.pick({
  id: true,
  filename: true,
  file_path: true,
  volume: true,
  file_format: true,
  file_size: true,
  file_sha256: true,
  modified_at: true,
  created_at: true,
})

/** A photo with all that is known of where its originals are. */
export const originalsOfPhoto = z
  .object({
    id,
    hothash,
    primary_filename: z.string().nullable(),
    copies: z.int().meta({
      description:
        'in how many places the original is known to be; of several originals, such as RAW and JPEG, the one that is in the fewest decides',
    }),
    files: z
      .array(originalFile)
      .max(limits.placesListed)
      .meta({ description: 'the first of them; `GET /photos/{ref}/files` pages through all' }),
  })
  .meta({ id: 'OriginalsOfPhoto' })
export type OriginalsOfPhoto = z.infer<typeof originalsOfPhoto>

/** A disk or another place that holds originals. */
export const storageVolume = z
  .object({
    id,
    volume: z.string().meta({ description: 'as file records name it' }),
    label: z.string().nullable(),
    kind: z.string().nullable(),
    serial: z.string().nullable(),
    created_at: instant,
    updated_at: instant,
  })
  .meta({ id: 'StorageVolume' })
export type StorageVolume = z.infer<typeof storageVolume>

const name = plainText(255).min(1)
const described = {
  label: name.nullish(),
  kind: plainText(40)
    .nullish()
    .meta({ description: 'in the words of its owner: internal, external, network' }),
  serial: name.nullish().meta({ description: 'what the disk itself says: the UUID of its file system' }),
}

export const originalsEndpoints = {
  listOriginals: endpoint({
    method: 'GET',
    path: '/originals',
    access: 'user',
    group: 'Originals',
    summary: "Where the originals of the caller's photos are, in the order the photos came",
    query: z.strictObject({ ...pageQuery, copies: z.enum(['0', '1', 'many']).optional() }),
    replies: { 200: listOf(originalsOfPhoto) },
    errors: ['cursor_invalid', 'cursor_mismatch', 'contradicting_parameters'],
  }),
  listVolumes: endpoint({
    method: 'GET',
    path: '/originals/volumes',
    access: 'user',
    group: 'Originals',
    summary: 'The places that hold originals; one that a file record names appears by itself',
    query: z.strictObject({ ...pageQuery }),
    replies: { 200: listOf(storageVolume) },
    errors: ['cursor_invalid', 'cursor_mismatch', 'contradicting_parameters'],
  }),
  createVolume: endpoint({
    method: 'POST',
    path: '/originals/volumes',
    access: 'user',
    group: 'Originals',
    summary: 'Describe a place; file records name it by its serial, or by its label where it has none',
    body: z
      .strictObject(described)
      .refine(({ label, serial }) => (label ?? serial ?? null) !== null, 'needs a label or a serial'),
    replies: { 201: storageVolume },
    errors: ['volume_taken'],
  }),
  updateVolume: endpoint({
    method: 'PUT',
    path: '/originals/volumes/{id}',
    access: 'user',
    group: 'Originals',
    summary: 'Change the description of a place; file records go on naming it as they do',
    params: z.object({ id: pathId }),
    body: z.strictObject(described),
    replies: { 200: storageVolume },
    errors: ['volume_not_found'],
  }),
} as const
