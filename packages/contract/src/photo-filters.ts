import { z } from 'zod'
import { queryInt } from './fields.ts'
import { parseWallClock } from './wall-clock.ts'

const DATE = /^\d{4}-\d{2}-\d{2}$/

/** A date, which means the whole day, or a wall-clock time as it is stored; null for anything else. */
function readTaken(text: string): string | null {
  if (DATE.test(text)) return parseWallClock(`${text}T00:00:00`) && text
  return parseWallClock(text)?.taken_at ?? null
}

const taken = z
  .string()
  .refine((text) => readTaken(text) !== null, 'is not YYYY-MM-DD or YYYY-MM-DDTHH:MM:SS[.sss], 1900 to 2100')
  .meta({ description: 'A wall-clock time, or a date for its whole day; inclusive' })
  .transform((text) => readTaken(text) ?? text)

/** What may be asked of photos in a list, as query parameters; all of it joined by AND. */
export const photoFilters = {
  rating_min: queryInt(0, 5).optional(),
  rating_max: queryInt(0, 5).optional(),
  taken_after: taken.optional(),
  taken_before: taken.optional(),
}

export type PhotoFilters = {
  readonly [Name in keyof typeof photoFilters]?: z.output<(typeof photoFilters)[Name]>
}

/** Behind every time of a day, in the order of texts. */
const END_OF_DAY = 'U'

/** The last moment that `taken_before` takes in, in the order of `taken_at`. */
export function lastTaken(takenBefore: string): string {
  return DATE.test(takenBefore) ? takenBefore + END_OF_DAY : takenBefore
}

/** Ranges that hold nothing, as issues of the parameter that ends them. */
export function refuseEmptyRanges(filters: PhotoFilters, context: z.RefinementCtx): void {
  const { rating_min, rating_max, taken_after, taken_before } = filters
  if (rating_min !== undefined && rating_max !== undefined && rating_max < rating_min)
    context.addIssue({ code: 'custom', path: ['rating_max'], message: 'is below rating_min' })
  if (taken_after !== undefined && taken_before !== undefined && lastTaken(taken_before) < taken_after)
    context.addIssue({ code: 'custom', path: ['taken_before'], message: 'is before taken_after' })
}
