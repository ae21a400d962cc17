import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { type TiffEntry, withExif, withXmp, xmpDocument } from '../../../fixtures/written-words.ts'
import { fixture, plainJpeg, sharedCore } from './running-core.ts'

const core = sharedCore()
const plain = await plainJpeg()

const text = (tag: number, value: string, encoding: BufferEncoding = 'utf8'): TiffEntry => ({
  tag,
  type: 'ascii',
  value: Buffer.from(`${value}\0`, encoding),
})

const fractions = (tag: number, ...values: readonly number[]): TiffEntry => {
  const bytes = Buffer.alloc(values.length * 4)
  values.forEach((value, index) => bytes.writeUInt32LE(value, index * 4))
  return { tag, type: 'rational', value: bytes }
}

const metadataOf = async (file: Buffer) => (await core.egg(file)).metadata

describe('text in EXIF', () => {
  test('is without control characters and of a bounded length, and otherwise as it is', async () => {
    const { camera_make, camera_model } = await metadataOf(
      withExif(plain, [
        text(0x010f, ' A\u0007\u001b[31m\tB\u009f <i>Ø</i> '),
        text(0x0110, 'M'.repeat(7000)),
      ]),
    )

    expect(camera_make).toBe('A[31m B <i>Ø</i>')
    expect(camera_model).toBe('M'.repeat(255))
  })

  test('is Latin-1 where it is not UTF-8', async () => {
    const egg = await core.egg(
      withExif(plain, [text(0x010f, 'Bodø', 'latin1'), text(0x010e, 'Fjære', 'latin1')]),
    )

    expect(egg.metadata.camera_make).toBe('Bodø')
    expect(egg.description).toBe('Fjære')
  })

  test('that lies outside of the file is no text', async () => {
    const file = withExif(plain, [text(0x010f, 'Example'), text(0x010e, 'The bay')])
    const entry = file.indexOf(Buffer.from([0x0f, 0x01, 2, 0]))
    file.writeUInt32LE(0x7fff_0000, entry + 8)

    const egg = await core.egg(file)

    expect(egg.metadata.camera_make).toBeNull()
    expect(egg.description).toBe('The bay')
  })
})

describe('a position', () => {
  const north = { GPSLatitudeRef: 'N', GPSLatitude: '59/1 0/1 0/1' }
  const east = { GPSLongitudeRef: 'E', GPSLongitude: '10/1 0/1 0/1' }

  /** EXIF with a GPS directory behind it; sharp writes it. */
  const gps = (entries: Record<string, string>) =>
    sharp(fixture('plain.png')).withExif({ IFD3: entries }).jpeg().toBuffer()

  test('has the signs of its hemispheres', async () => {
    const south = { GPSLatitudeRef: 'S', GPSLatitude: '33/1 51/1 30/1' }
    const west = { GPSLongitudeRef: 'W', GPSLongitude: '70/1 30/1 0/1' }

    expect(await metadataOf(await gps({ ...south, ...west }))).toMatchObject({
      gps_latitude: -33.858333333333334,
      gps_longitude: -70.5,
    })
  })

  test('needs no seconds, and no minutes', async () => {
    const file = await gps({
      ...north,
      ...east,
      GPSLatitude: '59/1 30/1 0/0',
      GPSLongitude: '105/10 0/0 0/0',
    })

    expect(await metadataOf(file)).toMatchObject({ gps_latitude: 59.5, gps_longitude: 10.5 })
  })

  test.each([
    ['a latitude of 91', { GPSLatitude: '91/1 0/1 0/1' }],
    ['a longitude of 181', { GPSLongitude: '181/1 0/1 0/1' }],
    ['degrees divided by zero', { GPSLatitude: '59/0 0/1 0/1' }],
    ['degrees that are not there', { GPSLatitude: '0/0 0/0 0/0' }],
    ['minutes divided by zero', { GPSLongitude: '10/1 5/0 0/1' }],
    ['a hemisphere that there is not', { GPSLatitudeRef: 'X' }],
  ])('with %s is none, but what XMP says counts', async (_what, wrong) => {
    const file = await gps({ ...north, ...east, ...wrong })
    const inXmp = xmpDocument('', ' exif:GPSLatitude="1,30,0S" exif:GPSLongitude="2,15.0E"')

    expect(await metadataOf(file)).toMatchObject({ gps_latitude: null, gps_longitude: null })
    expect(await metadataOf(withXmp(file, inXmp))).toMatchObject({ gps_latitude: -1.5, gps_longitude: 2.25 })
  })

  test.each([
    ['31,30.0W', '10,0.0E'],
    ['31,30.0N', '10,0.0S'],
    ['31,30.0', '10,0.0E'],
  ])('in XMP of %s and %s is none: the letters are of the other direction', async (latitude, longitude) => {
    const inXmp = xmpDocument('', ` exif:GPSLatitude="${latitude}" exif:GPSLongitude="${longitude}"`)

    expect(await metadataOf(withXmp(plain, inXmp))).toMatchObject({ gps_latitude: null, gps_longitude: null })
  })

  test.each([
    [0, 40],
    [1, -40],
    [2, 40],
    [3, -40],
  ])('with an altitude of 40 m by reference %i is at %i m', async (reference, gps_altitude) => {
    const inXmp = xmpDocument('', ` exif:GPSAltitude="40/1" exif:GPSAltitudeRef="${reference}"`)

    expect(await metadataOf(withXmp(plain, inXmp))).toMatchObject({ gps_altitude })
  })

  test('is never put together from two sources', async () => {
    const file = withXmp(await gps(north), xmpDocument('', ' exif:GPSLongitude="10,0.0E"'))

    expect(await metadataOf(file)).toMatchObject({ gps_latitude: null, gps_longitude: null })
  })
})

