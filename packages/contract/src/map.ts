import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { hothash, queryInt } from './fields.ts'
import { photoFilters, refuseEmptyRanges } from './photo-filters.ts'
import { visibilityFilter } from './photos.ts'

/** Photos that were taken close to each other, as close as the zoom sees. */
export const mapCluster = z
  .object({
    lat: z.number().meta({ description: 'degrees, in the middle of its photos' }),
    lon: z.number(),
    count: z.int(),
    hothash: hothash.meta({ description: 'of the best rated photo, the latest of those that came in' }),
  })
  .meta({ id: 'MapCluster' })
export type MapCluster = z.infer<typeof mapCluster>

export const mapEndpoints = {
  photoMap: endpoint({
    method: 'GET',
    path: '/photos/map',
    access: 'optional',
    group: 'Search',
    summary:
      'Where the photos were taken that all of the filters let through, as far as the caller may know it: in clusters, the largest 2000',
    query: z
      .strictObject({
        zoom: queryInt(0, 22).optional().meta({
          description: 'of a map whose world is 256 px wide at 0 (default) and twice that at each further',
        }),
        ...visibilityFilter,
        ...photoFilters,
      })
      .superRefine(refuseEmptyRanges),
    replies: {
      200: z.object({ data: z.array(mapCluster), meta: z.object({ zoom: z.int(), photos: z.int() }) }),
    },
    errors: ['credentials_required'],
  }),
} as const
