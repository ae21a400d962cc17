import { type AnswerOf, type Bucket, type QueryOf, type timelineEndpoints, limits } from '@imalink/contract'
import { z } from 'zod'
import type { Viewer } from '../../access/viewer.ts'
import { isOwner } from '../../access/visibility.ts'
import { AppError } from '../../app-error.ts'
import { cutPage, readPage } from '../../paging.ts'
import { type Db, inSnapshot } from '../../storage/database/database.ts'
import { bucketKeys, periodPrefix, prefixLength, requireCoarser, wallClockMs } from './period.ts'
import * as timeline from './timeline.repository.ts'

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
  const range = { prefix: periodPrefix(period), length: prefixLength[granularity] }
  const rows = await timeline.countBuckets(db, viewer, query, range)
  const data: Bucket[] = []
  for (const row of rows) {
    const cover = await findCover(db, viewer, query, row)
    data.push({ ...bucketKeys(row.prefix, granularity), ...toBucket(row, cover) })
  }
  const given = Object.fromEntries(Object.entries(period).filter(([, value]) => value !== undefined))
  const total_photos = rows.reduce((sum, row) => sum + row.count, 0)
  const undated = await timeline.countUndated(db, viewer, query)
  return {
    data,
    meta: { granularity, ...given, [totalName[granularity]]: rows.length, total_photos, undated },
  }
}

function toBucket(row: timeline.BucketRow, cover: timeline.CoverCandidate) {
  return {
    count: row.count,
    preview_hothash: cover.hothash,
    preview_url: `/api/v1/photos/${cover.hothash}/hotpreview`,
    date_range: { first: row.first, last: row.last },
  }
}

/** The highest rated of 4 or 5, else the visible photo nearest to the midpoint, ties to the earlier. */
async function findCover(
  db: Db,
  viewer: Viewer,
  filter: QueryOf<Endpoints['timeline']>,
  bucket: timeline.BucketRow,
): Promise<timeline.CoverCandidate> {
  const { best, before, after } = await timeline.findCoverCandidates(db, viewer, filter, bucket)
  const cover = best ?? nearest(bucket, before, after)
  if (!cover) throw new Error(`the bucket ${bucket.prefix} has photos and no cover`)
  return cover
}

function nearest(
  bucket: timeline.BucketRow,
  before: timeline.CoverCandidate | null,
  after: timeline.CoverCandidate | null,
): timeline.CoverCandidate | null {
  if (!before || !after) return before ?? after
  const middle = (wallClockMs(bucket.first) + wallClockMs(bucket.last)) / 2
  const distance = (photo: timeline.CoverCandidate) => Math.abs(wallClockMs(photo.sort_time) - middle)
  return distance(before) <= distance(after) ? before : after
}

const gridKey = z.object({ sort_time: z.string(), id: z.int() })
const gridKeyOf = ({ sort_time, id }: timeline.GridKey): timeline.GridKey => ({ sort_time, id })
const GRID = 'timeline:newest'
const DEFAULT_LIMIT = 1000

const HAS_COLDPREVIEW = 1
const HAS_RAW = 2
const NOT_MINE = 8

/** The photos of a period as parallel arrays, newest first. */
export async function readTimelinePhotos(
  db: Db,
  viewer: Viewer,
  query: QueryOf<Endpoints['timelinePhotos']>,
): Promise<AnswerOf<Endpoints['timelinePhotos']>> {
  const page = readPage({ limit: query.limit, cursor: query.cursor }, GRID, gridKey, DEFAULT_LIMIT)
  const limit = Math.min(page.limit, limits.gridPhotos)
  const rows = await timeline.listGrid(db, viewer, query, { where: whereOf(query), limit, after: page.after })
  const { shown, nextCursor } = cutPage(rows, { limit }, GRID, gridKeyOf)
  const flagsOf = (row: (typeof rows)[number]) =>
    (row.coldpreview_sha256 === null ? 0 : HAS_COLDPREVIEW) +
    (row.has_raw === 1 ? HAS_RAW : 0) +
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

function whereOf(query: QueryOf<Endpoints['timelinePhotos']>): 'all' | 'undated' | { prefix: string } {
  const prefix = periodPrefix({ year: query.year, month: query.month, day: query.day, hour: query.hour })
  if (query.undated !== 'true') return prefix === '' ? 'all' : { prefix }
  if (prefix === '') return 'undated'
  throw new AppError('contradicting_parameters', 'Undated photos are in no year.')
}
