import { type AnswerOf, type QueryOf, type timelineEndpoints, limits } from '@imalink/contract'
import { z } from 'zod'
import { selectPhotos } from '../../access/selection.ts'
import { type PhotoKey, countPhotos } from '../../access/sources.ts'
import type { Viewer } from '../../access/viewer.ts'
import { isOwner } from '../../access/visibility.ts'
import { AppError } from '../../app-error.ts'
import { cutPage, readPage } from '../../paging.ts'
import { type Db, inSnapshot } from '../../storage/database/database.ts'
import { type CoveredBucket, readCoveredBuckets, readFilteredBuckets } from './buckets.service.ts'
import { countUndated } from './filtered-buckets.repository.ts'
import { bucketKeys, periodPrefix, prefixLength, requireCoarser } from './period.ts'
import { type GridTimes, listGrid } from './timeline.repository.ts'

type Endpoints = typeof timelineEndpoints

const totalName = {
  year: 'total_years',
  month: 'total_months',
  day: 'total_days',
  hour: 'total_hours',
} as const

/** Buckets of one granularity, newest first: counts, covers, ranges, all over what the viewer may see. */
export function readTimeline(
  db: Db,
  viewer: Viewer,
  query: QueryOf<Endpoints['timeline']>,
): Promise<AnswerOf<Endpoints['timeline']>> {
  return inSnapshot(db, (tx) => bucketsAndCovers(tx, viewer, query))
}

async function bucketsAndCovers(
  db: Db,
  viewer: Viewer,
  query: QueryOf<Endpoints['timeline']>,
): Promise<AnswerOf<Endpoints['timeline']>> {
  const granularity = query.granularity ?? 'year'
  const { year, month, day, hour } = query
  const period = { year, month, day, hour }
  requireCoarser(granularity, period)
  const selection = await selectPhotos(db, viewer, query)
  const range = { prefix: periodPrefix(period), length: prefixLength[granularity] }
  const isFiltered = selection.where !== undefined
  const buckets = isFiltered
    ? await readFilteredBuckets(db, selection, range)
    : await readCoveredBuckets(db, selection.sources, range)
  const given = Object.fromEntries(Object.entries(period).filter(([, value]) => value !== undefined))
  const total_photos = buckets.reduce((sum, bucket) => sum + bucket.count, 0)
  const undated = isFiltered
    ? await countUndated(db, selection)
    : await countPhotos(db, selection.sources, 'undated')
  return {
    data: buckets.map((bucket) => ({ ...bucketKeys(bucket.prefix, granularity), ...toBucket(bucket) })),
    meta: { granularity, ...given, [totalName[granularity]]: buckets.length, total_photos, undated },
  }
}

function toBucket({ count, first, last, cover }: CoveredBucket) {
  return {
    count,
    preview_hothash: cover.hothash,
    preview_url: `/api/v1/photos/${cover.hothash}/hotpreview`,
    date_range: { first, last },
  }
}

const gridKey = z.object({ key: z.string(), id: z.int() })
const gridKeyOf = ({ key, id }: PhotoKey): PhotoKey => ({ key, id })
const GRID = 'timeline:newest'
const DEFAULT_LIMIT = 1000

const HAS_COLDPREVIEW = 1
const HAS_RAW = 2
const IN_STACK = 4
const NOT_MINE = 8

/** The photos of a period as parallel arrays, newest first. */
export async function readTimelinePhotos(
  db: Db,
  viewer: Viewer,
  query: QueryOf<Endpoints['timelinePhotos']>,
): Promise<AnswerOf<Endpoints['timelinePhotos']>> {
  const page = readPage({ limit: query.limit, cursor: query.cursor }, GRID, gridKey, DEFAULT_LIMIT)
  const limit = Math.min(page.limit, limits.gridPhotos)
  const times = timesOf(query)
  const selection = await selectPhotos(db, viewer, query)
  const rows = await listGrid(db, selection, times, { limit, after: page.after })
  const { shown, nextCursor } = cutPage(rows, { limit }, GRID, gridKeyOf)
  const flagsOf = (row: (typeof rows)[number]) =>
    (row.coldpreview_sha256 === null ? 0 : HAS_COLDPREVIEW) +
    (row.has_raw === 1 ? HAS_RAW : 0) +
    (row.stack_id === null ? 0 : IN_STACK) +
    (isOwner(viewer, row) ? 0 : NOT_MINE)
  return {
    data: {
      id: shown.map((row) => row.id),
      hothash: shown.map((row) => row.hothash),
      ratio: shown.map((row) => Math.round((row.width / row.height) * 10_000) / 10_000),
      rating: shown.map((row) => row.rating),
      taken_at: shown.map((row) => row.taken_at),
      flags: shown.map(flagsOf),
    },
    meta: { count: shown.length, next_cursor: nextCursor },
  }
}

function timesOf(query: QueryOf<Endpoints['timelinePhotos']>): GridTimes {
  const prefix = periodPrefix({ year: query.year, month: query.month, day: query.day, hour: query.hour })
  if (query.undated !== true) return prefix === '' ? 'all' : { prefix }
  if (prefix === '') return 'undated'
  throw new AppError('contradicting_parameters', 'Undated photos are in no year.')
}
