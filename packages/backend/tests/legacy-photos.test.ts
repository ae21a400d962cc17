import type { Photo } from '@imalink/contract'
import { beforeEach, expect, test } from 'vitest'
import { aJpeg, anEgg, sha256 } from './an-egg.ts'
import { ALICE, BOB, testApp } from './test-app.ts'

const app = await testApp()
const [alice, bob] = [await app.as(ALICE), await app.as(BOB)]
beforeEach(app.emptyLibrary)

const preview = aJpeg('legacy')
const described = {
  filename: 'IMG_1.JPG',
  hotpreview: preview.toString('base64'),
  file_size: 2_000_000,
  exif_dict: { Make: 'Pinhole' },
  width: 6000,
  height: 3000,
  taken_at: '2020-05-06T07:08:09',
  gps_latitude: 1.5,
  gps_longitude: -2.5,
  rating: 4,
  visibility: 'public',
  imported_info: { from: 'an old disk' },
  local_storage_info: { disk: 'blue' },
}

test.each(['/api/v1/photos', '/api/v1/photos/new-photo'])(
  'POST %s keeps a photo as it is described',
  async (path) => {
    const reply = await alice.post(path, described)

    const { photo_id, image_file_id } = reply.body as { photo_id: number; image_file_id: number }
    expect(reply).toMatchObject({
      status: 201,
      body: {
        photo_hothash: sha256(preview),
        photo_created: true,
        success: true,
        filename: 'IMG_1.JPG',
        file_size: 2_000_000,
      },
    })
    const { body } = await alice.get(`/api/v1/photos/${photo_id}`)
    const { taken_at, gps_latitude, gps_longitude, rating, visibility, width, height } = described
    expect(body).toMatchObject({
      ...{
        hothash: sha256(preview),
        taken_at,
        gps_latitude,
        gps_longitude,
        rating,
        visibility,
        width,
        height,
      },
      exif_dict: { Make: 'Pinhole' },
      files: [
        {
          id: image_file_id,
          filename: 'IMG_1.JPG',
          file_size: 2_000_000,
          metadata: { from: 'an old disk' },
          local_storage_info: { disk: 'blue' },
        },
      ],
    })
  },
)

test('takes a data URL, needs no size, and ignores what it does not know', async () => {
  const hotpreview = `data:image/jpeg;base64,${described.hotpreview}`

  const { status, body } = await alice.post('/api/v1/photos', {
    filename: 'a.jpg',
    hotpreview,
    colour: 'blue',
  })

  expect(status).toBe(201)
  const { photo_id } = body as { photo_id: number }
  expect((await alice.get(`/api/v1/photos/${photo_id}`)).body as Photo).toMatchObject({
    ...{ width: 16, height: 8, rating: 0, visibility: 'private', taken_at: null },
  })
})

test('a hotpreview that the caller has already is 409, and changes nothing', async () => {
  const egg = anEgg()
  const { id } = await alice.create(egg)
  const before = (await alice.get(`/api/v1/photos/${id}`)).body

  const again = await alice.post('/api/v1/photos', { ...described, hotpreview: egg.hotpreview_base64 })
  const others = await bob.post('/api/v1/photos', { ...described, hotpreview: egg.hotpreview_base64 })

  expect(again).toMatchObject({ status: 409, body: { code: 'photo_exists' } })
  expect(others.status).toBe(201)
  expect((await alice.get(`/api/v1/photos/${id}`)).body).toEqual(before)
})

test('of many who send the same at once one makes it', async () => {
  const replies = await Promise.all(Array.from({ length: 8 }, () => alice.post('/api/v1/photos', described)))

  expect(replies.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(7).fill(409)])
})

test.each([
  [{ hotpreview: 'no picture' }, 'validation_failed'],
  [{ hotpreview: Buffer.from('no picture').toString('base64') }, 'invalid_hotpreview'],
  [{ filename: '' }, 'validation_failed'],
  [{ filename: undefined }, 'validation_failed'],
  [{ rating: 6 }, 'validation_failed'],
  [{ taken_at: 'yesterday' }, 'validation_failed'],
  [{ author_id: 999_999 }, 'author_not_found'],
  [{ import_session_id: 999_999 }, 'import_session_not_found'],
])('%j is refused as %s, and nothing is kept', async (wrong, code) => {
  const reply = await alice.post('/api/v1/photos', { ...described, ...wrong })

  expect(reply).toMatchObject({ status: 422, body: { code } })
  expect((await alice.get('/api/v1/photos')).body).toMatchObject({ data: [] })
})
