import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type TiffEntry,
  ascii,
  tiffDirectory,
  withExif,
  withXmp,
  xmpDocument,
} from '../../../fixtures/written-words.ts'
import { plainJpeg, sharedCore } from './running-core.ts'

const core = sharedCore()
const plain = await plainJpeg()

const latin = (text: string) => Buffer.from(text, 'latin1')
const make = (name: string): TiffEntry => ({ tag: 0x010f, type: 'ascii', value: ascii(name) })
const lensName = (tag: number, name: string): TiffEntry => ({ tag, type: 'ascii', value: ascii(name) })
const tenths = (tag: number, values: readonly number[]): TiffEntry => ({
  tag,
  type: 'rational',
  value: Buffer.concat(values.map((value) => fraction(value * 10, 10))),
})

function fraction(top: number, bottom: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeUInt32LE(top, 0)
  bytes.writeUInt32LE(bottom, 4)
  return bytes
}

/** Lists of Canon's settings: the places that are filled, all others zero. */
function settings(tag: number, length: number, filled: Readonly<Record<number, number>>): TiffEntry {
  return { tag, type: 'short', value: Array.from({ length }, (_, index) => filled[index] ?? 0) }
}

/** A directory behind a header, with offsets from the beginning of the TIFF structure around it. */
const behind = (header: string, entries: readonly TiffEntry[]) => (at: number) =>
  Buffer.concat([latin(header), tiffDirectory(entries, at + header.length)])

/** Nikon puts a TIFF structure of its own into its note. */
const nikon = (entries: readonly TiffEntry[]) => () =>
  Buffer.concat([latin('Nikon\0\x02\x10\0\0II*\0\x08\0\0\0'), tiffDirectory(entries, 8)])

function olympus(): Buffer {
  const header = latin('OLYMPUS\0II\x03\0')
  const pointer = (at: number): TiffEntry => ({ tag: 0x2010, type: 'long', value: [at] })
  const equipmentAt = header.length + tiffDirectory([pointer(0)], 0).length
  const equipment = tiffDirectory([lensName(0x0203, 'OLYMPUS M.12-40mm F2.8')], equipmentAt)
  return Buffer.concat([header, tiffDirectory([pointer(equipmentAt)], header.length), equipment])
}

const fujifilm = () =>
  Buffer.concat([
    latin('FUJIFILM\x0c\0\0\0'),
    tiffDirectory(
      [tenths(0x1404, [18]), tenths(0x1405, [55]), tenths(0x1406, [2.8]), tenths(0x1407, [4])],
      12,
    ),
  ])

const sonySpecification: TiffEntry = {
  tag: 0xb02a,
  type: 'byte',
  value: Buffer.from([0, 0x00, 0x18, 0x00, 0x70, 0x35, 0x56, 0]),
}

async function lensOf(file: Buffer): Promise<string | null | undefined> {
  return (await core.egg(file)).metadata.lens_model
}

describe('a lens that EXIF does not name', () => {
  test.each<[string, string, (at: number) => Buffer]>([
    ['Canon', 'EF50mm f/1.2L USM', behind('', [lensName(0x0095, 'EF50mm f/1.2L USM')])],
    ['Canon', '7.1-21.3mm', behind('', [settings(0x0001, 46, { 23: 682, 24: 227, 25: 32 })])],
    ['NIKON CORPORATION', '18-55mm f/3.5-5.6', nikon([tenths(0x0084, [18, 55, 3.5, 5.6])])],
    ['NIKON CORPORATION', '50mm f/1.8', nikon([tenths(0x0084, [50, 50, 1.8, 1.8])])],
    ['NIKON', '20mm f/2.8', behind('', [tenths(0x0084, [20, 20, 2.8, 2.8])])],
    ['Panasonic', 'LUMIX G 20/F1.7 II', behind('Panasonic\0\0\0', [lensName(0x0051, 'LUMIX G 20/F1.7 II')])],
    ['OLYMPUS CORPORATION', 'OLYMPUS M.12-40mm F2.8', olympus],
    ['SONY', '18-70mm f/3.5-5.6', behind('SONY DSC \0\0\0', [sonySpecification])],
    ['FUJIFILM', '18-55mm f/2.8-4', fujifilm],
  ])('is read from the notes of %s: %s', async (maker, lens, note) => {
    expect(await lensOf(withExif(plain, [make(maker)], [], note))).toBe(lens)
  })

  test('is found in notes that an editor has moved, by the place that Canon keeps of them', async () => {
    const moved = (at: number) => {
      const stoodAt = at + 96
      const place = Buffer.alloc(4)
      place.writeUInt32LE(stoodAt)
      return Buffer.concat([
        tiffDirectory([lensName(0x0095, 'EF50mm f/1.2L USM')], stoodAt),
        latin('II*\0'),
        place,
      ])
    }

    expect(await lensOf(withExif(withXmpBefore(plain), [make('Canon')], [], moved))).toBe('EF50mm f/1.2L USM')
  })

  test('is read from XMP, else told by what it can do', async () => {
    const specification: TiffEntry = tenths(0xa432, [24, 70, 2.8, 2.8])
    const inXmp = withXmp(plain, xmpDocument('', ' aux:Lens="EF85mm f/1.8 USM"'))

    expect(await lensOf(inXmp)).toBe('EF85mm f/1.8 USM')
    expect(await lensOf(withExif(plain, [], [specification]))).toBe('24-70mm f/2.8')
    expect(await lensOf(withExif(inXmp, [], [specification]))).toBe('EF85mm f/1.8 USM')
  })

  test('counts behind EXIF', async () => {
    const note = behind('', [lensName(0x0095, 'from the notes')])

    expect(await lensOf(withExif(plain, [make('Canon')], [lensName(0xa434, 'from EXIF')], note))).toBe(
      'from EXIF',
    )
  })

  test.each([
    [[0, 0, 0, 0], null],
    [[55, 18, 3.5, 5.6], null],
    [[18, 55, 0, 0], '18-55mm'],
    [[90_000, 90_000, 1, 1], null],
  ])('of %j millimetres is %j', async (values, lens) => {
    expect(await lensOf(withExif(plain, [], [tenths(0xa432, values)]))).toBe(lens)
  })
})

