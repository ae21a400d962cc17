import type { Photo, PhotoFilters } from '@imalink/contract'
import { afterAll, describe, expect, test } from 'vitest'
import { seedLibrary } from '../bench/seed.ts'
import { fewCandidates } from '../src/access/candidates.ts'
import { countableBy, filteredBy } from '../src/access/photo-filters.ts'
import { NEWEST_FIRST, countMatching } from '../src/access/sources.ts'
import { type PhotoWishes, type Selection, countSelection, selectPhotos } from '../src/access/selection.ts'
import { countTagged } from '../src/access/tagged.ts'
import { ANONYMOUS, type SignedIn } from '../src/access/viewer.ts'
import { sourcesFor } from '../src/access/visibility.ts'
import { clusterPhotos } from '../src/features/map/map.repository.ts'
import { listPage } from '../src/features/photos/photos.repository.ts'
import { countFacets } from '../src/features/statistics/facets.repository.ts'
import { countFiltered } from '../src/features/timeline/filtered-buckets.repository.ts'
import type { Db } from '../src/storage/database/database.ts'
import { explainerOf } from './explainer.ts'
import { ALICE, BOB, testApp } from './test-app.ts'
import { engine } from './test-database.ts'

const app = await testApp()
const explainer = explainerOf(app.config.databaseUrl)
const { planOf } = explainer
afterAll(() => explainer.close())

const [alice, bob] = [await app.as(ALICE), await app.as(BOB)]
const owner: SignedIn = { userId: alice.id, credential: { kind: 'server' } }
await seedLibrary(app.storage, { photos: 20_000, ownerId: alice.id, otherId: bob.id, previewBytes: 16 })
const session = await alice.post('/api/v1/import-sessions', {})
await alice.post('/api/v1/photos/batch', { photos: [1, 2, 3], add_tags: ['a', 'a/b'] })
// More than are looked at one by one; some have a tag below `many` beside it.
const some = { rating_min: 1, rating_max: 2 }
await alice.post('/api/v1/photos/batch', { filter: some, add_tags: ['most', 'many'] })
await alice.post('/api/v1/photos/batch', {
  filter: { rating_max: 0, visibility: 'private' },
  add_tags: ['many/few'],
})
await alice.post('/api/v1/photos/batch', {
  filter: { ...some, visibility: 'public' },
  add_tags: ['many/open'],
})
await bob.post('/api/v1/photos/batch', { filter: some, add_tags: ['most'] })
const [mostlyTagged] = ((await alice.get('/api/v1/photos?tags=most&scope=mine')).body as { data: Photo[] })
  .data
await alice.delete(`/api/v1/photos/${mostlyTagged?.id}`)
const most = mostlyTagged?.tags.find(({ name }) => name === 'most')?.id ?? 0

const sources = sourcesFor(owner)
const page = { order: NEWEST_FIRST, limit: 50, offset: 0, after: null }

const WORDS = engine === 'sqlite' ? /photo_texts VIRTUAL TABLE INDEX 0:M/ : /photo_texts_whole/

/** Each filter that has an index, asked for what few photos have. */
const selective: readonly [string, PhotoFilters, RegExp][] = [
  ['tags', { tags: ['a'] }, /photo_tags_tag/],
  ['one of some tags', { tags: ['a', 'c'], tag_logic: 'OR' }, /photo_tags_tag/],
  ['ids of tags', { tag_ids: [1] }, /photo_tags_tag/],
  ['author', { author_id: 1 }, /photos_author/],
  ['session', { import_session_id: (session.body as { id: number }).id }, /photos_import_session/],
  ['make', { camera_make: 'Nobody' }, /photos_camera_make/],
  ['model', { camera_model: 'None' }, /photos_camera_model/],
  ['lens', { lens_model: 'None' }, /photos_lens_model/],
  ['rating', { rating_min: 5 }, /photos_own_(rating|best)/],
  ['time of import', { created_after: '2100-01-01T00:00:00.000Z' }, /photos_own_created/],
  ['near place', { near: { lat: -80, lon: -170 }, radius_km: 1 }, /photos_gps_cell/],
  ['box', { bbox: { west: 179, east: -179, south: -80, north: -79.9 } }, /photos_gps_cell/],
  ['a word', { q: 'kingfisher' }, WORDS],
  ['name of a file', { file_name: 'IMG_1.jpg' }, /image_files_stem/],
]

const ALL_READ =
  engine === 'sqlite' ? /SCAN (photos|image_files|photo_tags)/ : /Seq Scan on (photos|image_files)\b/

describe.each(selective)('few photos by %s', (_what, filters, index) => {
  test('are found by the index of it, and listed and counted out of them', async () => {
    const selection = await selectPhotos(app.db, owner, filters)

    const plans = [
      await planOf((db) => fewCandidates(db, owner, sources, filters)),
      await planOf((db) => listPage(db, selection, page)),
      await planOf((db) => countSelection(db, owner, selection, filters)),
    ]

    for (const plan of plans) {
      expect(plan).toMatch(index)
      expect(plan).not.toMatch(ALL_READ)
    }
  })
})

