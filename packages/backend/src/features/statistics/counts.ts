import { type Visibility, visibility as levels } from '@imalink/contract'

/** What photos are counted by; `total` has the one value ''. */
export const fields = [
  'total',
  'year',
  'month',
  'weekday',
  'hour',
  'camera',
  'lens',
  'focal_length',
  'f_number',
  'exposure_time',
  'iso',
  'rating',
  'author',
  'tag',
] as const
export type Field = (typeof fields)[number]

type Value = string | number

/** How many photos have each value of each field. */
export type Counts = ReadonlyMap<Field, ReadonlyMap<Value, number>>
type Counting = Map<Field, Map<Value, number>>

/** By the level of the photos. */
export type CountsByLevel = ReadonlyMap<Visibility, Counts>

/** A photo as far as it is counted. */
export interface CountedPhoto {
  readonly visibility: Visibility
  readonly sort_time: string
  readonly rating: number
  readonly camera_model: string | null
  readonly lens_model: string | null
  readonly focal_length: number | null
  readonly f_number: number | null
  readonly exposure_time: string | null
  readonly iso: number | null
  readonly author_id: number | null
}

/** How many photos of a level have a tag. */
export interface CountedTag {
  readonly visibility: Visibility
  readonly tag_id: number
  readonly photos: number
}

export function countPhotos(photos: readonly CountedPhoto[], tags: readonly CountedTag[]): CountsByLevel {
  const byLevel = new Map<Visibility, Counting>()
  const add = (level: Visibility, field: Field, value: Value, count: number) => {
    const counts = byLevel.get(level) ?? new Map<Field, Map<Value, number>>()
    byLevel.set(level, counts)
    addTo(counts, field, value, count)
  }
  for (const photo of photos)
    for (const [field, value] of valuesOf(photo)) if (value !== null) add(photo.visibility, field, value, 1)
  for (const { visibility, tag_id, photos: count } of tags) add(visibility, 'tag', tag_id, count)
  return byLevel
}

function valuesOf(photo: CountedPhoto): [Field, Value | null][] {
  const { sort_time, rating, camera_model, lens_model } = photo
  return [
    ['total', ''],
    ['camera', camera_model],
    ['lens', lens_model],
    ['focal_length', photo.focal_length],
    ['f_number', photo.f_number],
    ['exposure_time', photo.exposure_time],
    ['iso', photo.iso],
    ['rating', rating],
    ['author', photo.author_id],
    ...(sort_time === '' ? [] : timesIn(sort_time)),
  ]
}

/** Of a wall-clock time, YYYY-MM-DDTHH:MM:SS. */
function timesIn(taken: string): [Field, number][] {
  const [year, month, day, hour] = [
    taken.slice(0, 4),
    taken.slice(5, 7),
    taken.slice(8, 10),
    taken.slice(11, 13),
  ]
  // Sunday is 0 there and 7 in ISO 8601.
  const weekday = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day))).getUTCDay() || 7
  return [
    ['year', Number(year)],
    ['month', Number(month)],
    ['weekday', weekday],
    ['hour', Number(hour)],
  ]
}

function addTo(counts: Counting, field: Field, value: Value, count: number): void {
  const values = counts.get(field) ?? new Map<Value, number>()
  counts.set(field, values)
  const sum = (values.get(value) ?? 0) + count
  if (sum === 0) values.delete(value)
  else values.set(value, sum)
}

/** The sum of counts, those of some taken off where `sign` is -1. */
export function sumOf(all: readonly { readonly counts: Counts; readonly sign: 1 | -1 }[]): Counts {
  const sum: Counting = new Map()
  for (const { counts, sign } of all)
    for (const [field, values] of counts)
      for (const [value, count] of values) addTo(sum, field, value, sign * count)
  return sum
}

/** The whole of which one portion is counted anew. */
export function withPortion(
  whole: CountsByLevel,
  { before, now }: { readonly before: CountsByLevel; readonly now: CountsByLevel },
): CountsByLevel {
  const NONE: Counts = new Map()
  return new Map(
    levels.options.map((level) => [
      level,
      sumOf([
        { counts: whole.get(level) ?? NONE, sign: 1 },
        { counts: before.get(level) ?? NONE, sign: -1 },
        { counts: now.get(level) ?? NONE, sign: 1 },
      ]),
    ]),
  )
}

type Stored = Partial<Record<Visibility, Partial<Record<Field, [Value, number][]>>>>

/** What has no photos counts as `NOTHING`. Pairs rather than keys: a camera may be called `__proto__`. */
export function writeCounts(byLevel: CountsByLevel): string {
  const filled = [...byLevel].filter(([, counts]) => [...counts.values()].some(({ size }) => size > 0))
  const pairs = filled.map(([level, counts]) => [
    level,
    Object.fromEntries([...counts].map(([field, values]) => [field, [...values]])),
  ])
  return JSON.stringify(Object.fromEntries(pairs))
}

export const NOTHING = '{}'

export function readCounts(text: string | undefined): CountsByLevel {
  if (text === undefined) return new Map()
  const byLevel = JSON.parse(text) as Stored // As `writeCounts` writes it.
  return new Map(
    levels.options.map((level) => {
      const counts = Object.entries(byLevel[level] ?? {}) as [Field, [Value, number][]][] // As the type says.
      return [level, new Map(counts.map(([field, pairs]) => [field, new Map(pairs)]))]
    }),
  )
}
