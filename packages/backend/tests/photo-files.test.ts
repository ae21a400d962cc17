import { expect, test } from 'vitest'
import { anEgg, sha256 } from './an-egg.ts'
import { ALICE, BOB, testApp } from './test-app.ts'

const app = await testApp()

const aFile = (wishes: object = {}) => ({
  filename: 'IMG_1.CR2',
  file_path: '/photos/IMG_1.CR2',
  volume: 'nas',
  file_format: 'CR2',
  file_size: 25_000_000,
  file_sha256: sha256('the raw'),
  modified_at: '2024-06-01T12:00:00+02:00',
  ...wishes,
})

test('adds an original to a photo without touching what the photo is', async () => {
  const alice = await app.as(ALICE)
  const photo = await alice.create(anEgg())

  const reply = await alice.post(`/api/v1/photos/${photo.hothash}/files`, aFile())

  expect(reply).toMatchObject({
    status: 201,
    body: { volume: 'nas', modified_at: '2024-06-01T10:00:00.000Z' },
  })
  const after = await alice.get(`/api/v1/photos/${photo.id}`)
  expect(after.body).toMatchObject({ hothash: photo.hothash, has_raw_companion: true })
  expect((after.body as { files: unknown[] }).files).toHaveLength(2)
})

test('keeps one record of one original at one place, and another for another disk', async () => {
  const alice = await app.as(ALICE)
  const { id } = await alice.create(anEgg())
  const path = `/api/v1/photos/${id}/files`

  const first = await alice.post(path, aFile())
  const again = await alice.post(path, aFile({ file_size: 1 }))
  const elsewhere = await alice.post(path, aFile({ volume: 'card' }))

  expect([first.status, again.status, elsewhere.status]).toEqual([201, 200, 201])
  expect(again.body).toEqual(first.body)
})

test('notes when a file was last changed, and does not forget it', async () => {
  const alice = await app.as(ALICE)
  const { id } = await alice.create(anEgg())
  const path = `/api/v1/photos/${id}/files`
  const { body } = await alice.post(path, aFile())

  const touched = await alice.post(path, aFile({ modified_at: '2025-01-01T00:00:00Z' }))
  const silent = await alice.post(path, aFile({ modified_at: null }))

  const expected = { ...(body as object), modified_at: '2025-01-01T00:00:00.000Z' }
  expect([touched, silent]).toMatchObject([
    { status: 200, body: expected },
    { status: 200, body: expected },
  ])
})

test('takes a record for a photo in the trash, which stays there', async () => {
  const alice = await app.as(ALICE)
  const { id, hothash } = await alice.create(anEgg())
  await alice.delete(`/api/v1/photos/${id}`)

  const replies = [await alice.post(`/api/v1/photos/${id}/files`, aFile())]
  replies.push(await alice.post(`/api/v1/photos/${hothash}/files`, aFile()))

  expect(replies.map(({ status }) => status)).toEqual([201, 200])
  expect((await alice.get(`/api/v1/photos/${id}`)).status).toBe(404)
  await alice.post(`/api/v1/photos/${id}/restore`)
  expect((await alice.get(`/api/v1/photos/${id}/files`)).body).toMatchObject({ meta: { total: 2 } })
})

test('takes from the first record of the same bytes what a copy of them is', async () => {
  const alice = await app.as(ALICE)
  const { id } = await alice.create(anEgg())
  const path = `/api/v1/photos/${id}/files`
  const file_sha256 = 'c'.repeat(64)
  await alice.post(path, { filename: 'A.NEF', file_sha256, file_format: 'NEF', width: 6036, height: 4020 })

  const copy = await alice.post(path, { filename: 'A.NEF', file_sha256, volume: 'second disk' })
  const stranger = await alice.post(path, { filename: 'A.NEF', file_sha256: 'd'.repeat(64) })

  expect(copy.body).toMatchObject({ file_format: 'NEF', width: 6036, height: 4020, volume: 'second disk' })
  expect(stranger.body).toMatchObject({ file_format: null, width: null })
})

test('lists the originals of an own photo page by page', async () => {
  const alice = await app.as(ALICE)
  const { id } = await alice.create(anEgg())
  const path = `/api/v1/photos/${id}/files`
  for (const volume of ['b', 'c']) await alice.post(path, aFile({ volume }))

  const first = await alice.get(`${path}?limit=2`)
  const cursor = (first.body as { meta: { next_cursor: string } }).meta.next_cursor
  const second = await alice.get(`${path}?limit=2&cursor=${cursor}`)

  expect(first.body).toMatchObject({ data: [{ volume: '' }, { volume: 'b' }], meta: { total: 3, pages: 2 } })
  expect(second.body).toMatchObject({ data: [{ volume: 'c' }], meta: { total: null, next_cursor: null } })
})

test("refuses another user's photo: 403 where it is visible, 404 where it is not", async () => {
  const alice = await app.as(ALICE)
  const bob = await app.as(BOB)
  const open = await alice.create(anEgg({ visibility: 'public' }))
  const hidden = await alice.create(anEgg())

  const [seen, unseen] = [
    await bob.get(`/api/v1/photos/${open.id}/files`),
    await bob.get(`/api/v1/photos/${hidden.id}/files`),
  ]
  const added = await bob.post(`/api/v1/photos/${open.id}/files`, aFile())

  expect(seen).toMatchObject({ status: 403, body: { code: 'not_yours' } })
  expect(unseen).toMatchObject({ status: 404, body: { code: 'photo_not_found' } })
  expect(added).toMatchObject({ status: 403, body: { code: 'not_yours' } })
})

test('refuses a record with a field that does not exist', async () => {
  const alice = await app.as(ALICE)
  const { id } = await alice.create(anEgg())

  const reply = await alice.post(`/api/v1/photos/${id}/files`, aFile({ where: 'here' }))

  expect(reply).toMatchObject({ status: 422, body: { code: 'unknown_field' } })
})
