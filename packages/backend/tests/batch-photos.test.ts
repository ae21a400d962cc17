import type { EggBatchResult, Photo } from '@imalink/contract'
import { beforeEach, expect, test } from 'vitest'
import { anEgg, sha256, withColdpreview } from './an-egg.ts'
import { ALICE, BOB, type Account, testApp } from './test-app.ts'

const app = await testApp()
beforeEach(app.emptyLibrary)

async function sendBatch(owner: Account, photos: readonly unknown[]) {
  const reply = await owner.post('/api/v1/photos/photoegg/batch', { photos })
  return { ...reply, body: reply.body as EggBatchResult }
}

const totalOf = async (owner: Account) =>
  ((await owner.get('/api/v1/photos?limit=1')).body as { meta: { total: number } }).meta.total

test('stores the good ones of a mixed batch and says of each other one what is wrong', async () => {
  const alice = await app.as(ALICE)
  const known = anEgg()
  const { id } = await alice.create(known)
  const fresh = withColdpreview(anEgg({ tags: ['sea'] }))
  const bad = [
    anEgg({ hothash: sha256('wrong') }),
    'no object',
    null,
    anEgg({ rating: 9 }),
    anEgg({ author_id: 12_345_678 }),
    anEgg({ import_session_id: 12_345_678 }),
  ]

  const reply = await sendBatch(alice, [known, ...bad, { photo_egg: fresh, title: 'Fresh' }])

  expect(reply.status).toBe(200)
  expect(reply.body).toMatchObject({ created: 1, duplicates: 1, failed: 6 })
  expect(reply.body.results.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  expect(reply.body.results[0]).toEqual({
    index: 0,
    status: 'duplicate',
    id,
    hothash: known.hothash,
    error: null,
  })
  expect(reply.body.results[7]).toMatchObject({ status: 'created', hothash: fresh.hothash, error: null })
  expect(reply.body.results.map(({ error }) => error?.code)).toEqual([
    ...[undefined, 'hothash_mismatch', 'validation_failed', 'validation_failed', 'validation_failed'],
    ...['author_not_found', 'import_session_not_found', undefined],
  ])
  expect(reply.body.results[4]).toMatchObject({ id: null, error: { errors: [{ path: 'photo.rating' }] } })
  expect(await totalOf(alice)).toBe(2)
})

test('gives every photo of a batch its own tags', async () => {
  const alice = await app.as(ALICE)
  const eggs = [anEgg({ tags: ['a', 'b'] }), anEgg({ tags: ['B', 'c'] }), anEgg()]

  await sendBatch(alice, eggs)

  const tags = await Promise.all(
    eggs.map(async ({ hothash }) => {
      const photo = (await alice.get(`/api/v1/photos/${hothash}`)).body as Photo
      return photo.tags.map(({ name }) => name)
    }),
  )
  expect(tags).toEqual([['a', 'b'], ['b', 'c'], []])
})

test('makes one photo of the same picture twice in a batch, with both originals', async () => {
  const alice = await app.as(ALICE)
  const first = anEgg()
  const second = { ...first, file_sha256: sha256('second original'), primary_filename: 'second.jpg' }

  const { body } = await sendBatch(alice, [first, second])

  expect(body).toMatchObject({
    created: 1,
    duplicates: 1,
    results: [{ status: 'created' }, { status: 'duplicate' }],
  })
  expect(body.results[1]?.id).toBe(body.results[0]?.id)
  const photo = (await alice.get(`/api/v1/photos/${first.hothash}`)).body as Photo
  expect(photo.files).toMatchObject([{ filename: first.primary_filename }, { filename: 'second.jpg' }])
})

test('makes one photo of the same bytes twice in a batch, whatever their previews', async () => {
  const alice = await app.as(ALICE)
  const first = anEgg()

  const { body } = await sendBatch(alice, [first, anEgg({ file_sha256: first.file_sha256 })])

  expect(body).toMatchObject({ created: 1, duplicates: 1 })
  expect(body.results[1]).toMatchObject({ id: body.results[0]?.id, hothash: first.hothash })
})

test('places the eggs of a batch as if they came one by one', async () => {
  const [alice, bob] = [await app.as(ALICE), await app.as(BOB)]
  const first = anEgg()
  const sameBytes = anEgg({ file_sha256: first.file_sha256 })
  const samePreviewAsThat = { ...sameBytes, file_sha256: sha256('bytes of its own') }
  const itsOriginalIsAPreview = anEgg({ file_sha256: first.hothash })
  const eggs = [first, sameBytes, samePreviewAsThat, itsOriginalIsAPreview, sameBytes]

  const { status, body } = await sendBatch(alice, eggs)

  expect(status).toBe(200)
  const oneByOne: boolean[] = []
  for (const egg of eggs) oneByOne.push((await bob.create(egg)).is_duplicate)
  expect(body.results.map((result) => result.status === 'duplicate')).toEqual(oneByOne)
  expect(oneByOne).toEqual([false, true, false, false, true])
  expect(await totalOf(alice)).toBe(3)
})

test('says which photos of a batch lie in the trash', async () => {
  const alice = await app.as(ALICE)
  const egg = anEgg()
  const { id } = await alice.create(egg)
  await alice.delete(`/api/v1/photos/${id}`)

  const { body } = await sendBatch(alice, [egg])

  expect(body.results).toMatchObject([{ status: 'duplicate', id, in_trash: true }])
})

test('takes 200 photos at once and refuses 201 whole', async () => {
  const alice = await app.as(ALICE)
  const eggs = Array.from({ length: 201 }, () => anEgg())

  const tooMany = await sendBatch(alice, eggs)
  const stored = await totalOf(alice)
  const enough = await sendBatch(alice, eggs.slice(1))

  expect(tooMany).toMatchObject({ status: 422, body: { code: 'validation_failed' } })
  expect(stored).toBe(0)
  expect(enough).toMatchObject({ status: 200, body: { created: 200 } })
})

test('refuses a batch without photos', async () => {
  const alice = await app.as(ALICE)

  expect((await sendBatch(alice, [])).status).toBe(422)
})

test('lets batches that overlap in opposite order both succeed', async () => {
  const alice = await app.as(ALICE)
  const eggs = Array.from({ length: 60 }, (_, n) => anEgg({ tags: [`tag ${n % 7}`, 'all'] }))

  const replies = await Promise.all([
    sendBatch(alice, eggs),
    sendBatch(alice, eggs.toReversed()),
    sendBatch(alice, eggs.slice(20, 50).toReversed()),
  ])

  expect(replies.map(({ status }) => status)).toEqual([200, 200, 200])
  expect(replies.reduce((sum, { body }) => sum + body.created, 0)).toBe(60)
  expect(replies.reduce((sum, { body }) => sum + body.failed, 0)).toBe(0)
  expect(await totalOf(alice)).toBe(60)
})

test('lets batches that add to the same photos in opposite order both succeed', async () => {
  const alice = await app.as(ALICE)
  const eggs = Array.from({ length: 60 }, () => anEgg())
  await sendBatch(alice, eggs)
  const more = eggs.map((egg) => ({
    ...egg,
    metadata: { iso: 100 },
    image_file: { filename: 'b.jpg', file_path: '/b.jpg' },
  }))

  const replies = await Promise.all([sendBatch(alice, more), sendBatch(alice, more.toReversed())])

  expect(replies.map(({ body }) => body)).toMatchObject([{ duplicates: 60 }, { duplicates: 60 }])
})

test("never takes another user's photo for a duplicate", async () => {
  const [alice, bob] = [await app.as(ALICE), await app.as(BOB)]
  const eggs = [anEgg({ visibility: 'public' }), anEgg({ visibility: 'public' })]
  await sendBatch(alice, eggs)

  const { body } = await sendBatch(bob, eggs)

  expect(body).toMatchObject({ created: 2, duplicates: 0 })
})
