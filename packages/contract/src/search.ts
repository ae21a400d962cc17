import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { listOf, plainText, visibility } from './fields.ts'
import { limits } from './limits.ts'
import { photoFiltersInJson, refuseEmptyRanges } from './photo-filters.ts'
import { photo, photoOrder, photoParts } from './photos.ts'

const search = z
  .strictObject({
    ...photoFiltersInJson,
    scope: plainText(100).optional().meta({ description: '`all` (default), `mine`, or a username' }),
    visibility: visibility.optional(),
    ...photoOrder,
    limit: z.int().min(1).max(limits.pagePhotos).optional(),
    offset: z.int().min(0).optional(),
    cursor: z.string().max(500).optional(),
    include: z.array(z.enum(photoParts)).optional(),
  })
  .superRefine(refuseEmptyRanges)
  .meta({ id: 'PhotoSearch' })

const searchPhotos = endpoint({
  method: 'POST',
  path: '/photos/search',
  access: 'optional',
  readScope: true,
  group: 'Search',
  summary: 'Photos the caller may see that all of the filters let through, as `GET /photos` lists them',
  body: search,
  replies: { 200: listOf(photo) },
  errors: ['cursor_invalid', 'cursor_mismatch', 'contradicting_parameters', 'credentials_required'],
})

export const searchEndpoints = {
  searchPhotos,
  searchPhotosToo: {
    ...searchPhotos,
    path: '/photo-searches/ad-hoc',
    summary: 'The same, as older clients call it',
  },
} as const
