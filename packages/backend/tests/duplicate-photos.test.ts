import type { CreatedPhoto, NewPhotoInput, Photo } from '@imalink/contract'
import { beforeEach, expect, test } from 'vitest'
import { anEgg, sha256, withColdpreview } from './an-egg.ts'
import { ALICE, type Account, testApp } from './test-app.ts'

const app = await testApp()
beforeEach(app.emptyLibrary)

const send = (owner: Account, egg: NewPhotoInput) => owner.post('/api/v1/photos/photoegg', egg)
const read = async (owner: Account, ref: number | string) =>
  (await owner.get(`/api/v1/photos/${ref}`)).body as Photo
const filesOf = async (owner: Account, ref: number) => (await read(owner, ref)).files ?? []

test('answers a second egg of a photo with the photo', async () => {
  const alice = await app.as(ALICE)
  const egg = anEgg({ title: 'First' })
  const first = await alice.create(egg)

  const reply = await send(alice, egg)

  expect(reply).toMatchObject({ status: 200, body: { ...first, is_duplicate: true } })
  expect(reply.body).not.toHaveProperty('same_preview_different_file')
  expect(reply.body).not.toHaveProperty('in_trash')
})

test('leaves alone what the user has set, and adds no tag', async () => {
  const alice = await app.as(ALICE)
  const own = { title: 'Mine', rating: 5, visibility: 'public' } as const
  const egg = anEgg({ ...own, tags: ['kept'] })
  const { id } = await alice.create(egg)

  await send(alice, {
    ...egg,
    title: 'Other',
    description: 'new',
    rating: 1,
    flag: 'reject',
    visibility: 'private',
    tags: ['added'],
  })

  expect(await read(alice, id)).toMatchObject({
    ...own,
    description: null,
    flag: null,
    tags: [{ name: 'kept' }],
  })
})

test('fills what the first egg did not say, and never overwrites what it did', async () => {
  const alice = await app.as(ALICE)
  const seed = 'filled'
  const { id } = await alice.create(anEgg({ seed, metadata: { camera_make: 'Canon' } }))
  const metadata = {
    camera_make: 'Nikon',
    camera_model: 'R5',
    iso: 100,
    gps_latitude: 1,
    gps_longitude: 2,
    gps_altitude: 3,
  }

  await send(alice, anEgg({ seed, taken_at: '2024-01-01T00:00:00+01:00', metadata }))

  expect(await read(alice, id)).toMatchObject({
    ...metadata,
    camera_make: 'Canon',
    taken_at: '2024-01-01T00:00:00',
    taken_at_offset: '+01:00',
  })
})

test('does not mix the time or the place of two eggs', async () => {
  const alice = await app.as(ALICE)
  const seed = 'not mixed'
  const first = { gps_latitude: 1, gps_longitude: 2 }
  const { id } = await alice.create(anEgg({ seed, taken_at: '2024-01-01T00:00:00', metadata: first }))

  const metadata = { gps_latitude: 5, gps_longitude: 6, gps_altitude: 7 }
  await send(alice, anEgg({ seed, taken_at: '2025-01-01T00:00:00Z', metadata }))

  expect(await read(alice, id)).toMatchObject({
    ...first,
    gps_altitude: null,
    taken_at: '2024-01-01T00:00:00',
    taken_at_offset: null,
  })
})

test('adds an original that is not known, and none twice', async () => {
  const alice = await app.as(ALICE)
  const egg = anEgg()
  const { id } = await alice.create(egg)
  const copy = {
    filename: 'copy.jpg',
    file_path: '/backup/copy.jpg',
    volume: 'nas',
    metadata: { of: 'the copy' },
  }

  for (let times = 0; times < 3; times++) await send(alice, { ...egg, image_file: copy })

  expect(await filesOf(alice, id)).toMatchObject([
    { filename: egg.primary_filename },
    { ...copy, file_sha256: egg.file_sha256 },
  ])
})

test('adds an original of which only the name is known', async () => {
  const alice = await app.as(ALICE)
  const egg = { ...anEgg(), file_sha256: undefined }
  const { id } = await alice.create(egg)

  for (let times = 0; times < 2; times++) await send(alice, { ...egg, image_file: { filename: 'raw.dng' } })

  expect(await filesOf(alice, id)).toMatchObject([
    { filename: egg.primary_filename },
    { filename: 'raw.dng' },
  ])
})

test('says so when an original with the same preview has other bytes', async () => {
  const alice = await app.as(ALICE)
  const seed = 'same preview'
  await alice.create(anEgg({ seed }))
  const other = anEgg({ seed, file_sha256: sha256('edited') })

  const first = await send(alice, other)
  const again = await send(alice, other)

  expect(first).toMatchObject({
    status: 200,
    body: { is_duplicate: true, same_preview_different_file: true },
  })
  expect(again.body).not.toHaveProperty('same_preview_different_file')
  expect(await filesOf(alice, (first.body as CreatedPhoto).id)).toHaveLength(2)
})

