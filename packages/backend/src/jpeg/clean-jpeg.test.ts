import fc from 'fast-check'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { cleanJpeg } from './clean-jpeg.ts'
import { blankTexts } from './icc-profile.ts'
import { type JpegSegment, jpegSegments } from './jpeg-segments.ts'

const SECRET = 'a secret of somebody'
const START = Buffer.from([0xff, 0xd8])

/** Forty by thirty pixels with some detail in each. */
const pixels = Buffer.from(Array.from({ length: 40 * 30 * 3 }, (_, at) => (at * at) % 251))
const picture = () => sharp(pixels, { raw: { width: 40, height: 30, channels: 3 } })

const plain = {
  baseline: await picture().jpeg({ quality: 80 }).toBuffer(),
  progressive: await picture().jpeg({ progressive: true }).toBuffer(),
  grey: await picture().greyscale().jpeg().toBuffer(),
  'four colours': await picture().toColourspace('cmyk').jpeg().toBuffer(),
}

function segmentsOf(jpeg: Buffer): JpegSegment[] {
  const segments = jpegSegments(jpeg)
  if (!segments) throw new Error('the test has no JPEG')
  return segments
}

const clean = (jpeg: Buffer) => cleanJpeg(segmentsOf(jpeg))
const decoded = (jpeg: Buffer) => sharp(jpeg, { failOn: 'error' }).raw().toBuffer()

function segment(marker: number, content: string | Buffer): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0])
  head.writeUInt16BE(Buffer.byteLength(content) + 2, 2)
  return Buffer.concat([head, Buffer.from(content)])
}

/** A JPEG with these segments behind its `place`th. */
function withSegments(jpeg: Buffer, place: number, ...added: Buffer[]): Buffer {
  const parts = segmentsOf(jpeg).map(({ bytes }) => bytes)
  parts.splice(place % parts.length, 0, ...added)
  return Buffer.concat([START, ...parts])
}

describe.each(Object.entries(plain))('a %s JPEG', (_name, jpeg) => {
  test('is left as it is where it has no metadata', () => {
    expect(clean(jpeg).equals(clean(clean(jpeg)))).toBe(true)
    expect(withoutFurtherProfiles(jpeg).equals(clean(jpeg))).toBe(true)
  })

  test('has the same pixels when whatever was put into it is cut out, and nothing of it is left', async () => {
    const anything = fc
      .uint8Array({ maxLength: 200 })
      .map((tail) => Buffer.concat([Buffer.from(SECRET), tail]))
    const added = fc.record({
      marker: fc.constantFrom(0xe0, 0xe1, 0xe2, 0xe3, 0xed, 0xee, 0xef, 0xfe),
      content: anything,
      place: fc.nat(30),
    })
    const changes = fc.record({
      segments: fc.array(added, { maxLength: 5 }),
      tail: fc.option(anything, { nil: Buffer.alloc(0) }),
    })
    const original = await decoded(jpeg)

    await fc.assert(
      fc.asyncProperty(changes, async ({ segments, tail }) => {
        let dirty: Buffer = jpeg
        for (const { place, marker, content } of segments)
          dirty = withSegments(dirty, place, segment(marker, content))

        const cleaned = clean(Buffer.concat([dirty, tail]))

        expect(cleaned.equals(clean(jpeg))).toBe(true)
        expect(cleaned.includes(SECRET)).toBe(false)
        expect((await decoded(cleaned)).equals(original)).toBe(true)
      }),
      { numRuns: 25 },
    )
  })
})

/** Sharp gives a picture of four colours a profile; its texts go. */
function withoutFurtherProfiles(jpeg: Buffer): Buffer {
  return segmentsOf(jpeg).some(({ marker }) => marker === 0xe2) ? clean(jpeg) : jpeg
}

test.each(['baseline', 'progressive', 'grey'] as const)(
  'a %s JPEG that is damaged anywhere is refused, or looks as damaged as before',
  async (name) => {
    const jpeg = plain[name]
    const change = fc.record({
      at: fc.nat(jpeg.length - 1),
      drop: fc.nat(3),
      put: fc.uint8Array({ maxLength: 3 }),
    })
    /** Null where a decoder gives up. */
    const shown = (bytes: Buffer) =>
      sharp(bytes, { failOn: 'none' })
        .raw()
        .toBuffer()
        .catch(() => null)
    let accepted = 0

    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
        let damaged: Buffer = jpeg
        for (const { at, drop, put } of changes)
          damaged = Buffer.concat([damaged.subarray(0, at), put, damaged.subarray(at + drop)])
        const segments = jpegSegments(damaged)
        if (!segments) return
        accepted++

        const cleaned = cleanJpeg(segments)

        expect(clean(cleaned).equals(cleaned)).toBe(true)
        expect(await shown(cleaned)).toEqual(await shown(damaged))
      }),
      { numRuns: 150 },
    )
    expect(accepted).toBeGreaterThan(10)
  },
)

test('EXIF, XMP, IPTC and comments of real writers are cut out', async () => {
  const dirty = await picture()
    .withExif({ IFD0: { Copyright: SECRET }, IFD3: { GPSLatitude: '51/1 30/1 0/1' } })
    .withXmp(`<x:xmpmeta xmlns:x="adobe:ns:meta/">${SECRET}</x:xmpmeta>`)
    .jpeg()
    .toBuffer()
  expect(dirty.includes(SECRET)).toBe(true)

  const cleaned = clean(dirty)

  const { exif, xmp, iptc, icc } = await sharp(cleaned).metadata()
  expect({ exif, xmp, iptc, icc }).toEqual({
    exif: undefined,
    xmp: undefined,
    iptc: undefined,
    icc: undefined,
  })
  expect(cleaned.includes(SECRET)).toBe(false)
  expect(await decoded(cleaned)).toEqual(await decoded(dirty))
})