describe('what EXIF does not say', () => {
  test('is told by XMP', async () => {
    const attributes = {
      'exif:FNumber': '28/10',
      'exif:ExposureTime': '1/250',
      'exif:FocalLength': '50/1',
      'exif:DateTimeOriginal': '2024-05-06T07:08:09.100+02:00',
      'exif:GPSLatitude': '27,41.639958N',
      'exif:GPSLongitude': '85,17.1158W',
      'exif:GPSAltitude': '1328/1',
      'exif:GPSAltitudeRef': '0',
    }
    const written = Object.entries(attributes).map(([name, value]) => ` ${name}="${value}"`)

    expect(await metadataOf(withXmp(plain, xmpDocument('', written.join(''))))).toMatchObject({
      f_number: 2.8,
      exposure_time: '1/250',
      focal_length: 50,
      taken_at: '2024-05-06T07:08:09.100',
      taken_at_offset: '+02:00',
      gps_latitude: expect.closeTo(27.693999, 5) as number,
      gps_longitude: expect.closeTo(-85.285263, 5) as number,
      gps_altitude: 1328,
    })
  })

  test.each(['1e-320', '1/99999999999', '1e999', '-0.5'])(
    'is null where XMP says that it took %s seconds',
    async (seconds) => {
      const file = withXmp(plain, xmpDocument('', ` exif:ExposureTime="${seconds}"`))

      expect((await metadataOf(file)).exposure_time).toBe(null)
    },
  )

  test('is null where XMP says something impossible', async () => {
    const file = withXmp(
      plain,
      xmpDocument(
        '',
        ' exif:FNumber="0/0" exif:ExposureTime="-1" exif:FocalLength="x" exif:DateTimeOriginal="0000-00-00T00:00:00" exif:GPSLatitude="95,0.0N" exif:GPSLongitude="0,0.0E"',
      ),
    )

    const { metadata, exif_dict } = await core.egg(file)

    expect(new Set(Object.values(metadata))).toEqual(new Set([null]))
    expect(exif_dict).toMatchObject({ 'XMP:FNumber': '0/0', 'XMP:GPSLatitude': '95,0.0N' })
  })

  test.each([
    [[1, 250], '1/250'],
    [[10, 2500], '1/250'],
    [[1, 32000], '1/32000'],
    [[1, 6], '1/6'],
    [[1, 3], '1/3'],
    [[10, 30], '1/3'],
    [[333, 1000], '1/3'],
    [[3, 10], '3/10'],
    [[4, 10], '2/5'],
    [[1, 2], '1/2'],
    [[77, 100], '77/100'],
    [[997, 1000], '1'],
    [[1, 1], '1'],
    [[13, 10], '1.3'],
    [[25, 10], '2.5'],
    [[30, 1], '30'],
    [[1, 0], null],
    [[0, 1], null],
  ])('but an exposure of %j seconds is %j', async (fraction, exposure_time) => {
    const file = withExif(plain, [text(0x010f, 'Example')], [fractions(0x829a, ...fraction)])

    expect((await metadataOf(file)).exposure_time).toBe(exposure_time)
  })
})