test('takes a file of known bytes for its photo, though a newer recipe made another preview', async () => {
  const alice = await app.as(ALICE)
  const egg = anEgg()
  const first = await alice.create(egg)

  const reply = await send(alice, { ...anEgg(), file_sha256: egg.file_sha256, recipe: 'h2' })

  expect(reply).toMatchObject({
    status: 200,
    body: { id: first.id, hothash: egg.hothash, is_duplicate: true },
  })
  const list = await alice.get('/api/v1/photos')
  expect(list.body).toMatchObject({ meta: { total: 1 } })
})

test('adds a coldpreview where there was none, and keeps the first', async () => {
  const alice = await app.as(ALICE)
  const egg = anEgg()
  const { id } = await alice.create(egg)
  const first = withColdpreview(egg, 'first')

  await send(alice, first)
  await send(alice, withColdpreview(egg, 'second'))

  const reply = await alice.get(`/api/v1/photos/${id}/coldpreview`)
  expect(reply.bytes.toString('base64')).toBe(first.coldpreview_base64)
})

test('knows a photo as one with a RAW file when the RAW comes later', async () => {
  const alice = await app.as(ALICE)
  const egg = anEgg()
  const { id } = await alice.create(egg)
  const raw = { filename: 'a.NEF', file_path: '/a.NEF', file_format: 'NEF', file_sha256: sha256('nef') }
  expect(await read(alice, id)).toMatchObject({ has_raw_companion: false })

  await send(alice, { ...egg, file_sha256: undefined, image_file: raw })

  expect(await read(alice, id)).toMatchObject({ has_raw_companion: true })
})

test('leaves a photo in the trash where it is, and says so', async () => {
  const alice = await app.as(ALICE)
  const egg = anEgg()
  const { id } = await alice.create(egg)
  await alice.delete(`/api/v1/photos/${id}`)

  const reply = await send(alice, egg)

  expect(reply).toMatchObject({ status: 200, body: { id, is_duplicate: true, in_trash: true } })
  expect((await alice.get(`/api/v1/photos/${id}`)).status).toBe(404)
})

test('makes one photo of fifty eggs that arrive at once', async () => {
  const alice = await app.as(ALICE)
  const egg = withColdpreview(anEgg({ tags: ['one', 'two'] }))

  const replies = await Promise.all(Array.from({ length: 50 }, () => send(alice, egg)))

  expect(replies.filter(({ status }) => status === 201)).toHaveLength(1)
  expect(replies.filter(({ status }) => status === 200)).toHaveLength(49)
  expect(new Set(replies.map(({ body }) => (body as CreatedPhoto).id)).size).toBe(1)
  expect(await read(alice, egg.hothash)).toMatchObject({
    files: [{}],
    tags: [{ name: 'one' }, { name: 'two' }],
  })
})

test('makes a new photo of an egg whose photo was deleted for good', async () => {
  const alice = await app.as(ALICE)
  const egg = anEgg()
  const { id } = await alice.create(egg)
  await alice.delete(`/api/v1/photos/${id}?permanent=true`)

  const again = await alice.create(egg)

  expect(again).toMatchObject({ is_duplicate: false })
  expect(again.id).not.toBe(id)
})

test('answers with what the photo is after it was filled', async () => {
  const alice = await app.as(ALICE)
  const seed = 'filled and told'
  await alice.create(anEgg({ seed }))

  const { body } = await send(alice, anEgg({ seed, taken_at: '2024-01-01T00:00:00' }))

  expect(body).toMatchObject({ is_duplicate: true, taken_at: '2024-01-01T00:00:00' })
})

test('is filled by the first of several eggs in one batch that know more', async () => {
  const alice = await app.as(ALICE)
  const seed = 'filled once'
  const { id } = await alice.create(anEgg({ seed }))
  const photos = ['Canon', 'Nikon'].map((camera_make) => anEgg({ seed, metadata: { camera_make } }))

  await alice.post('/api/v1/photos/photoegg/batch', { photos })

  expect(await read(alice, id)).toMatchObject({ camera_make: 'Canon' })
})

test('knows the bytes of an original that the egg gives no name', async () => {
  const alice = await app.as(ALICE)
  const unnamed = { primary_filename: null, file_sha256: sha256('nameless') }
  const first = await alice.create(anEgg(unnamed))

  const { body } = await send(alice, anEgg(unnamed))

  expect(body).toMatchObject({ is_duplicate: true, id: first.id })
  expect(await read(alice, first.id)).toMatchObject({
    primary_filename: null,
    files: [{ filename: '', file_sha256: sha256('nameless') }],
  })
})
