import { z } from 'zod'
import { endpoint, jpeg, nothing } from './endpoint.ts'
import { photoRef, queryInt, sha256 } from './fields.ts'
import { limits } from './limits.ts'

const ref = z.object({ ref: photoRef })
const side = queryInt(100, 2000).optional()

/** The form around a file. */
const FORM_BYTES = 64 * 1024

/** What became of an upload: `sha256` is of the bytes that are kept, which its metadata does not belong to. */
const keptColdpreview = z.object({
  hothash: sha256,
  coldpreview_url: z.string(),
  sha256,
  width: z.int(),
  height: z.int(),
  size_bytes: z.int(),
})

export const previewsEndpoints = {
  getHotpreview: endpoint({
    method: 'GET',
    path: '/photos/{ref}/hotpreview',
    access: 'optional',
    group: 'Previews',
    summary: 'The thumbnail, at most 150 x 150 px',
    params: ref,
    replies: { 200: jpeg, 304: nothing },
    errors: ['photo_not_found'],
  }),
  getColdpreview: endpoint({
    method: 'GET',
    path: '/photos/{ref}/coldpreview',
    access: 'optional',
    group: 'Previews',
    summary:
      'The larger preview, as it was stored or fitted inside width x height px: rounded up to steps of 100 px, never enlarged',
    params: ref,
    query: z.object({
      width: side,
      height: side,
      v: z
        .string()
        .optional()
        .meta({ description: 'first 16 digits of its SHA-256: makes it cacheable for good' }),
    }),
    replies: { 200: jpeg, 304: nothing },
    errors: [
      'photo_not_found',
      'preview_not_found',
      'corrupt_image',
      'core_unreachable',
      'busy',
      'storage_unavailable',
    ],
  }),
  putColdpreview: endpoint({
    method: 'PUT',
    path: '/photos/{ref}/coldpreview',
    access: 'user',
    importScope: true,
    group: 'Previews',
    summary: 'Keep a larger preview, instead of the one there may be. Metadata in it is cut out',
    params: ref,
    maxBodyBytes: limits.coldpreviewBytes + FORM_BYTES,
    upload: { media: 'multipart/form-data', orBare: 'image/jpeg' },
    replies: { 200: keptColdpreview },
    errors: [
      'photo_not_found',
      'not_yours',
      'unsupported_media_type',
      'validation_failed',
      'unknown_field',
      'invalid_coldpreview',
      'preview_has_metadata',
      'coldpreview_too_large',
      'body_too_large',
      'storage_unavailable',
    ],
  }),
  deleteColdpreview: endpoint({
    method: 'DELETE',
    path: '/photos/{ref}/coldpreview',
    access: 'user',
    group: 'Previews',
    summary: 'Take the larger preview away',
    params: ref,
    replies: { 204: nothing },
    errors: ['photo_not_found', 'preview_not_found', 'not_yours'],
  }),
} as const