test('what many photos have is listed in the order of time, and no candidates are gathered', async () => {
  expect(await fewCandidates(app.db, owner, sources, { rating_min: 0 })).toBeNull()
})

test.runIf(engine === 'sqlite')('what has the beginning of a word is gathered once for a page', async () => {
  const plan = await planOf(async (db) => {
    const where = filteredBy(db, owner, { q: 'phot*' })
    return listPage(db, { sources, where, whereOfAll: where, candidates: null, gathered: null }, page)
  })

  expect(plan).toMatch(/SCAN photo_texts VIRTUAL TABLE/)
  expect(plan).not.toMatch(/CORRELATED/)
})

test('ratings are counted in their index', async () => {
  const where = countableBy(app.db, owner, { rating_min: 1, rating_max: 3 })
  if (!where) throw new Error('nothing to count')

  const plan = await planOf((db) => countMatching(db, sources, where))

  expect(plan).toMatch(/photos_own_rating/)
})

test.each(selective)(
  'photos by %s are the same whether candidates are gathered or not',
  async (_what, filters) => {
    const some = { ...filters, iso_min: 1 }
    const where = filteredBy(app.db, owner, some)
    const candidates = (await fewCandidates(app.db, owner, sources, some))?.ids ?? null

    const one = await listPage(
      app.db,
      { sources, where, whereOfAll: where, candidates, gathered: null },
      page,
    )
    const other = await listPage(
      app.db,
      { sources, where, whereOfAll: where, candidates: null, gathered: null },
      page,
    )

    expect(candidates).not.toBeNull()
    expect(one).toEqual(other)
  },
)

describe.each([
  ['the owner', owner],
  ['another user', { ...owner, userId: bob.id }],
  ['anybody', ANONYMOUS],
] as const)('what many photos have, for %s,', (_who, viewer) => {
  test.each<PhotoWishes>([
    { q: 'photo' },
    { q: 'photo -kingfisher' },
    { q: '-kingfisher' },
    { q: 'img' },
    { q: 'photo -img' },
    { q: 'photo', rating_min: 1 },
    { tags: ['tag 6'] },
    { tags: ['tag 6'], visibility: 'public' },
    { tags: ['tag 6'], scope: 'bob' },
    { tags: ['most'] },
    { tags: ['most'], scope: 'alice' },
    { tags: ['most'], visibility: 'private' },
    { tags: ['most'], visibility: 'public' },
    { tags: ['most'], undated: false },
    { tag_ids: [most] },
    { tags: ['many'] },
    { tags: ['tag 6', 'tag 7'], tag_logic: 'OR', rating_min: 1 },
    { q: 'photo', tags: ['tag 6'] },
  ])('%j is counted and listed as one photo after the other would be', async (asked) => {
    const selection = await selectPhotos(app.db, viewer, asked)
    const each = filteredBy(app.db, viewer, asked, 'each')
    const atOnce = filteredBy(app.db, viewer, asked, 'at once')
    if (!each) throw new Error('nothing is asked')
    const list = (where: typeof each | undefined) =>
      listPage(
        app.db,
        { sources: selection.sources, where, whereOfAll: where, candidates: null, gathered: null },
        page,
      )

    const counted = await countSelection(app.db, viewer, selection, asked)

    expect(counted).toBe(await countMatching(app.db, selection.sources, each))
    expect(await list(atOnce)).toEqual(await list(each))
  })
})

test('one tag that many photos have is counted by what is kept, several are not', async () => {
  const counted = (asked: PhotoWishes) => countTagged(app.db, owner, sources, asked)

  expect(await fewCandidates(app.db, owner, sources, { tags: ['most'] })).toBeNull()
  expect(await counted({ tags: ['most'] })).toBeGreaterThan(5000)
  expect(await counted({ tag_ids: [most] })).toBeGreaterThan(5000)
  expect(await counted({ tags: ['many'] })).toBeNull()
  expect(await counted({ tags: ['most'], undated: false })).toBeNull()
  expect(await counted({ tags: ['most'], visibility: 'public' })).toBeNull()
})

// Joined with photos once more, what PostgreSQL takes to be many made it read the index of all.
test.each<readonly [string, number, (db: Db, selection: Selection) => Promise<unknown>]>([
  ['facets', 2, countFacets],
  ['a timeline', 1, (db, selection) => countFiltered(db, selection, { prefix: '', length: 4 })],
  ['the map', 3, (db, selection) => clusterPhotos(db, selection, { degrees: 1, most: 100 })],
])('%s of few photos: each is looked up %d times', async (_what, times, ask) => {
  const selection = await selectPhotos(app.db, owner, { tags: ['a'] })

  const plan = await planOf((db) => ask(db, selection))

  const lookUps = plan.match(
    engine === 'sqlite' ? /photos USING INTEGER PRIMARY KEY/g : /photos_pkey on photos/g,
  )
  expect(lookUps).toHaveLength(times)
  expect(plan).not.toMatch(ALL_READ)
})
