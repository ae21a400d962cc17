import { endpoints } from '@imalink/contract'
import { call } from '@imalink/client'
import { beforeAll, describe, expect, test } from 'vitest'
import { anEgg, withColdpreview } from './an-egg.ts'
import { SearchCampaign } from './search/search-campaign.ts'
import { ALICE, BOB, CAROL, testApp } from './test-app.ts'

const app = await testApp()
const [alice, bob, carol] = [await app.as(ALICE), await app.as(BOB), await app.as(CAROL)]
const LIST = '/api/v1/photos'
const SEARCH = '/api/v1/photos/search'
const SEED = Date.now() % 1_000_000

interface Listed {
  readonly data: readonly { readonly id: number }[]
  readonly meta: { readonly total: number }
}

describe(`random searches of a random library (seed ${SEED})`, () => {
  let campaign: SearchCampaign
  beforeAll(async () => {
    const people = { alice: alice.server, bob: bob.server, anybody: app.anonymous.server }
    campaign = await SearchCampaign.start(people, { seed: SEED, photos: 80 })
  })

  test('are answered as a naive filter answers them, in one and page by page', async () => {
    await campaign.run({ seed: SEED, searches: 300 })
  }, 120_000)
})

const refused = [
  ['a rating of 6', { rating_min: 6 }, 'rating_min'],
  ['a rating that is no number', { rating_max: 'five' }, 'rating_max'],
  ['ratings that end before they begin', { rating_min: 4, rating_max: 3 }, 'rating_max'],
  ['exposures that end before they begin', { f_number_min: 2.8, f_number_max: 1.8 }, 'f_number_max'],
  ['a day that does not exist', { taken_after: '2023-02-29' }, 'taken_after'],
  ['a year without a day', { taken_before: '2023' }, 'taken_before'],
  [
    'times that end before they begin',
    { taken_after: '2024-01-02', taken_before: '2024-01-01' },
    'taken_before',
  ],
  [
    'imports that end before they begin',
    { created_after: '2024-01-02T00:00:00Z', created_before: '2024-01-01' },
    'created_before',
  ],
  ['an instant without a zone', { created_after: '2024-01-02T00:00:00' }, 'created_after'],
  ['a place that is one number', { near: '59.9' }, 'near'],
  ['a place beyond the pole', { near: '91,0' }, 'near'],
  ['a radius around nothing', { radius_km: 3 }, 'radius_km'],
  ['a box upside down', { bbox: '0,10,1,9' }, 'bbox'],
  ['a box of three sides', { bbox: '0,10,1' }, 'bbox'],
  ['an orientation of its own', { orientation: 'diagonal' }, 'orientation'],
  ['another order', { sort_by: 'colour' }, 'sort_by'],
] as const

describe('a search is refused, in a query string and in JSON alike,', () => {
  test.each(refused)('with %s', async (_what, asked, path) => {
    const query = new URLSearchParams(
      Object.fromEntries(Object.entries(asked).map(([name, value]) => [name, String(value)])),
    )

    const listed = await alice.get(`${LIST}?${query.toString()}`)
    const searched = await alice.post(SEARCH, asked)

    for (const [reply, part] of [
      [listed, 'query'],
      [searched, 'body'],
    ] as const)
      expect(reply).toMatchObject({ status: 422, body: { errors: [{ path: `${part}.${path}` }] } })
  })

  test.each([
    ['no tag', 'tags=', { tags: [] }],
    ['no tag by id', 'tag_ids=', { tag_ids: [] }],
    ['what is no tag', 'tags=a%5C', { tags: ['a\\'] }],
    ['a filter that does not exist', 'colour=red', { colour: 'red' }],
    ['a choice of three', 'has_gps=perhaps', { has_gps: 'perhaps' }],
  ])('with %s', async (_what, query, asked) => {
    expect((await alice.get(`${LIST}?${query}`)).status).toBe(422)
    expect((await alice.post(SEARCH, asked)).status).toBe(422)
  })
})

