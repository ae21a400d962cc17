import { z } from 'zod'
import { colorLabel, flag, givenInstant, id, normalizeTag, plainText, queryInt, tagName } from './fields.ts'
import { limits } from './limits.ts'
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

/** A date of UTC, which means its whole day, or an instant; as an instant, or null for anything else. */
function readInstant(text: string, clock: string): string | null {
  const instant = DATE.test(text) ? `${text}T${clock}Z` : text
  if (!givenInstant.safeParse(instant).success) return null
  return new Date(instant).toISOString()
}

const created = (clock: string) =>
  z
    .string()
    .refine(
      (text) => readInstant(text, clock) !== null,
      'is no date and no instant such as 2024-06-01T10:00:00Z',
    )
    .meta({ description: 'An instant, or a date for its whole day in UTC; inclusive' })
    .transform((text) => readInstant(text, clock) ?? text)

/** How one filter is written in a query string, and how in JSON; both mean the same afterwards. */
interface Written<Query extends z.ZodType, Json extends z.ZodType> {
  readonly query: Query
  readonly json: Json
}

const written = <Query extends z.ZodType, Json extends z.ZodType>(query: Query, json: Json) => ({
  query: query.optional(),
  json: json.optional(),
})
const alike = <T extends z.ZodType>(type: T): Written<z.ZodOptional<T>, z.ZodOptional<T>> =>
  written(type, type)

const integer = (min: number, max: number) => written(queryInt(min, max), z.int().min(min).max(max))

const isNumber = (text: string) => /^-?\d+(\.\d+)?$/.test(text)

const decimal = (min: number, max: number) =>
  written(
    z
      .string()
      .refine(isNumber, 'is not a number')
      .meta({ type: 'number', minimum: min, maximum: max })
      .transform(Number)
      .pipe(z.number().min(min).max(max)),
    z.number().min(min).max(max),
  )

const yesOrNo = written(
  z.enum(['true', 'false']).transform((word) => word === 'true'),
  z.boolean(),
)

/** Several values of a query string: commas or repetition. */
const several = <T extends z.ZodType<unknown, string>>(type: T) =>
  z
    .union([z.string(), z.array(z.string())])
    .transform((given) => [given].flat().flatMap((part) => part.split(',')))
    .pipe(z.array(type).min(1).max(limits.tagsPerPhoto))

const tag = tagName.transform((name) => normalizeTag(name) ?? name)
const tagNames = written(several(tag), z.array(tag).min(1).max(limits.tagsPerPhoto))

const MAX_ID = Number.MAX_SAFE_INTEGER
const tagIds = written(several(queryInt(1, MAX_ID)), z.array(id).min(1).max(limits.tagsPerPhoto))

const numbersIn = (text: string) =>
  text.split(',').map((part) => (isNumber(part.trim()) ? Number(part) : NaN))
const isLatitude = (degrees: number | undefined) => degrees !== undefined && Math.abs(degrees) <= 90
const isLongitude = (degrees: number | undefined) => degrees !== undefined && Math.abs(degrees) <= 180

function readPlace(text: string): { lat: number; lon: number } | null {
  const [lat, lon, ...more] = numbersIn(text)
  if (!isLatitude(lat) || !isLongitude(lon) || more.length > 0) return null
  return { lat: lat ?? 0, lon: lon ?? 0 }
}

const place = z
  .string()
  .meta({ description: 'latitude,longitude in degrees' })
  .transform((text, context) => readPlace(text) ?? refused(context, 'is not latitude,longitude in degrees'))

/** Degrees; `west` above `east` crosses the antimeridian. */
export interface Box {
  readonly west: number
  readonly south: number
  readonly east: number
  readonly north: number
}

function readBox(text: string): Box | null {
  const [west = NaN, south = NaN, east = NaN, north = NaN, ...more] = numbersIn(text)
  const isBox = isLongitude(west) && isLongitude(east) && isLatitude(south) && isLatitude(north)
  return isBox && south <= north && more.length === 0 ? { west, south, east, north } : null
}

const box = z
  .string()
  .meta({ description: 'west,south,east,north in degrees; west above east crosses the antimeridian' })
  .transform((text, context) => readBox(text) ?? refused(context, 'is not west,south,east,north in degrees'))

function refused(context: z.RefinementCtx, message: string): never {
  context.addIssue({ code: 'custom', message })
  return z.NEVER
}

