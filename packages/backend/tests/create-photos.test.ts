import type { CreatedPhoto, Photo } from '@imalink/contract'
import { beforeEach, describe, expect, test } from 'vitest'
import { anEgg, sha256, withColdpreview } from './an-egg.ts'
import { ALICE, BOB, type Account, testApp } from './test-app.ts'

const app = await testApp()
beforeEach(app.emptyLibrary)

const PATH = '/api/v1/photos/photoegg'

/** The photo as its owner reads it. */
const read = async (owner: Account, ref: number | string) =>
  (await owner.get(`/api/v1/photos/${ref}`)).body as Photo & { exif_dict: Record<string, unknown> }

/** `levels` dictionaries, one in the other. */
const nested = (levels: number): Record<string, unknown> =>
  JSON.parse('{"a":'.repeat(levels - 1) + '{}' + '}'.repeat(levels - 1)) as Record<string, unknown>

describe('an egg', () => {
  test('becomes a photo with everything that it says', async () => {
    const alice = await app.as(ALICE)
    const egg = withColdpreview(
      anEgg({
        title: 'Pier',
        description: 'Fog',
        category: 'sea',
        rating: 4,
        flag: 'pick',
        color_label: 'blue',
        visibility: 'authenticated',
        tags: [' Sea ', 'sea', "O'Brien"],
        taken_at: '2024-06-01T12:30:00.25',
        metadata: {
          taken_at_offset: '+02:00',
          camera_make: 'Canon',
          iso: 400,
          gps_latitude: 59.9,
          gps_longitude: 10.7,
        },
      }),
    )

    const reply = await alice.post(PATH, egg)

    const { id } = reply.body as CreatedPhoto
    expect(reply).toMatchObject({
      status: 201,
      body: {
        hothash: egg.hothash,
        title: 'Pier',
        rating: 4,
        visibility: 'authenticated',
        width: 6000,
        height: 3000,
        taken_at: '2024-06-01T12:30:00.250',
        is_duplicate: false,
      },
    })
    expect(await read(alice, id)).toMatchObject({
      ...{ description: 'Fog', category: 'sea', flag: 'pick', color_label: 'blue', iso: 400, has_gps: true },
      ...{ taken_at_offset: '+02:00', camera_make: 'Canon', gps_latitude: 59.9, has_coldpreview: true },
      tags: [{ name: "o'brien" }, { name: 'sea' }],
      files: [
        { filename: egg.primary_filename, file_sha256: egg.file_sha256, file_size: 2_000_000, width: 6000 },
      ],
    })
  })

  test('is taken in nested form too, with the user fields beside it', async () => {
    const alice = await app.as(ALICE)
    const egg = anEgg()

    const reply = await alice.post(PATH, { photo_egg: egg, title: 'Nested', rating: 2 })

    expect(reply).toMatchObject({ status: 201, body: { hothash: egg.hothash, title: 'Nested', rating: 2 } })
  })

  test('is enough with its four required fields', async () => {
    const alice = await app.as(ALICE)
    const { hothash, hotpreview_base64, width, height } = anEgg()

    const reply = await alice.post(PATH, { hothash, hotpreview_base64, width, height })

    expect(reply.status).toBe(201)
    const photo = await read(alice, hothash)
    expect(photo).toMatchObject({
      files: [],
      taken_at: null,
      rating: 0,
      visibility: 'private',
      exif_dict: null,
    })
  })

  test.each([undefined, null, '1', '1.0', '2.1', '2.99'])('of version %s is known', async (egg_version) => {
    const alice = await app.as(ALICE)

    expect((await alice.post(PATH, { ...anEgg(), egg_version })).status).toBe(201)
  })

  test('may carry top-level fields that nobody knows', async () => {
    const alice = await app.as(ALICE)

    expect((await alice.post(PATH, { ...anEgg(), made_by: 'another core' })).status).toBe(201)
  })

  test('of one picture is a photo of its own in each account', async () => {
    const [alice, bob] = [await app.as(ALICE), await app.as(BOB)]

    const hers = await alice.create(anEgg({ seed: 'shared picture' }))
    const his = await bob.create(anEgg({ seed: 'shared picture' }))

    expect(his).toMatchObject({ hothash: hers.hothash, is_duplicate: false })
    expect(his.id).not.toBe(hers.id)
  })

  test('keeps both originals of a RAW and JPEG pair', async () => {
    const alice = await app.as(ALICE)
    const egg = anEgg()
    const pair = [
      { filename: 'a.jpg', file_path: '/p/a.jpg', file_sha256: egg.file_sha256, file_format: 'JPEG' },
      { filename: 'a.cr2', file_path: '/p/a.cr2', file_sha256: sha256('raw of a'), file_format: 'CR2' },
    ]

    const { id } = await alice.create({ ...egg, image_files: pair })

    expect(await read(alice, id)).toMatchObject({ has_raw_companion: true, files: pair })
  })

  test('keeps both originals of a pair of which only the names are known', async () => {
    const alice = await app.as(ALICE)
    const pair = [{ filename: 'a.jpg' }, { filename: 'a.cr2', file_format: 'CR2' }]

    const { id } = await alice.create(anEgg({ image_files: pair }))

    expect((await read(alice, id)).files).toMatchObject(pair)
  })

  test('gives back what databases do not keep in text: NUL, lone surrogates, odd keys', async () => {
    const alice = await app.as(ALICE)
    const exif_dict = {
      Note: 'a\0b',
      Half: '\ud800',
      '': 'no name',
      'k\0ey': [null, { deep: '\udfff' }],
      Emoji: '🌊',
    }
    const metadata = { camera_make: 'Can\0on', maker: '\ud800' }

    const { id } = await alice.create(anEgg({ exif_dict, metadata }))

    const photo = await read(alice, id)
    expect(photo.exif_dict).toMatchObject({ ...exif_dict, ...metadata })
    expect(photo.camera_make).toBe('Can\uFFFDon')
  })

  test('shows its metadata in exif_dict, where its own dictionary wins a clash', async () => {
    const alice = await app.as(ALICE)

    const { id } = await alice.create(
      anEgg({ metadata: { camera_make: 'Canon', iso: 1 }, exif_dict: { iso: 'two' } }),
    )

    expect((await read(alice, id)).exif_dict).toMatchObject({ camera_make: 'Canon', iso: 'two' })
  })

  test('with an exif_dict of 32 levels is taken', async () => {
    const alice = await app.as(ALICE)

    expect((await alice.post(PATH, anEgg({ exif_dict: nested(32) }))).status).toBe(201)
  })
})

describe('the time it was taken', () => {
  test.each([
    ['2024-01-15T14:30:00', '2024-01-15T14:30:00', null],
    ['2024-01-15T14:30:00Z', '2024-01-15T14:30:00', '+00:00'],
    ['2024-01-15T14:30:00.5', '2024-01-15T14:30:00.500', null],
    ['2024-01-15T14:30:00.123456+05:30', '2024-01-15T14:30:00.123', '+05:30'],
    ['2024-02-29T23:59:59-03:00', '2024-02-29T23:59:59', '-03:00'],
    ['1900-01-01T00:00:00', '1900-01-01T00:00:00', null],
  ])('%s is kept as wall clock, its zone apart', async (given, taken_at, taken_at_offset) => {
    const alice = await app.as(ALICE)

    const { id } = await alice.create(anEgg({ taken_at: given }))

    expect(await read(alice, id)).toMatchObject({ taken_at, taken_at_offset })
  })
})