describe('a photo', () => {
  const search = async (who: typeof carol, asked: object) =>
    ((await who.post(SEARCH, { scope: 'carol', ...asked })).body as Listed).data.map(({ id }) => id)

  test('is found by its author, its import and its larger preview', async () => {
    const session = await call(carol.server, endpoints.createImportSession, { body: { title: 'of a card' } })
    const egg = withColdpreview(anEgg({ visibility: 'public', import_session_id: session.id }))
    const { id } = await carol.create({ ...egg, metadata: { ...egg.metadata, taken_at: null } })
    await carol.create(anEgg({ visibility: 'public' }))

    expect(await search(carol, { import_session_id: session.id })).toEqual([id])
    expect(await search(carol, { has_coldpreview: true })).toEqual([id])
    expect(await search(alice, { has_coldpreview: true })).toEqual([id])
  })

  test('is not found through where it came from by others', async () => {
    const session = await call(carol.server, endpoints.createImportSession, { body: { title: 'secret' } })
    const egg = anEgg({ visibility: 'public', import_session_id: session.id, primary_filename: 'secret.jpg' })
    const { id } = await carol.create(egg)

    for (const asked of [{ import_session_id: session.id }, { file_name: 'secret' }]) {
      expect(await search(carol, asked)).toEqual([id])
      expect(await search(alice, asked)).toEqual([])
    }
  })

  test('is found by ids of tags, any of them, its own alone', async () => {
    const [one, two] = [
      await carol.create(anEgg({ tags: ['x'] })),
      await carol.create(anEgg({ tags: ['y'] })),
    ]
    const { tags } = (await carol.get(`${LIST}/${one.id}`)).body as { tags: { id: number }[] }
    const [{ id: ofOther }] = ((await carol.get(`${LIST}/${two.id}`)).body as { tags: [{ id: number }] }).tags

    expect(await search(carol, { tag_ids: tags.map((tag) => tag.id) })).toEqual([one.id])
    expect(await search(carol, { tag_ids: [...tags.map((tag) => tag.id), ofOther] })).toEqual([
      two.id,
      one.id,
    ])
    expect(await search(alice, { tag_ids: [ofOther] })).toEqual([])
  })

  test('is sorted by the title that it was given later', async () => {
    const { id } = await carol.create(anEgg({ title: 'Zebra', category: 'sorted' }))
    const { id: other } = await carol.create(anEgg({ title: 'Åse', category: 'sorted' }))
    await carol.patch(`${LIST}/${id}`, { title: 'aardvark' })

    const asked = { category: 'sorted', sort_by: 'title', sort_order: 'asc' }
    const before = await search(carol, asked)
    await carol.post(`${LIST}/batch`, { photos: [other], set: { title: 'A' } })

    expect([before, await search(carol, asked)]).toEqual([
      [id, other],
      [other, id],
    ])
  })

  test('in the trash is not found', async () => {
    const { id } = await carol.create(anEgg({ metadata: { camera_model: 'Trash 1' } }))
    const before = await search(carol, { camera_model: 'Trash 1' })
    await carol.delete(`${LIST}/${id}`)

    expect([before, await search(carol, { camera_model: 'Trash 1' })]).toEqual([[id], []])
  })
})

test('several values in a query string are commas or repetition', async () => {
  await carol.create(anEgg({ tags: ['mountain', 'snow'] }))
  const total = async (query: string) =>
    ((await carol.get(`${LIST}?scope=mine&${query}`)).body as Listed).meta.total

  expect(await total('tags=mountain,Snow')).toBe(1)
  expect(await total('tags=mountain&tags=snow')).toBe(1)
  expect(await total('tags=mountain,rain')).toBe(0)
  expect(await total('tags=mountain,rain&tag_logic=OR')).toBe(1)
})

test('a search answers as older clients call it', async () => {
  const asked = { scope: 'mine', sort_by: 'created_at' }

  const [one, other] = [
    await carol.post(SEARCH, asked),
    await carol.post('/api/v1/photo-searches/ad-hoc', asked),
  ]

  expect(other.status).toBe(200)
  expect(other.body).toEqual(one.body)
})

test('a cursor of one order is none of another', async () => {
  const { body } = await carol.get(`${LIST}?limit=1&sort_by=rating`)
  const { next_cursor } = (body as { meta: { next_cursor: string } }).meta

  const reply = await carol.get(`${LIST}?limit=1&sort_by=rating&sort_order=asc&cursor=${next_cursor}`)

  expect(reply).toMatchObject({ status: 400, body: { code: 'cursor_mismatch' } })
})
