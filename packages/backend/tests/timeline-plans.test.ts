import type { Granularity } from '@imalink/contract'
import { afterAll, describe, expect, test } from 'vitest'
import { filteredBy } from '../src/access/photo-filters.ts'
import { countPhotos } from '../src/access/sources.ts'
import { ANONYMOUS, type SignedIn } from '../src/access/viewer.ts'
import { type Source, sourcesFor, sourcesOfOwner } from '../src/access/visibility.ts'
import { listNewest } from '../src/features/photos/photos.repository.ts'
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

/** On SQLite a merge sorts the page that it takes of each source once more. */
const withoutPages = (plan: string) => plan.replace(/SCAN newest\nUSE TEMP B-TREE FOR ORDER BY/g, '')

const KEY = { sort_time: '2024-01-01T00:00:00', id: 1 }
const viewers: readonly [string, Source[]][] = [
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
    const plan = await planOf((db) => listNewest(db, sources, { limit: 50, offset: 0, after }))

    expect(plan).toMatch(/photos_(own|open)_time/)
    expect(withoutPages(plan)).not.toMatch(COSTLY)
  })

  test.each([
    ['of a rating', { rating_min: 4 }],
    ['of some days', { taken_after: '2024-01-01', taken_before: '2024-01-07' }],
  ])('photos %s come in the order of indexes', async (_which, filters) => {
    const where = filteredBy(filters)

    const plan = await planOf((db) => listNewest(db, sources, { limit: 50, offset: 0, after: null, where }))

    expect(plan).toMatch(/photos_(own|open)_time/)
    expect(withoutPages(plan)).not.toMatch(COSTLY)
  })

  test.each([
    ['the first page of a day', { prefix: '2024-01-01' }, null],
    ['a later page of a day', { prefix: '2024-01-01' }, KEY],
    ['what is undated', 'undated', null],
  ] as const)('%s of the grid comes in the order of indexes', async (_which, times, after) => {
    const plan = await planOf((db) => listGrid(db, sources, times, { limit: 1000, after }))

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
