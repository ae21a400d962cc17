import type { CreatedPhoto, Photo } from '@imalink/contract'
import { beforeEach, expect, test } from 'vitest'
import { seedLibrary } from '../bench/seed.ts'
import { anEgg } from './an-egg.ts'
import { ALICE, BOB, testApp } from './test-app.ts'

const app = await testApp()
const [alice, bob] = [await app.as(ALICE), await app.as(BOB)]
beforeEach(app.emptyLibrary)

const batch = (body: object) => alice.post('/api/v1/photos/batch', body)
const read = async (id: number) => (await alice.get(`/api/v1/photos/${id}`)).body as Photo
const problem = (status: number, code: string) => ({ status, body: { code } })

/** Photos of Alice's, one after the other. */
async function photos(count: number, wishes: object = {}) {
  const made = []
  for (let number = 0; number < count; number++) made.push(await alice.create(anEgg(wishes)))
  return made
}

test('changes all of them by id and hothash, and says how many are not as they were', async () => {
  const [a, b, c] = (await photos(3, { tags: ['old'] })) as [CreatedPhoto, CreatedPhoto, CreatedPhoto] // Three were made.
  await alice.patch(`/api/v1/photos/${a.id}`, { title: 'Tide', rating: 3 })

  const reply = await batch({ photos: [a.id, b.hothash, b.id], set: { title: 'Tide', rating: 3 } })

  expect(reply).toMatchObject({ status: 200, body: { matched: 2, changed: 1 } })
  const titles = [await read(a.id), await read(b.id), await read(c.id)].map(({ title }) => title)
  expect(titles).toEqual(['Tide', 'Tide', null])
})

test('adds and removes tags, and takes to the trash', async () => {
  const [a, b] = (await photos(2, { tags: ['old', 'sea'] })) as [CreatedPhoto, CreatedPhoto] // Two were made.
  await alice.post(`/api/v1/photos/${b.id}/tags`, { tags: ['new'] })
  const before = await read(b.id)

  const tagged = await batch({
    photos: [a.id, b.id],
    add_tags: ['New', 'sea'],
    remove_tags: ['OLD', 'nothing'],
  })
  const names = (await read(a.id)).tags.map(({ name }) => name)
  const after = await read(b.id)
  const again = await batch({ photos: [a.id, b.id], add_tags: ['new'] })
  const gone = await batch({ photos: [a.id], delete: true })

  expect(tagged.body).toMatchObject({ matched: 2, changed: 2 })
  expect(names.sort()).toEqual(['new', 'sea'])
  expect(after.updated_at >= before.updated_at).toBe(true)
  expect(again.body).toEqual({ matched: 2, changed: 0, undo_token: null })
  expect(gone.body).toMatchObject({ matched: 1, changed: 1 })
  expect((await alice.get(`/api/v1/photos/${a.id}`)).status).toBe(404)
  expect((await alice.get('/api/v1/photos/trash')).body).toMatchObject({ data: [{ id: a.id }] })
})

test('counts follow in the timeline', async () => {
  const made = await photos(3, { taken_at: '1999-01-01T00:00:00' })

  await batch({
    photos: made.map(({ id }) => id),
    set: { taken_at: '2020-01-01T00:00:00', visibility: 'public' },
  })

  expect((await app.anonymous.get('/api/v1/timeline')).body).toMatchObject({
    data: [{ year: 2020, count: 3 }],
  })
})

test.each([
  ['a hidden one of somebody else', 'private', 404, 'photo_not_found'],
  ['a visible one of somebody else', 'public', 403, 'not_yours'],
] as const)('with %s among them nothing is changed', async (_what, visibility, status, code) => {
  const [own] = await photos(1)
  const others = await bob.create(anEgg({ visibility }))

  for (const ref of [others.id, others.hothash]) {
    const reply = await batch({ photos: [own?.id, ref], set: { title: 'x' }, add_tags: ['x'], delete: true })

    expect(reply).toMatchObject(problem(status, code))
  }
  expect(await read(own?.id ?? 0)).toMatchObject({ title: null, tags: [] })
})

