import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { visibility } from './fields.ts'
import { photoFilters, refuseEmptyRanges } from './photo-filters.ts'
import { visibilityFilter } from './photos.ts'

const count = z.int()
const numbers = z.array(z.object({ value: z.number(), count }))
const texts = z.array(z.object({ value: z.string(), count }))

/** How many photos have each value; the values are what filters of these names take. */
export const facets = z
  .object({
    year: numbers.meta({ description: 'latest first' }),
    rating: numbers.meta({ description: 'best first' }),
    camera: texts.meta({ description: '`camera_model`, most frequent first, as the others' }),
    lens: texts.meta({ description: '`lens_model`' }),
    tag: texts,
    visibility: z.array(z.object({ value: visibility, count })),
    author: z
      .array(z.object({ value: z.int(), name: z.string(), count }))
      .meta({ description: '`author_id`' }),
  })
  .meta({ id: 'PhotoFacets' })
export type Facets = z.infer<typeof facets>

/** What charts are drawn from; in the order of their values. */
export const statistics = z
  .object({
    total: z.int(),
    by_year: numbers,
    by_month: numbers.meta({ description: '1 to 12, of all years together' }),
    by_weekday: numbers.meta({ description: '1 Monday to 7 Sunday' }),
    by_hour: numbers.meta({ description: "0 to 23, by the camera's clock" }),
    by_camera: texts.meta({ description: 'most frequent first' }),
    by_lens: texts.meta({ description: 'most frequent first' }),
    by_focal_length: numbers.meta({ description: 'mm' }),
    by_f_number: numbers,
    by_exposure_time: texts.meta({ description: 's, as cameras write it; shortest first' }),
    by_iso: numbers,
    by_rating: numbers,
  })
  .meta({ id: 'PhotoStatistics' })
export type Statistics = z.infer<typeof statistics>

export const statisticsEndpoints = {
  facets: endpoint({
    method: 'GET',
    path: '/photos/facets',
    access: 'optional',
    group: 'Search',
    summary:
      'How many of the photos that the caller may see, and all of the filters let through, are of each year, camera, lens, tag, rating, author and visibility; the 100 most frequent of each',
    query: z.strictObject({ ...visibilityFilter, ...photoFilters }).superRefine(refuseEmptyRanges),
    replies: { 200: z.object({ data: facets, meta: z.object({ total: z.int() }) }) },
    errors: ['credentials_required'],
  }),
  statistics: endpoint({
    method: 'GET',
    path: '/stats',
    access: 'user',
    group: 'Statistics',
    summary:
      'How many photos of the caller were taken when and with what; the 500 most frequent values of each',
    replies: { 200: z.object({ data: statistics }) },
    errors: [],
  }),
} as const
