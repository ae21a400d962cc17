import { createHash } from 'node:crypto'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { MUTED, SCENE, cornersOf, furthest, inInk } from './pixels.ts'
import { fixture, sharedCore } from './running-core.ts'

const core = sharedCore()

/** What JPEG at quality 85 may do to a flat colour, and a colour conversion on top. */
const CLOSE = 6
/** What is lost on the way to ink and back: profiles fit every colour between paper and black. */
const PRINTED = 16

describe('an egg', () => {
  test('has the hothash of its hotpreview and the hash of its file', async () => {
    const file = fixture('camera.jpg')

    const egg = await core.egg(file, { filename: 'IMG_1.JPG' })

    const hash = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
    expect(egg.hothash).toBe(hash(Buffer.from(egg.hotpreview_base64, 'base64')))
    expect(egg.file_sha256).toBe(hash(file))
    expect(egg).toMatchObject({
      file_size_bytes: file.length,
      primary_filename: 'IMG_1.JPG',
      image_format: 'JPEG',
      is_valid_image: true,
      recipe: 'h1',
      egg_version: '2.1',
    })
  })

  test('carries what the camera wrote, with signs, fractions and the clock as it stood', async () => {
    const { metadata, exif_dict } = await core.egg(fixture('camera.jpg'))

    expect(metadata).toEqual({
      taken_at: '2024-01-15T14:30:00.250',
      taken_at_offset: '+01:00',
      camera_make: 'Example',
      camera_model: 'Camera One',
      lens_make: 'Example',
      lens_model: 'Fifty 1.8',
      focal_length: 50,
      f_number: 2.8,
      iso: 400,
      exposure_time: '1/250',
      gps_latitude: expect.closeTo(-33.858333, 5) as number,
      gps_longitude: -70.5,
      gps_altitude: -12.5,
    })
    expect(exif_dict).toMatchObject({
      Make: 'Example',
      FNumber: 2.8,
      DateTimeOriginal: '2024:01:15 14:30:00',
    })
  })

  test('says null for what no camera can have seen, and keeps it readable', async () => {
    const { metadata, exif_dict } = await core.egg(fixture('impossible-values.jpg'))

    const { camera_make, ...rest } = metadata
    expect(camera_make).toBe('Example')
    expect(new Set(Object.values(rest))).toEqual(new Set([null]))
    expect(exif_dict).toMatchObject({
      DateTimeOriginal: '0000:00:00 00:00:00',
      ExposureTime: '1/0',
      FNumber: '0/0',
      ISOSpeedRatings: 0,
    })
  })

  test('is all null where the file says nothing', async () => {
    const { metadata } = await core.egg(fixture('plain.png'))

    expect(new Set(Object.values(metadata))).toEqual(new Set([null]))
  })

  test('names its file without folders and control characters', async () => {
    const egg = await core.egg(fixture('plain.png'), { filename: 'C:\\photos\\Tromsø\u0007 øst.png' })

    expect(egg.primary_filename).toBe('Tromsø øst.png')
  })
})

describe('formats', () => {
  test.each([
    ['camera.jpg', 'JPEG'],
    ['progressive.jpg', 'JPEG'],
    ['no-end-marker.jpg', 'JPEG'],
    ['two-pictures.mpo', 'JPEG'],
    ['plain.png', 'PNG'],
    ['palette.png', 'PNG'],
    ['16-bit.png', 'PNG'],
    ['plain.webp', 'WebP'],
    ['plain.tif', 'TIFF'],
    ['16-bit.tif', 'TIFF'],
    ['two-pages.tif', 'TIFF'],
    ['tiled.tif', 'TIFF'],
    ['two-frames.gif', 'GIF'],
    ['animated.png', 'PNG'],
    ['animated.webp', 'WebP'],
    ['plain.jxl', 'JXL'],
    ['packed-exif.jxl', 'JXL'],
    ['24-bit.bmp', 'BMP'],
    ['16-bit.bmp', 'BMP'],
    ['top-down-32-bit.bmp', 'BMP'],
    ['palette.bmp', 'BMP'],
    ['run-length.bmp', 'BMP'],
    ['plain.avif', 'AVIF'],
    ['plain.heic', 'HEIC'],
  ])('shows %s as it is, whatever its name says', async (name, format) => {
    const egg = await core.egg(fixture(name), { filename: 'anything.txt' })

    expect(egg).toMatchObject({ image_format: format, width: 64, height: 48 })
    expect(furthest(await cornersOf(egg.hotpreview_base64))).toBeLessThanOrEqual(CLOSE)
  })

  test('reads the EXIF of a JPEG XL that its encoder packed', async () => {
    const { metadata } = await core.egg(fixture('packed-exif.jxl'))

    expect(metadata).toMatchObject({ taken_at: '2024-01-15T14:30:00.250', camera_model: 'Camera One' })
  })

  test('shows grey as grey', async () => {
    const egg = await core.egg(fixture('grey.jpg'))

    const { topLeft } = await cornersOf(egg.hotpreview_base64)
    expect(Math.max(...topLeft) - Math.min(...topLeft)).toBe(0)
  })

  test.each(['cmyk.jpg', 'cmyk.tif'])(
    'brings the inks of %s near the colours that they print',
    async (name) => {
      const egg = await core.egg(fixture(name))

      expect(furthest(await cornersOf(egg.hotpreview_base64))).toBeLessThan(80)
    },
  )

  test.each(['alpha.png', 'alpha.webp', 'alpha.jxl'])('lays %s on white', async (name) => {
    const egg = await core.egg(fixture(name))

    const white = [255, 255, 255]
    const wanted = { ...SCENE, topRight: white, bottomRight: white }
    expect(furthest(await cornersOf(egg.hotpreview_base64), wanted)).toBeLessThanOrEqual(CLOSE)
  })
})