test.each([
  [{}, 'validation_failed'],
  [{ set: { rating: 9 } }, 'validation_failed'],
  [{ set: { gps_latitude: 1 } }, 'validation_failed'],
  [{ set: { author_id: 999_999 } }, 'author_not_found'],
  [{ set: { hothash: 'x' } }, 'unknown_field'],
  [{ add_tags: ['a,b'] }, 'validation_failed'],
  [{ delete: false }, 'validation_failed'],
  [{ photos: undefined, set: { rating: 1 } }, 'validation_failed'],
  [{ photos: undefined, filter: {}, set: { rating: 1 } }, 'validation_failed'],
  [{ photos: undefined, filter: { q: ' ' }, set: { rating: 1 } }, 'validation_failed'],
  [{ photos: undefined, filter: { colour: 'red', rating_min: 1 }, set: { rating: 1 } }, 'unknown_field'],
])('%j is refused as %s', async (what, code) => {
  const [own] = await photos(1)

  expect(await batch({ photos: [own?.id], ...what })).toMatchObject(problem(422, code))
  expect(await read(own?.id ?? 0)).toMatchObject({ rating: 0, gps_latitude: null })
})

test('changes all own photos that a filter lets through, and no others', async () => {
  const [a, b] = (await photos(2, { title: 'Tide', visibility: 'public' })) as [CreatedPhoto, CreatedPhoto] // Two were made.
  const [other] = await photos(1, { title: 'Ebb' })
  const foreign = await bob.create(anEgg({ title: 'Tide', visibility: 'public' }))

  const reply = await batch({ filter: { q: 'tide' }, set: { rating: 4 }, add_tags: ['water'] })
  const none = await batch({ filter: { q: 'tide', untagged: true }, delete: true })

  expect(reply).toMatchObject({ status: 200, body: { matched: 2, changed: 2 } })
  expect(none).toMatchObject({ status: 200, body: { matched: 0, changed: 0 } })
  const ratings = [a, b, other, foreign].map(async (photo) => (await read(photo?.id ?? 0)).rating)
  expect(await Promise.all(ratings)).toEqual([4, 4, 0, 0])
})

test('a filter beside photos is refused', async () => {
  const [own] = await photos(1)

  const reply = await batch({ photos: [own?.id], filter: { rating_min: 0 }, set: { rating: 4 } })

  expect(reply).toMatchObject(problem(400, 'contradicting_parameters'))
})

test('a filter that lets more than ten thousand through changes none', async () => {
  const wishes = { photos: 13_000, ownerId: alice.id, otherId: bob.id, previewBytes: 16 }
  await seedLibrary(app.storage, wishes)

  const many = await batch({ filter: { rating_min: 0 }, set: { category: 'all' } })
  const fewer = await batch({ filter: { rating_min: 4 }, set: { category: 'best' } })

  expect(many).toMatchObject({ status: 422, body: { errors: [{ path: 'body.filter' }] } })
  expect(fewer.status).toBe(200)
  const { body } = await alice.get('/api/v1/photos?scope=mine&limit=1&category=all')
  expect((body as { meta: { total: number } }).meta.total).toBe(0)
})

test('one photo that would have too many tags keeps all as they were', async () => {
  const [full] = await photos(1, { tags: Array.from({ length: 200 }, (_, number) => `tag ${number}`) })
  const [empty] = await photos(1)

  const reply = await batch({ photos: [empty?.id, full?.id], add_tags: ['more'] })

  expect(reply).toMatchObject(problem(422, 'validation_failed'))
  expect(await read(empty?.id ?? 0)).toMatchObject({ tags: [] })
})

test('takes ten thousand references, and not one more', async () => {
  const [own] = await photos(1)
  const others = Array.from({ length: 9999 }, () => own?.id)

  const most = await batch({ photos: [own?.id, ...others], add_tags: ['sea'] })
  const more = await batch({ photos: [own?.id, own?.id, ...others], add_tags: ['sea'] })

  expect(most.body).toMatchObject({ matched: 1, changed: 1 })
  expect(more).toMatchObject(problem(422, 'validation_failed'))
})

test('two that change the same photos at once both do', async () => {
  const ids = (await photos(20)).map(({ id }) => id)

  const replies = await Promise.all([
    batch({ photos: ids, set: { title: 'Tide' } }),
    batch({ photos: ids.toReversed(), set: { rating: 5 } }),
    batch({ photos: ids.toReversed(), add_tags: ['sea'] }),
  ])

  expect(replies.map(({ status }) => status)).toEqual([200, 200, 200])
  for (const id of ids)
    expect(await read(id)).toMatchObject({ title: 'Tide', rating: 5, tags: [{ name: 'sea' }] })
})
