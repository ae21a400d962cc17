import { z } from 'zod'
import { endpoint, jpeg } from './endpoint.ts'
import type { ErrorCode } from './errors.ts'
import { queryInt } from './fields.ts'
import { limits } from './limits.ts'
import { photoEgg } from './photo-egg.ts'

const coldpreviewSize = queryInt(150, 4096)
  .optional()
  .meta({ description: 'longest side of the coldpreview in px; left out, there is none' })

const resizeSide = queryInt(100, 2000).optional()

/** The form that carries an original. */
export const originalForm = {
  media: 'multipart/form-data',
  fields: z.object({ coldpreview_size: coldpreviewSize }),
  files: {
    sidecar: {
      media: 'application/rdf+xml',
      description:
        'the XMP file beside the original, at most 1 MiB; what it says counts before what stands in the file, and where it is too large or unreadable, `fitted` says so',
    },
  },
} as const

/** Why core refuses a file for what is in it: it would refuse the same bytes again. */
export const refusalsOfContent = [
  'not_an_image',
  'unsupported_format',
  'image_too_small',
  'image_too_large',
  'corrupt_image',
  'no_preview_in_raw',
] as const satisfies readonly ErrorCode[]

/** The endpoints of core; paths are from its root. */
export const coreEndpoints = {
  process: endpoint({
    method: 'POST',
    path: '/v1/process',
    access: 'anyone',
    group: 'Images',
    summary: 'One image in, one PhotoEgg out; nothing is kept',
    maxBodyBytes: limits.fileBytes,
    upload: originalForm,
    replies: { 200: photoEgg },
    errors: [
      ...refusalsOfContent,
      'file_too_large',
      'processing_timeout',
      'busy',
      'origin_not_allowed',
      'host_not_allowed',
      'credentials_required',
      'unsupported_media_type',
    ],
  }),
  resize: endpoint({
    method: 'POST',
    path: '/v1/resize',
    access: 'anyone',
    group: 'Images',
    summary: 'A JPEG made smaller: fits inside width x height, never enlarged',
    maxBodyBytes: 32 * 1024 * 1024,
    query: z
      .object({ width: resizeSide, height: resizeSide })
      .refine((sides) => sides.width !== undefined || sides.height !== undefined, 'needs width or height'),
    upload: { media: 'image/jpeg' },
    replies: { 200: jpeg },
    errors: [
      'not_an_image',
      'corrupt_image',
      'image_too_large',
      'busy',
      'processing_timeout',
      'origin_not_allowed',
      'host_not_allowed',
      'unsupported_media_type',
    ],
  }),
  coreHealth: endpoint({
    method: 'GET',
    path: '/health',
    access: 'anyone',
    group: 'Operations',
    summary: 'The process is alive, what it is and which formats it reads',
    replies: {
      200: z.object({
        status: z.literal('ok'),
        name: z.literal('imalink-core'),
        version: z.string(),
        recipe: z.string(),
        formats: z.array(z.string()).meta({
          description:
            "What is read, told by content, as `image_format` names it: pictures, then cameras' RAW files",
        }),
      }),
    },
    errors: [],
  }),
} as const
