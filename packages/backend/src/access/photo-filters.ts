import { type PhotoFilters, lastTaken } from '@imalink/contract'
import { type Expression, type SqlBool, expressionBuilder } from 'kysely'
import type { Database } from '../storage/database/schema.ts'

const photos = expressionBuilder<Database, 'photos'>()

/** What the filters ask of a photo, beside who may see it; undefined where they ask nothing. */
export function filteredBy(filters: PhotoFilters): Expression<SqlBool> | undefined {
  const { rating_min, rating_max, taken_after, taken_before } = filters
  const conditions = [
    rating_min !== undefined && photos('photos.rating', '>=', rating_min),
    rating_max !== undefined && photos('photos.rating', '<=', rating_max),
    taken_after !== undefined && photos('photos.sort_time', '>=', taken_after),
    taken_before !== undefined && photos('photos.sort_time', '<=', lastTaken(taken_before)),
    // An undated photo was not taken before anything.
    taken_before !== undefined && photos('photos.sort_time', '>', ''),
  ].filter((condition) => condition !== false)
  return conditions.length === 0 ? undefined : photos.and(conditions)
}