/** Half the way around the world. */
const FARTHEST_KM = 20_038

/** An empty box of words asks for nothing. */
const words = plainText(500)
  .transform((text) => (text.trim() === '' ? undefined : text))
  .meta({
    description:
      'Words in titles, descriptions, tags, categories, cameras, lenses, authors, what public stories of its owner say of a photo, and for the owner in all their stories and names of files; in any case and without accents: words, "phrases", -not, prefix*',
  })

const filters = {
  q: alike(words),
  tags: tagNames,
  tag_logic: alike(z.enum(['AND', 'OR']).meta({ description: 'of `tags`: all of them (default) or any' })),
  tag_ids: tagIds,
  untagged: yesOrNo,
  author_id: integer(1, MAX_ID),
  stack_id: integer(1, MAX_ID),
  space_id: integer(1, MAX_ID),
  collection_id: integer(1, MAX_ID),
  import_session_id: integer(1, MAX_ID),
  category: alike(plainText(100)),
  rating_min: integer(0, 5),
  rating_max: integer(0, 5),
  flag: alike(flag),
  color_label: alike(colorLabel),
  taken_after: alike(taken),
  taken_before: alike(taken),
  undated: yesOrNo,
  created_after: alike(created('00:00:00.000')),
  created_before: alike(created('23:59:59.999')),
  camera_make: alike(plainText(255)),
  camera_model: alike(plainText(255)),
  lens_model: alike(plainText(255)),
  iso_min: decimal(0, 1e9),
  iso_max: decimal(0, 1e9),
  f_number_min: decimal(0, 1e6),
  f_number_max: decimal(0, 1e6),
  focal_length_min: decimal(0, 1e6),
  focal_length_max: decimal(0, 1e6),
  orientation: alike(z.enum(['landscape', 'portrait', 'square'])),
  has_gps: yesOrNo,
  near: alike(place),
  radius_km: decimal(0, FARTHEST_KM),
  bbox: alike(box),
  has_raw: yesOrNo,
  has_coldpreview: yesOrNo,
  file_name: alike(
    plainText(1000)
      .min(1)
      .meta({ description: "An original's name, with or without its extension, in any case; * is anything" }),
  ),
} as const

type Names = keyof typeof filters

/** The cast is of the shape that the loop builds: each name with its own schema. */
function as<Way extends 'query' | 'json'>(way: Way) {
  return Object.fromEntries(Object.entries(filters).map(([name, filter]) => [name, filter[way]])) as {
    readonly [Name in Names]: (typeof filters)[Name][Way]
  }
}

/** What may be asked of photos in a list, as query parameters; all of it joined by AND. */
export const photoFilters = as('query')

/** The same in JSON. */
export const photoFiltersInJson = as('json')

export type PhotoFilters = { readonly [Name in Names]?: z.output<(typeof filters)[Name]['json']> }

/** Behind every time of a day, in the order of texts. */
const END_OF_DAY = 'U'

/** The last moment that `taken_before` takes in, in the order of `taken_at`. */
export function lastTaken(takenBefore: string): string {
  return DATE.test(takenBefore) ? takenBefore + END_OF_DAY : takenBefore
}

const RANGES = [
  ['rating_min', 'rating_max'],
  ['iso_min', 'iso_max'],
  ['f_number_min', 'f_number_max'],
  ['focal_length_min', 'focal_length_max'],
] as const

/** Ranges that hold nothing, as issues of the parameter that ends them, and a radius around nothing. */
export function refuseEmptyRanges(asked: PhotoFilters, context: z.RefinementCtx): void {
  const refuse = (name: Names, message: string) => context.addIssue({ code: 'custom', path: [name], message })
  for (const [min, max] of RANGES) {
    const [least, most] = [asked[min], asked[max]]
    if (least !== undefined && most !== undefined && most < least) refuse(max, `is below ${min}`)
  }
  const { taken_after, taken_before, created_after, created_before, near, radius_km } = asked
  if (taken_after !== undefined && taken_before !== undefined && lastTaken(taken_before) < taken_after)
    refuse('taken_before', 'is before taken_after')
  if (created_after !== undefined && created_before !== undefined && created_before < created_after)
    refuse('created_before', 'is before created_after')
  if (radius_km !== undefined && near === undefined) refuse('radius_km', 'needs near')
}
