import type { ListMeta, Photo, SavedSearch } from '@imalink/contract'
import { beforeEach, expect, test } from 'vitest'
import { anEgg } from './an-egg.ts'
import { ALICE, BOB, testApp } from './test-app.ts'

const app = await testApp()
const [alice, bob] = [await app.as(ALICE), await app.as(BOB)]
const SEARCHES = '/api/v1/photo-searches'

beforeEach(async () => {
  await app.emptyLibrary()
  await app.db.deleteFrom('saved_searches').execute()
})

/** What needs reading before it is a search: a place, a box, several tags, a day. */
const criteria = {
  q: 'sea -night',
  tags: ['Beach'],
  near: '59.9,10.7',
  radius_km: 50,
  taken_after: '2024-01-01',
  sort_by: 'rating',
  scope: 'mine',
}

async function save(body: object): Promise<SavedSearch> {
  return (await alice.post(SEARCHES, body)).body as SavedSearch
}

test('a search is saved as it was written, read, changed and forgotten', async () => {
  const created = await alice.post(SEARCHES, { name: 'Sea', search_criteria: criteria })
  const { id } = created.body as SavedSearch
  const changed = await alice.put(`${SEARCHES}/${id}`, { is_favorite: true, description: 'of summer' })
  const read = await alice.get(`${SEARCHES}/${id}`)
  const gone = await alice.delete(`${SEARCHES}/${id}`)

  expect(created).toMatchObject({
    status: 201,
    body: { name: 'Sea', description: null, search_criteria: criteria, is_favorite: false },
  })
  expect(changed).toMatchObject({ status: 200, body: { is_favorite: true, search_criteria: criteria } })
  expect(read.body).toEqual(changed.body)
  expect(gone.status).toBe(204)
  expect(await alice.get(`${SEARCHES}/${id}`)).toMatchObject({
    status: 404,
    body: { code: 'search_not_found' },
  })
})

test('a saved search finds what it is about now, page by page, as a search of the same words does', async () => {
  const { id } = await save({ name: 'Sea', search_criteria: criteria })
  const photo = { title: 'At sea', tags: ['beach'], taken_at: '2024-06-15T12:00:00' }
  const egg = () => {
    const laid = anEgg(photo)
    return { ...laid, metadata: { ...laid.metadata, gps_latitude: 59.95, gps_longitude: 10.8 } }
  }
  const ids = [(await alice.create(egg())).id, (await alice.create(egg())).id]
  await bob.create({ ...egg(), visibility: 'public' })
  const execute = async (page: object) =>
    (await alice.post(`${SEARCHES}/${id}/execute`, page)).body as { data: Photo[]; meta: ListMeta }

  const whole = await execute({})
  const first = await execute({ limit: 1 })
  const second = await execute({ limit: 1, cursor: first.meta.next_cursor })

  expect(whole.data.map((one) => one.id)).toEqual(ids.toReversed())
  expect([...first.data, ...second.data]).toEqual(whole.data)
  expect(whole).toEqual((await alice.post('/api/v1/photos/search', criteria)).body)
})

test('searches are listed in the order they came, those of others not', async () => {
  for (const name of ['one', 'two', 'three']) await save({ name, search_criteria: {} })
  await bob.post(SEARCHES, { name: 'of bob', search_criteria: {} })

  const first = (await alice.get(`${SEARCHES}?limit=2`)).body as { data: SavedSearch[]; meta: ListMeta }
  const second = (await alice.get(`${SEARCHES}?limit=2&cursor=${first.meta.next_cursor}`))
    .body as typeof first

  expect([...first.data, ...second.data].map(({ name }) => name)).toEqual(['one', 'two', 'three'])
  expect([first.meta.total, second.meta.next_cursor]).toEqual([3, null])
})

test('other criteria take the place of those that were there', async () => {
  const { id } = await save({ name: 'Sea', search_criteria: criteria })

  const { body } = await alice.put(`${SEARCHES}/${id}`, { search_criteria: { untagged: true } })

  expect(body).toMatchObject({ name: 'Sea', search_criteria: { untagged: true } })
  expect((body as SavedSearch).search_criteria).not.toHaveProperty('q')
})

test.each([
  ['no name', { search_criteria: {} }],
  ['an empty name', { name: ' ', search_criteria: {} }],
  ['no criteria', { name: 'a' }],
  ['a filter that does not exist', { name: 'a', search_criteria: { colour: 'red' } }],
  ['a range that holds nothing', { name: 'a', search_criteria: { rating_min: 3, rating_max: 2 } }],
  ['a page', { name: 'a', search_criteria: { limit: 3 } }],
])('a search is refused with %s', async (_what, body) => {
  expect((await alice.post(SEARCHES, body)).status).toBe(422)
  expect(((await alice.get(SEARCHES)).body as { meta: ListMeta }).meta.total).toBe(0)
})

test('a search goes with the account that saved it', async () => {
  const carol = await app.as({ username: 'carol', email: 'carol@example.org', password: 'a good password' })
  await carol.post(SEARCHES, { name: 'of carol', search_criteria: {} })
  await carol.post('/api/v1/photo-searches', { name: 'another', search_criteria: {} })

  await app.db.deleteFrom('users').where('id', '=', carol.id).execute()

  expect(await app.db.selectFrom('saved_searches').select('name').execute()).toEqual([])
})