test('the thumbnail in JFIF and further pictures behind the first go', async () => {
  const { baseline } = plain
  const jfif = (...thumbnail: number[]) =>
    segment(0xe0, Buffer.from([...Buffer.from('JFIF\0'), 1, 2, 0, 0, 1, 0, 1, ...thumbnail]))
  const list = segment(0xe2, 'MPF\0 a list of pictures')
  const dirty = Buffer.concat([withSegments(baseline, 0, jfif(2, 1, 7, 7, 7, 8, 8, 8), list), baseline])

  const cleaned = clean(dirty)

  expect(cleaned.equals(withSegments(baseline, 0, jfif(0, 0)))).toBe(true)
  expect(await decoded(cleaned)).toEqual(await decoded(baseline))
})

test('what Adobe says of the colours is kept, and nothing beside it', async () => {
  const adobe = (...rest: number[]) =>
    segment(0xee, Buffer.from([...Buffer.from('Adobe'), 0, 100, 0, 0, 0, 0, 0, ...rest]))
  const asRgb = withSegments(plain.baseline, 0, adobe())

  const cleaned = clean(withSegments(plain.baseline, 0, adobe(...Buffer.from(SECRET))))

  expect(cleaned.equals(asRgb)).toBe(true)
  expect(await decoded(cleaned)).not.toEqual(await decoded(plain.baseline))
})

function withoutProfile(jpeg: Buffer): Buffer {
  const others = segmentsOf(jpeg).filter(({ marker }) => marker !== 0xe2)
  return Buffer.concat([START, ...others.map(({ bytes }) => bytes)])
}

describe('an ICC profile', () => {
  const dirty = () => picture().withIccProfile('p3').jpeg().toBuffer()
  /** As its colours are where they are shown. */
  const shown = (jpeg: Buffer) => sharp(jpeg).toColourspace('srgb').raw().toBuffer()

  test('is kept, and with it the colours, without its texts', async () => {
    const jpeg = await dirty()
    const { icc } = await sharp(jpeg).metadata()

    const cleaned = clean(jpeg)

    const kept = (await sharp(cleaned).metadata()).icc
    expect(kept).toHaveLength(icc?.length ?? 0)
    expect(await shown(cleaned)).toEqual(await shown(jpeg))
    expect(await shown(jpeg)).not.toEqual(await shown(withoutProfile(jpeg)))
  })

  test('loses every text: its copyright, what is its maker’s own, and what stands behind its tags', async () => {
    const { icc } = await sharp(await dirty()).metadata()
    const texts = ['cprt', 'mmod'].map((tag) => withText(icc ?? Buffer.alloc(0), tag))
    const behind = Buffer.concat([icc ?? Buffer.alloc(0), Buffer.from(SECRET)])

    for (const profile of [...texts, behind]) {
      expect(profile.includes(SECRET)).toBe(true)
      expect(blankTexts(profile)).toHaveLength(profile.length)
      expect(blankTexts(profile)?.includes(SECRET)).toBe(false)
    }
  })

  test('in several pieces, in any order, is cleaned as a whole', async () => {
    const jpeg = await dirty()
    const whole = clean(jpeg)
    const { icc } = await sharp(jpeg).metadata()
    const profile = icc ?? Buffer.alloc(0)
    const middle = Math.floor(profile.length / 2)
    const piece = (number: number, data: Buffer) =>
      segment(0xe2, Buffer.concat([Buffer.from('ICC_PROFILE\0'), Buffer.from([number, 2]), data]))
    const pieces = [piece(2, profile.subarray(middle)), piece(1, profile.subarray(0, middle))]

    const cleaned = clean(withSegments(withoutProfile(jpeg), 1, ...pieces))

    expect((await sharp(cleaned).metadata()).icc).toEqual((await sharp(whole).metadata()).icc)
    expect(await shown(cleaned)).toEqual(await shown(jpeg))
  })

  test.each([
    ['is no profile', [1, 1], SECRET.repeat(20)],
    ['lacks a piece', [1, 2], SECRET],
    ['is empty', [1, 1], ''],
  ])('that %s is cut out', (_what, numbers, data) => {
    const content = Buffer.concat([Buffer.from('ICC_PROFILE\0'), Buffer.from(numbers), Buffer.from(data)])

    const cleaned = clean(withSegments(plain.baseline, 1, segment(0xe2, content)))

    expect(cleaned.equals(clean(plain.baseline))).toBe(true)
  })

  test('of any bytes is blanked or refused, and never read beyond its end', async () => {
    const { icc } = await sharp(await dirty()).metadata()
    const profile = icc ?? Buffer.alloc(0)
    const spoiled = fc.record({
      at: fc.nat(profile.length - 1),
      value: fc.nat(255),
      end: fc.nat(profile.length),
    })

    fc.assert(
      fc.property(spoiled, ({ at, value, end }) => {
        const bytes = Buffer.from(profile)
        bytes[at] = value
        const blank = blankTexts(bytes.subarray(0, end))
        expect(blank === null || blank.length === end).toBe(true)
      }),
      { numRuns: 500 },
    )
  })
})

/** A profile whose copyright stands under the name `tag`, and is the secret. */
function withText(profile: Buffer, tag: string): Buffer {
  const text = Buffer.from(`text\0\0\0\0${SECRET}`)
  const longer = Buffer.concat([profile, text])
  const entry = longer.indexOf('cprt')
  longer.write(tag, entry, 'latin1')
  longer.writeUInt32BE(profile.length, entry + 4)
  longer.writeUInt32BE(text.length, entry + 8)
  longer.writeUInt32BE(longer.length, 0)
  return longer
}
