import { describe, expect, test } from 'vitest'
import { cornersOf, furthest } from './pixels.ts'
import { fixture, sharedCore } from './running-core.ts'

const core = sharedCore()

/** What JPEG may do to a flat colour twice: once in the camera, once in the preview. */
const CLOSE = 8

const taken = { taken_at: '2024-01-15T14:30:00', iso: 400, f_number: 2.8, exposure_time: '1/250' }
const wide = { width: 6000, height: 4000, hotpreview_width: 150, hotpreview_height: 113 }
const high = { width: 4000, height: 6000, hotpreview_width: 113, hotpreview_height: 150 }

describe("a camera's RAW", () => {
  test.each([
    ['nikon.nef', 'NEF', wide, { ...taken, camera_make: 'NIKON CORPORATION', camera_model: 'NIKON ONE' }],
    ['coolpix.nrw', 'NRW', wide, { ...taken, camera_model: 'COOLPIX One' }],
    ['sony.arw', 'ARW', wide, { ...taken, camera_make: 'SONY' }],
    ['pentax.pef', 'PEF', wide, { ...taken, camera_make: 'PENTAX' }],
    ['samsung.srw', 'SRW', wide, { ...taken, camera_make: 'SAMSUNG' }],
    ['adobe.dng', 'DNG', wide, { ...taken, camera_model: 'Camera Two' }],
    ['canon.cr2', 'CR2', high, { ...taken, camera_make: 'Canon', camera_model: 'Canon EOS One' }],
    ['panasonic.rw2', 'RW2', wide, { ...taken, camera_make: 'Panasonic' }],
    ['olympus.orf', 'ORF', wide, { ...taken, camera_make: 'OLYMPUS CORPORATION' }],
    [
      'fujifilm.raf',
      'RAF',
      high,
      { ...taken, taken_at: '2024-01-15T14:30:00.250', camera_model: 'Camera One' },
    ],
    ['sigma.x3f', 'X3F', high, { ...taken, taken_at: '2024-01-15T14:30:00.250', camera_model: 'Camera One' }],
    ['canon-boxes.cr3', 'CR3', high, { ...taken, camera_model: 'Canon EOS One', gps_longitude: -70.5 }],
    [
      'canon-heap.crw',
      'CRW',
      high,
      {
        taken_at: taken.taken_at,
        iso: 400,
        exposure_time: '1/256',
        camera_make: 'Canon',
        camera_model: 'Canon EOS One',
      },
    ],
  ])(
    '%s shows its embedded JPEG upright, with the size and the metadata of the RAW',
    async (name, format, size, metadata) => {
      const egg = await core.egg(fixture(name), { filename: 'anything.jpg', coldpreviewSize: 1000 })

      expect(egg).toMatchObject({ image_format: format, ...size, metadata })
      expect(Math.max(egg.coldpreview_width ?? 0, egg.coldpreview_height ?? 0)).toBe(384)
      expect(furthest(await cornersOf(egg.hotpreview_base64))).toBeLessThanOrEqual(CLOSE)
      expect(furthest(await cornersOf(egg.coldpreview_base64 ?? ''))).toBeLessThanOrEqual(CLOSE)
    },
  )

  test.each([
    ['sideways.nef', 'turned as the RAW says, where the JPEG says nothing'],
    ['upright-preview.nef', 'left as it is where the JPEG is stored upright'],
    ['fujifilm.raf', 'turned once where the JPEG says so itself'],
  ])('%s is %s', async (name) => {
    const egg = await core.egg(fixture(name))

    expect(egg).toMatchObject(high)
    expect(furthest(await cornersOf(egg.hotpreview_base64))).toBeLessThanOrEqual(CLOSE)
  })

  test.each([
    ['damaged-preview.nef', 'has zeros in it'],
    ['cut-preview.nef', 'is cut off with the file'],
  ])('%s, whose largest preview %s, shows the next smaller one', async (name) => {
    const egg = await core.egg(fixture(name), { coldpreviewSize: 1000 })

    expect(egg).toMatchObject({ ...wide, image_format: 'NEF', coldpreview_width: 330 })
    expect(furthest(await cornersOf(egg.hotpreview_base64))).toBeLessThanOrEqual(CLOSE)
  })

  test('shows a preview that nothing points to', async () => {
    const egg = await core.egg(fixture('hidden-preview.arw'))

    expect(egg).toMatchObject({ ...wide, image_format: 'ARW' })
    expect(furthest(await cornersOf(egg.hotpreview_base64))).toBeLessThanOrEqual(CLOSE)
  })

  test('shows its thumbnail where there is nothing better', async () => {
    const egg = await core.egg(fixture('thumbnail-only.nef'), { coldpreviewSize: 1000 })

    expect(egg).toMatchObject({ ...wide, coldpreview_width: 160 })
    expect(furthest(await cornersOf(egg.hotpreview_base64))).toBeLessThanOrEqual(CLOSE)
  })

  test('without a preview is developed, near the colours of the scene', async () => {
    const egg = await core.egg(fixture('mosaic.dng'), { coldpreviewSize: 1000 })

    expect(egg).toMatchObject({ image_format: 'DNG', width: 384, height: 288, coldpreview_width: 384 })
    expect(furthest(await cornersOf(egg.hotpreview_base64))).toBeLessThan(40)
  })

  test('has the same hothash every time, whichever way its picture was found', async () => {
    for (const name of ['canon-boxes.cr3', 'damaged-preview.nef', 'mosaic.dng']) {
      const [first, second] = await Promise.all([
        core.egg(fixture(name)),
        core.egg(fixture(name), { coldpreviewSize: 300 }),
      ])

      expect(second.hothash).toBe(first.hothash)
    }
  })

  test('is developed alike behind files that could not be', async () => {
    const before = await core.egg(fixture('mosaic.dng'))

    for (const name of ['raw.raf', 'raw.mrw', 'raw.x3f', 'raw.cr3', 'raw.orf'])
      await core.refusal(fixture(name))

    expect((await core.egg(fixture('mosaic.dng'))).hothash).toBe(before.hothash)
  })

  test('whose raw data is cut off is no black picture', async () => {
    const file = fixture('mosaic.dng')

    const refusal = await core.refusal(file.subarray(0, file.length - 50_000))

    expect(refusal).toMatchObject({ status: 422 })
  })

  test('that says it is larger than any image may be is refused', async () => {
    const file = Buffer.from(fixture('nikon.nef'))
    const width = file.indexOf(Buffer.from([0x70, 0x17, 0, 0]))
    file.writeUInt32LE(90_000, width)

    expect(await core.refusal(file)).toMatchObject({ code: 'image_too_large', status: 413 })
  })
})