describe('colours', () => {
  const display = ['display-p3.jpg', 'display-p3-icc.heic', 'display-p3-coded.heic']
  const wide = ['adobe-rgb.png', 'prophoto-rgb.jpg', 'prophoto-rgb.tif']
  test.each([...display, ...wide])('converts %s to sRGB', async (name) => {
    const egg = await core.egg(fixture(name), { coldpreviewSize: 150 })

    expect(furthest(await cornersOf(egg.hotpreview_base64))).toBeLessThanOrEqual(CLOSE)
    expect(furthest(await cornersOf(egg.coldpreview_base64 ?? ''))).toBeLessThanOrEqual(CLOSE)
  })

  test('converts inks by the profile that comes with them', async () => {
    const egg = await core.egg(await inInk(), { coldpreviewSize: 150 })

    expect(furthest(await cornersOf(egg.hotpreview_base64), MUTED)).toBeLessThanOrEqual(PRINTED)
    expect(furthest(await cornersOf(egg.coldpreview_base64 ?? ''), MUTED)).toBeLessThanOrEqual(PRINTED)
  })

  test.each(wide)('%s would look different without the conversion', async (name) => {
    const unconverted = await sharp(fixture(name), { ignoreIcc: true }).jpeg({ quality: 95 }).toBuffer()

    expect(furthest(await cornersOf(unconverted.toString('base64')))).toBeGreaterThan(3 * CLOSE)
  })
})

describe('orientation', () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])('turns EXIF orientation %i upright', async (orientation) => {
    const egg = await core.egg(fixture(`orientation-${orientation}.jpg`), { coldpreviewSize: 150 })

    expect(egg).toMatchObject({ width: 64, height: 48, hotpreview_width: 64, hotpreview_height: 48 })
    expect(furthest(await cornersOf(egg.hotpreview_base64))).toBeLessThanOrEqual(CLOSE)
    expect(furthest(await cornersOf(egg.coldpreview_base64 ?? ''))).toBeLessThanOrEqual(CLOSE)
  })

  test.each(['orientation-6.png', 'turned.avif', 'turned.heic', 'exif-orientation-ignored.avif'])(
    'shows %s upright, where a HEIC or AVIF is turned by its container and not by EXIF',
    async (name) => {
      const egg = await core.egg(fixture(name))

      expect(egg).toMatchObject({ width: 64, height: 48 })
      expect(furthest(await cornersOf(egg.hotpreview_base64))).toBeLessThanOrEqual(CLOSE)
    },
  )
})

describe('previews', () => {
  test('fit inside their size, keep the shape and are never enlarged', async () => {
    const egg = await core.egg(fixture('panorama.jpg'), { coldpreviewSize: 1000 })

    expect(egg).toMatchObject({ width: 3000, height: 8, hotpreview_width: 150, hotpreview_height: 1 })
    expect(egg).toMatchObject({ coldpreview_width: 1000, coldpreview_height: 3 })
    expect(await core.egg(fixture('plain.png'), { coldpreviewSize: 4096 })).toMatchObject({
      coldpreview_width: 64,
      coldpreview_height: 48,
    })
  })

  test('are sRGB JPEGs without any metadata', async () => {
    const egg = await core.egg(fixture('camera.jpg'), { coldpreviewSize: 200 })

    for (const preview of [egg.hotpreview_base64, egg.coldpreview_base64 ?? '']) {
      const { exif, icc, xmp, format, space, channels } = await sharp(
        Buffer.from(preview, 'base64'),
      ).metadata()
      expect({ exif, icc, xmp, format, space, channels }).toEqual({
        format: 'jpeg',
        space: 'srgb',
        channels: 3,
      })
    }
  })

  test('stay within what the backend stores, even of noise that nothing compresses', async () => {
    const egg = await core.egg(await noise(4096, 4096), { coldpreviewSize: 4096 })

    expect(egg.coldpreview_width).toBe(4096)
    expect(Buffer.from(egg.coldpreview_base64 ?? '', 'base64').length).toBeLessThanOrEqual(4 * 1024 * 1024)
    expect(Buffer.from(egg.hotpreview_base64, 'base64').length).toBeLessThanOrEqual(64 * 1024)
  })

  test.each(['149', '4097', 'large', '-1', ''])('of %j px are refused', async (coldpreviewSize) => {
    expect(await core.refusal(fixture('plain.png'), { coldpreviewSize })).toMatchObject({
      code: 'validation_failed',
      status: 422,
      errors: [{ path: 'coldpreview_size' }],
    })
  })
})

function noise(width: number, height: number): Promise<Buffer> {
  const pixels = Buffer.alloc(width * height * 3)
  let state = 7
  for (let at = 0; at < pixels.length; at++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    pixels[at] = state >>> 24
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 95 })
    .toBuffer()
}
