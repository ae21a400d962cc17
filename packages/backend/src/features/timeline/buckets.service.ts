import type { Selection } from '../../access/selection.ts'
import { type OwnerSource, type Source, isOwned, isShared } from '../../access/visibility.ts'
import type { Db } from '../../storage/database/database.ts'
import {
  type BucketRange,
  type CoverCandidate,
  type SourceBucket,
  findNearest,
  readBuckets,
  readCandidates,
} from './buckets.repository.ts'
import { countFiltered, nearestFiltered } from './filtered-buckets.repository.ts'
import { midpoint, wallClockMs } from './period.ts'

interface CountedBucket {
  readonly prefix: string
  readonly count: number
  readonly first: string
  readonly last: string
  /** Whether one of its photos is rated 4 or 5. */
  readonly hasBest: boolean
}

/** Of photos in spaces no counts are kept: `source` is null. */
interface Part extends Omit<SourceBucket, 'userId' | 'visibility'> {
  readonly source: OwnerSource | null
}

interface BucketOfParts extends CountedBucket {
  readonly parts: readonly Part[]
}

export interface CoveredBucket extends CountedBucket {
  readonly cover: CoverCandidate
}

/**
 * The sources' buckets with their covers, newest first. Where the prefix is finer than the buckets, they are over its photos
 * alone. The number of statements does not depend on the number of buckets.
 */
export async function readCoveredBuckets(
  db: Db,
  sources: readonly Source[],
  { prefix, length }: BucketRange,
): Promise<CoveredBucket[]> {
  const range = { prefix, length: Math.max(length, prefix.length) }
  const shared = { ...ALL, sources: sources.filter(isShared) }
  const owned = sources.filter(isOwned)
  const parts: Part[] = [
    ...(await readBuckets(db, owned, range)).map(({ userId, visibility, ...part }) => ({
      ...part,
      source: { userId, visibility },
    })),
    ...(await countFiltered(db, shared, range)).map((part) => ({ ...part, source: null })),
  ]
  const buckets = [...Map.groupBy(parts, (part) => part.prefix)]
    .sort(([a], [b]) => (a < b ? 1 : -1))
    .map(([name, some]) => together(name, some))
  return withCovers(buckets, await findCandidates(db, buckets, { shared, range }))
}

/** A selection of all that sources have. */
const ALL = { where: undefined, whereOfAll: undefined, candidates: null, gathered: null }

/** The same over what filters let through: counted one by one, in three statements. */
export async function readFilteredBuckets(
  db: Db,
  selection: Selection,
  { prefix, length }: BucketRange,
): Promise<CoveredBucket[]> {
  const range = { prefix, length: Math.max(length, prefix.length) }
  const buckets = (await countFiltered(db, selection, range))
    .sort((a, b) => (a.prefix < b.prefix ? 1 : -1))
    .map((bucket) => ({ ...bucket, hasBest: bucket.best_id !== null }))
  const middles = buckets
    .filter(({ hasBest }) => !hasBest)
    .map(({ first, last, ...bucket }) => ({ prefix: bucket.prefix, middle: midpoint(first, last) }))
  const best = buckets.flatMap(({ best_id }) => best_id ?? [])
  const ids = [...best, ...(await nearestFiltered(db, selection, middles, range))]
  return withCovers(buckets, byBucket(await readCandidates(db, ids), range.length))
}

function withCovers<Bucket extends CountedBucket>(
  buckets: readonly Bucket[],
  candidates: ReadonlyMap<string, readonly CoverCandidate[]>,
): (Bucket & { readonly cover: CoverCandidate })[] {
  return buckets.map((bucket) => ({ ...bucket, cover: chooseCover(bucket, candidates) }))
}

function byBucket(candidates: readonly CoverCandidate[], length: number): Map<string, CoverCandidate[]> {
  return Map.groupBy(candidates, ({ sort_time }) => sort_time.slice(0, length))
}

function together(prefix: string, parts: readonly Part[]): BucketOfParts {
  return {
    prefix,
    count: parts.reduce((sum, part) => sum + part.count, 0),
    first: parts.map(({ first }) => first).reduce((a, b) => (a < b ? a : b)),
    last: parts.map(({ last }) => last).reduce((a, b) => (a > b ? a : b)),
    hasBest: parts.some(({ best_id }) => best_id !== null),
    parts,
  }
}

/** What each bucket's cover is chosen from, by the bucket's name. */
async function findCandidates(
  db: Db,
  buckets: readonly BucketOfParts[],
  { shared, range }: { readonly shared: Selection; readonly range: BucketRange },
): Promise<Map<string, CoverCandidate[]>> {
  const best = buckets.flatMap(({ parts }) => parts.flatMap(({ best_id }) => best_id ?? []))
  const middles = buckets
    .filter(({ hasBest }) => !hasBest)
    .flatMap(({ prefix, first, last, parts }) =>
      parts.map(({ source }) => ({ source, prefix, middle: midpoint(first, last) })),
    )
  const inSources = middles.flatMap(({ source, ...middle }) => (source ? [{ ...source, ...middle }] : []))
  const inSpaces = middles.filter(({ source }) => source === null)
  const nearest = [
    ...(await findNearest(db, inSources)),
    ...(await nearestFiltered(db, shared, inSpaces, range)),
  ]
  return byBucket(await readCandidates(db, [...best, ...nearest]), range.length)
}

/** The highest rated of 4 or 5, ties to the latest; else what is nearest to the middle, ties to the earlier; then the lower id. */
function chooseCover(
  bucket: CountedBucket,
  candidates: ReadonlyMap<string, readonly CoverCandidate[]>,
): CoverCandidate {
  const [cover] = (candidates.get(bucket.prefix) ?? []).toSorted(
    bucket.hasBest ? byRating : byDistance(bucket),
  )
  if (!cover) throw new Error(`the bucket ${bucket.prefix} has photos and no cover`)
  return cover
}

function byRating(a: CoverCandidate, b: CoverCandidate): number {
  return b.rating - a.rating || wallClockMs(b.sort_time) - wallClockMs(a.sort_time) || a.id - b.id
}

function byDistance({ first, last }: CountedBucket) {
  const middle = (wallClockMs(first) + wallClockMs(last)) / 2
  const distance = (photo: CoverCandidate) => Math.abs(wallClockMs(photo.sort_time) - middle)
  return (a: CoverCandidate, b: CoverCandidate) =>
    distance(a) - distance(b) || wallClockMs(a.sort_time) - wallClockMs(b.sort_time) || a.id - b.id
}
