import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { hothash, queryInt } from './fields.ts'
import { limits } from './limits.ts'
import { photoFilters, refuseEmptyRanges } from './photo-filters.ts'
import { stacking, visibilityFilter } from './photos.ts'

export const granularity = z.enum(['year', 'month', 'day', 'hour'])
export type Granularity = z.infer<typeof granularity>

const period = {
  year: queryInt(1900, 2100).optional(),
  month: queryInt(1, 12).optional(),
  day: queryInt(1, 31).optional(),
  hour: queryInt(0, 23).optional(),
}

/** A bucket carries only the keys of its granularity. Times are wall-clock. */
export const bucket = z
  .object({
    year: z.int(),
    month: z.int().optional(),
    day: z.int().optional(),
    hour: z.int().optional(),
    count: z.int(),
    preview_hothash: hothash,
    preview_url: z.string(),
    date_range: z.object({ first: z.string(), last: z.string() }),
  })
  .meta({ id: 'TimelineBucket' })
export type Bucket = z.infer<typeof bucket>

export const timelineEndpoints = {
  timeline: endpoint({
    method: 'GET',
    path: '/timeline',
    access: 'optional',
    group: 'Timeline',
    summary:
      'Counts, covers and ranges by year, month, day or hour, newest first, of the photos that all of the filters let through',
    query: z
      .strictObject({ granularity: granularity.optional(), ...period, ...visibilityFilter, ...photoFilters })
      .superRefine(refuseEmptyRanges),
    replies: {
      200: z.object({
        data: z.array(bucket),
        meta: z.object({
          granularity,
          year: z.int().optional(),
          month: z.int().optional(),
          day: z.int().optional(),
          hour: z.int().optional(),
          total_years: z.int().optional(),
          total_months: z.int().optional(),
          total_days: z.int().optional(),
          total_hours: z.int().optional(),
          total_photos: z.int(),
          undated: z.int(),
        }),
      }),
    },
    errors: ['contradicting_parameters', 'credentials_required'],
  }),
  timelinePhotos: endpoint({
    method: 'GET',
    path: '/timeline/photos',
    access: 'optional',
    group: 'Timeline',
    summary:
      'The photos of a period that all of the filters let through, in parallel arrays, newest first, for a grid',
    query: z
      .strictObject({
        ...period,
        ...visibilityFilter,
        ...photoFilters,
        ...stacking,
        limit: queryInt(1, limits.gridPhotos).optional(),
        cursor: z.string().max(500).optional(),
      })
      .superRefine(refuseEmptyRanges),
    replies: {
      200: z.object({
        data: z.object({
          id: z.array(z.int()),
          hothash: z.array(z.string()),
          ratio: z.array(z.number()).meta({ description: 'width / height' }),
          rating: z.array(z.int()),
          taken_at: z.array(z.string().nullable()),
          flags: z
            .array(z.int())
            .meta({ description: '1 has coldpreview, 2 has RAW, 4 in a stack, 8 not mine' }),
        }),
        meta: z.object({ count: z.int(), next_cursor: z.string().nullable() }),
      }),
    },
    errors: ['contradicting_parameters', 'cursor_invalid', 'cursor_mismatch', 'credentials_required'],
  }),
} as const
