import type { Granularity, PhotoFilters } from '@imalink/contract'
import { afterAll, describe, expect, test } from 'vitest'
import { filteredBy } from '../src/access/photo-filters.ts'
import { NEWEST_FIRST, countPhotos } from '../src/access/sources.ts'
import { ANONYMOUS, type SignedIn } from '../src/access/viewer.ts'
import { type OwnerSource, sourcesFor, sourcesOfOwner } from '../src/access/visibility.ts'
import { listPage } from '../src/features/photos/photos.repository.ts'
import { findNearest, readBuckets } from '../src/features/timeline/buckets.repository.ts'
import { prefixLength } from '../src/features/timeline/period.ts'
import { listGrid } from '../src/features/timeline/timeline.repository.ts'
import { explainerOf } from './explainer.ts'
import { testApp } from './test-app.ts'
import { engine } from './test-database.ts'

const app = await testApp()
const OWNER: SignedIn = { userId: 1, credential: { kind: 'server' } }

const explainer = explainerOf(app.config.databaseUrl, { isUnwilling: true })
const { planOf } = explainer
afterAll(() => explainer.close())

/** A step that reads all photos or all counts, or sorts what it has read of photos. */
const COSTLY =
  engine === 'sqlite'
    ? /SCAN (photos|photo_counts|users)|TEMP B-TREE/
    : /Seq Scan on (photos|photo_counts|users)|Sort {2}\(/

/**
 * On SQLite a merge sorts the page that it takes of each source once more; on PostgreSQL so does one that puts last what comes
 * first in the index. Who shares where they were is read once there.
 */
const withoutPages = (plan: string) =>
  plan
    .replace(/SCAN (part|page)\nUSE TEMP B-TREE FOR ORDER BY/g, '')
    .replace(/Sort {2}\(.*\n(.*Disabled.*\n)?.*Sort Key: \(?\d\)?, /g, '')
    .replace(/SubPlan \d+\n\s+-> {2}Seq Scan on users/g, '')

const KEY = { key: '2024-01-01T00:00:00', id: 1 }
const page = { order: NEWEST_FIRST, limit: 50, offset: 0, after: null }
/** Every filter that is not a range of the list's own order. */
const FILTERS: Readonly<Record<string, PhotoFilters>> = {
  rating: { rating_min: 4, rating_max: 4 },
  'named tags': { tags: ['a', 'b'] },
  'one of some tags': { tags: ['a', 'b'], tag_logic: 'OR' },
  'tags by id': { tag_ids: [1, 2] },
  'no tag': { untagged: true },
  author: { author_id: 1 },
  session: { import_session_id: 1 },
  words: { category: 'x', flag: 'pick', color_label: 'red' },
  make: { camera_make: 'x' },
  model: { camera_model: 'x' },
  lens: { lens_model: 'x' },
  'time of import': { created_after: '2024-01-01T00:00:00.000Z', created_before: '2024-01-01T00:00:00.000Z' },
  exposure: {
    iso_min: 1,
    iso_max: 2,
    f_number_min: 1,
    f_number_max: 2,
    focal_length_min: 1,
    focal_length_max: 2,
  },
  picture: { orientation: 'portrait', has_raw: true, has_coldpreview: true },
  place: { has_gps: true },
  'near place': { near: { lat: 59.9, lon: 10.7 } },
  box: { bbox: { west: 170, east: -170, south: 0, north: 1 } },
  'name of a file': { file_name: 'IMG_1.jpg' },
  'part of the name of a file': { file_name: 'IMG_*' },
}
const viewers: readonly [string, OwnerSource[]][] = [
  ['the owner, of all that they see', sourcesFor(OWNER)],
  ['the owner, of their own', sourcesOfOwner(OWNER, OWNER.userId)],
  ['a stranger, of one owner', sourcesOfOwner({ ...OWNER, userId: 2 }, OWNER.userId)],
  ['anybody', sourcesFor(ANONYMOUS)],
]

describe.each(viewers)('for %s', (_who, sources) => {
  test.each([
    ['the first page', null],
    ['a later page', KEY],
  ])('%s of the list comes in the order of indexes', async (_which, after) => {
    const plan = await planOf((db) =>
      listPage(
        db,
        { sources, where: undefined, whereOfAll: undefined, candidates: null, gathered: null },
        { ...page, after },
      ),
    )

    expect(plan).toMatch(/photos_(own|open)_time/)
    expect(withoutPages(plan)).not.toMatch(COSTLY)
  })

  test.each(
    Object.entries({ ...FILTERS, 'some days': { taken_after: '2024-01-01', taken_before: '2024-01-07' } }),
  )('photos by %s come in the order of indexes', async (_which, filters) => {
    const where = filteredBy(app.db, OWNER, filters)

    const plan = await planOf((db) =>
      listPage(db, { sources, where, whereOfAll: where, candidates: null, gathered: null }, page),
    )

    expect(plan).toMatch(/photos_(own|open)_time/)
    expect(withoutPages(plan)).not.toMatch(COSTLY)
  })

  test.each([
    ['created_at', /photos_(own|open)_created/],
    ['rating', /photos_(own|open)_rating/],
    ['title', /photos_(own|open)_title/],
    ['taken_at', /photos_(own|open)_time/],
  ] as const)('photos by %s come in the order of indexes, both ways', async (by, index) => {
    for (const direction of ['asc', 'desc'] as const) {
      const after = { key: by === 'rating' ? 3 : 'x', id: 1 }

      const plan = await planOf((db) =>
        listPage(
          db,
          { sources, where: undefined, whereOfAll: undefined, candidates: null, gathered: null },
          { ...page, order: { by, direction }, after },
        ),
      )

      expect(plan).toMatch(index)
      expect(withoutPages(plan)).not.toMatch(COSTLY)
    }
  })

  test.each([
    ['the first page of a day', { prefix: '2024-01-01' }, null],
    ['a later page of a day', { prefix: '2024-01-01' }, KEY],
    ['what is undated', 'undated', null],
  ] as const)('%s of the grid comes in the order of indexes', async (_which, times, after) => {
    const plan = await planOf((db) =>
      listGrid(
        db,
        { sources, where: undefined, whereOfAll: undefined, candidates: null, gathered: null },
        times,
        {
          limit: 1000,
          after,
        },
      ),
    )

    expect(plan).toMatch(/photos_(own|open)_time/)
    expect(withoutPages(plan)).not.toMatch(COSTLY)
  })

  test.each(Object.entries(prefixLength) as [Granularity, number][])(
    'the buckets of a %s are counted, bounded and covered without reading their photos',
    async (_granularity, length) => {
      const plan = await planOf((db) => readBuckets(db, sources, { prefix: '2024', length }))

      expect(plan).toMatch(
        engine === 'sqlite' ? /SEARCH photo_counts USING PRIMARY KEY/ : /photo_counts_bucket/,
      )
      expect(plan).toMatch(/photos_(own|open)_time[^]*photos_(own|open)_best/)
      expect(plan.replace(/Sort.*\n.*Sort Key: photo_counts.*/g, '')).not.toMatch(COSTLY)
    },
  )

  test('what is nearest to the middle of a bucket is found by steps into an index', async () => {
    const middles = sources.map((source) => ({
      ...source,
      prefix: '2024',
      middle: '2024-06-15T12:00:00.000',
    }))

    const plan = await planOf((db) => findNearest(db, middles))

    expect(plan).toMatch(/photos_(own|open)_time/)
    expect(plan).not.toMatch(COSTLY)
  })

  test('totals are read from what is counted by year', async () => {
    const plan = await planOf((db) => countPhotos(db, sources, 'all'))

    expect(plan).toMatch(/photo_counts/)
    expect(plan).not.toMatch(COSTLY)
  })
})
