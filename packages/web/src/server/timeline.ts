import { type Bucket, type Granularity, endpoints } from '@imalink/contract'
import { type QueryClient, infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import type { Day, Period, PhotoList } from '../dates/period.ts'
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
export function bucketsQuery(period: Period) {
  return countsQuery(period, finerThan(period))
}

function countsQuery(period: Period, granularity: Granularity) {
  return queryOptions({
    queryKey: [...timelineKey, 'buckets', granularity, period],
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
            ...(list === 'undated' ? { undated: 'true' as const } : digits(list)),
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
  return queryOptions({
    queryKey: [...timelineKey, 'neighbour', day, direction],
    queryFn: async (): Promise<Day | null> => {
      const { year, month } = day
      const days = (await client.query(bucketsQuery({ year, month }))).data.map(asDay)
      const within = nearest(days, day, direction)
      if (within) return within
      const months = (await client.query(countsQuery({}, 'month'))).data.map(asDay)
      const beyond = nearest(months, { year, month, day: 1 }, direction)
      if (!beyond) return null
      const itsDays = await client.query(bucketsQuery({ year: beyond.year, month: beyond.month }))
      const edge = direction === 'newer' ? itsDays.data.at(-1) : itsDays.data[0]
      return edge ? asDay(edge) : null
    },
  })
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

function asDay({ year, month = 1, day = 1 }: Bucket): Day {
  return { year, month, day }
}

/** `days` is newest first. */
function nearest(days: readonly Day[], from: Day, direction: Direction): Day | null {
  const found =
    direction === 'older'
      ? days.find((day) => ordinal(day) < ordinal(from))
      : days.findLast((day) => ordinal(day) > ordinal(from))
  return found ?? null
}

function ordinal({ year, month, day }: Day): number {
  return (year * 12 + month) * 31 + day
}
