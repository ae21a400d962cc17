import { type Bucket, type Granularity, endpoints } from '@imalink/contract'
import { type QueryClient, infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { type Day, type Period, type PhotoList, isDay, isFound, parentOf } from '../dates/period.ts'
import { ask } from './backend.ts'

const PHOTOS_A_PAGE = 1000

/** Everything that counts or lists photos is below this key; it is stale as soon as a photo comes or goes. */
export const timelineKey = ['timeline']

function digits(period: Period) {
  return {
    ...(period.year === undefined ? {} : { year: String(period.year) }),
    ...(period.month === undefined ? {} : { month: String(period.month) }),
    ...(period.day === undefined ? {} : { day: String(period.day) }),
  }
}

/** The buckets one step finer than `period`: years, the months of a year, the days of a month; of a day, itself. */
export function bucketsQuery({ year, month, day }: Period) {
  const period = { year, month, day }
  const granularity = finerThan(period)
  return queryOptions({
    queryKey: [...timelineKey, 'buckets', period],
    queryFn: ({ signal }) => ask(endpoints.timeline, { query: { granularity, ...digits(period) } }, signal),
  })
}

function finerThan({ year, month }: Period): Granularity {
  if (year === undefined) return 'year'
  return month === undefined ? 'month' : 'day'
}

/** The photos of a list, newest first, a page at a time. */
export function photosQuery(list: PhotoList) {
  return infiniteQueryOptions({
    queryKey: [...timelineKey, 'photos', list],
    queryFn: ({ signal, pageParam }) =>
      ask(
        endpoints.timelinePhotos,
        {
          query: {
            ...filtersOf(list),
            limit: String(PHOTOS_A_PAGE),
            ...(pageParam === null ? {} : { cursor: pageParam }),
          },
        },
        signal,
      ),
    // The cursor of the first page is that there is none.
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.meta.next_cursor,
    select: gridPhotosOf,
  })
}

function filtersOf(list: PhotoList) {
  if (list === 'undated') return { undated: 'true' as const }
  return isFound(list) ? { q: list.words } : digits(list)
}

/** How many photos words find. */
export function foundCountQuery(words: string) {
  return queryOptions({
    queryKey: [...timelineKey, 'found', words],
    queryFn: async ({ signal }) =>
      (await ask(endpoints.listPhotos, { query: { q: words, limit: '1' } }, signal)).meta.total,
  })
}

function gridPhotosOf({ pages }: { readonly pages: readonly { readonly data: Columns }[] }): GridPhoto[] {
  return pages.flatMap(({ data }) => asGridPhotos(data))
}

/** What a grid needs of a photo: its shape is known before its picture comes. */
export interface GridPhoto {
  readonly hothash: string
  /** Width / height. */
  readonly ratio: number
  readonly takenAt: string | null
  readonly hasColdpreview: boolean
}

const HAS_COLDPREVIEW = 1

interface Columns {
  readonly hothash: readonly string[]
  readonly ratio: readonly number[]
  readonly taken_at: readonly (string | null)[]
  readonly flags: readonly number[]
}

function asGridPhotos({ hothash, ratio, taken_at, flags }: Columns): GridPhoto[] {
  return hothash.map((hash, index) => ({
    hothash: hash,
    ratio: ratio[index] ?? 1,
    takenAt: taken_at[index] ?? null,
    hasColdpreview: ((flags[index] ?? 0) & HAS_COLDPREVIEW) !== 0,
  }))
}

export type Direction = 'newer' | 'older'

/** The next day with photos in a direction, across months and years; null at either end of the library. */
export function neighbourDayQuery(client: QueryClient, day: Day, direction: Direction) {
  const bucketsOf = async (period: Period) => (await client.query(bucketsQuery(period))).data
  return queryOptions({
    queryKey: [...timelineKey, 'neighbour', day, direction],
    queryFn: async (): Promise<Day | null> => {
      for (let around: Period | null = parentOf(day); around; around = parentOf(around)) {
        const beyond = nearest(await bucketsOf(around), day, direction)
        if (beyond) return edgeDay(beyond, direction, bucketsOf)
      }
      return null
    },
  })
}

/** The first day of a bucket that is met when it is entered in a direction. */
async function edgeDay(
  bucket: Period,
  direction: Direction,
  bucketsOf: (period: Period) => Promise<readonly Bucket[]>,
): Promise<Day | null> {
  const { year, month, day } = bucket
  const period = { year, month, day }
  if (isDay(period)) return period
  const finer = await bucketsOf(period)
  const edge = direction === 'newer' ? finer.at(-1) : finer[0]
  return edge ? edgeDay(edge, direction, bucketsOf) : null
}

const ALL_PAGES = 1000

/** The photo that follows a day's last one, or comes before its first, in the next day that has any. */
export function photoBeyondQuery(client: QueryClient, day: Day, direction: Direction) {
  return queryOptions({
    queryKey: [...timelineKey, 'beyond', day, direction],
    queryFn: async (): Promise<{ photo: GridPhoto; list: Day } | null> => {
      const list = await client.query(neighbourDayQuery(client, day, direction))
      if (!list) return null
      const pages = direction === 'older' ? 1 : ALL_PAGES
      const photos = await client.infiniteQuery({ ...photosQuery(list), pages, staleTime: 0 })
      const photo = direction === 'older' ? photos[0] : photos.at(-1)
      return photo ? { photo, list } : null
    },
  })
}

/** The bucket beside the one that `day` is in. `buckets` are of one granularity, newest first. */
function nearest(buckets: readonly Bucket[], day: Day, direction: Direction): Bucket | null {
  const found =
    direction === 'older'
      ? buckets.find((bucket) => compare(bucket, day) < 0)
      : buckets.findLast((bucket) => compare(bucket, day) > 0)
  return found ?? null
}

/** Compares as far as the bucket is fine: a month that `day` is in is neither before nor after it. */
function compare(bucket: Bucket, day: Day): number {
  const { month = day.month, day: ofMonth = day.day } = bucket
  return bucket.year - day.year || month - day.month || ofMonth - day.day
}
