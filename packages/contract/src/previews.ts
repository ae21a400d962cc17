import { z } from 'zod'
import { endpoint, jpeg, nothing } from './endpoint.ts'
import { photoRef } from './fields.ts'

const ref = z.object({ ref: photoRef })

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
    summary: 'The larger preview, as it was stored',
    params: ref,
    query: z.object({
      v: z
        .string()
        .optional()
        .meta({ description: 'first 16 digits of its SHA-256: makes it cacheable for good' }),
    }),
    replies: { 200: jpeg, 304: nothing },
    errors: ['photo_not_found', 'preview_not_found'],
  }),
} as const