/** Moves the EXIF that will stand before it away from the beginning of the file. */
function withXmpBefore(jpeg: Buffer): Buffer {
  return withXmp(jpeg, xmpDocument('<dc:source>before</dc:source>'))
}

describe('an ISO that EXIF does not tell', () => {
  const isoOf = async (file: Buffer) => (await core.egg(file)).metadata.iso

  test.each<[string, number | null, (at: number) => Buffer]>([
    ['Canon', 100, behind('', [settings(0x0001, 46, { 16: 17 })])],
    ['Canon', 6400, behind('', [settings(0x0001, 46, { 16: 0x4000 + 6400 })])],
    ['Canon', 50, behind('', [settings(0x0001, 46, { 16: 15 }), settings(0x0004, 34, { 1: 0, 2: 128 })])],
    ['Canon', null, behind('', [settings(0x0001, 46, { 16: 0x7fff })])],
    ['NIKON CORPORATION', 400, nikon([{ tag: 0x0002, type: 'short', value: [0, 400] }])],
    ['NIKON CORPORATION', 159, nikon([{ tag: 0x0025, type: 'undefined', value: Buffer.alloc(14, 68) }])],
  ])('is read from the notes of %s: %s', async (maker, iso, note) => {
    expect(await isoOf(withExif(plain, [make(maker)], [], note))).toBe(iso)
  })

  test('because it has too few bits for it is read from the field beside it', async () => {
    const capped: TiffEntry = { tag: 0x8827, type: 'short', value: [65_535] }
    const real: TiffEntry = { tag: 0x8832, type: 'long', value: [102_400] }

    expect(await isoOf(withExif(plain, [], [capped, real]))).toBe(102_400)
    expect(await isoOf(withExif(plain, [], [capped]))).toBe(65_535)
  })
})

describe('notes that are no good', () => {
  const makers = [
    'Canon',
    'NIKON CORPORATION',
    'OLYMPUS',
    'Panasonic',
    'SONY',
    'FUJIFILM',
    'EASTMAN KODAK COMPANY',
  ]
  const headers = [
    '',
    'Nikon\0\x02\x10\0\0II*\0',
    'OLYMPUS\0II\x03\0',
    'OLYMP\0\x01\0',
    'Panasonic\0\0\0',
    'FUJIFILM',
  ]

  test('cost nothing, whatever is in them', async () => {
    const notes = fc.record({
      maker: fc.constantFrom(...makers),
      header: fc.constantFrom(...headers),
      body: fc.uint8Array({ maxLength: 300 }),
    })

    await fc.assert(
      fc.asyncProperty(notes, async ({ maker, header, body }) => {
        const note = Buffer.concat([latin(header), body, Buffer.alloc(8)])
        const { metadata } = await core.egg(withExif(plain, [make(maker)], [], () => note))

        expect(metadata.camera_make).toBe(maker)
      }),
      { numRuns: 150 },
    )
  }, 60_000)
})
