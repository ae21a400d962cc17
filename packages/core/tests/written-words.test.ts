import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  ascii,
  type TiffEntry,
  wide,
  withExif,
  withIptc,
  withXmp,
  xmpDocument,
  xmpLanguages,
  xmpList,
} from '../../../fixtures/written-words.ts'
import { type RunningCore, fixture, startCore } from './running-core.ts'

let core: RunningCore
let plain: Buffer

beforeAll(async () => {
  core = await startCore()
  plain = await sharp(fixture('plain.png')).jpeg().toBuffer()
})

afterAll(() => core.close())

const wordsOf = async (file: Buffer) => {
  const { title, description, rating, flag, color_label, tags, creator, fitted } = await core.egg(file)
  const all = { title, description, rating, flag, color_label, tags, creator, fitted }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
}

const ofXmp = (elements: string, attributes = '') =>
  wordsOf(withXmp(plain, xmpDocument(elements, attributes)))

describe('what a photographer wrote into XMP', () => {
  test('comes along in the egg', async () => {
    const words = await ofXmp(
      xmpLanguages('dc:title', { 'x-default': 'Low tide' }) +
        xmpLanguages('dc:description', { 'x-default': 'The bay\nat five & six' }) +
        xmpList('dc:subject', ['Sea', 'sea', ' Bodø ']) +
        xmpList('dc:creator', ['Kari Nordmann'], 'Seq'),
      ' xmp:Rating="4" xmp:Label="Green"',
    )

    expect(words).toEqual({
      title: 'Low tide',
      description: 'The bay\nat five & six',
      rating: 4,
      color_label: 'green',
      tags: ['sea', 'bodø'],
      creator: 'Kari Nordmann',
    })
  })

  test('is the same in elements as in attributes', async () => {
    const words = await ofXmp('<xmp:Rating>4</xmp:Rating><xmp:Label>Green</xmp:Label>')

    expect(words).toEqual({ rating: 4, color_label: 'green' })
  })

  test.each(['png', 'webp', 'tiff', 'avif'] as const)('is read from %s too', async (format) => {
    const file = await sharp(fixture('plain.png'))
      .withXmp(xmpDocument(xmpList('dc:subject', ['sea']), ' xmp:Rating="2"'))
      .toFormat(format)
      .toBuffer()

    expect(await wordsOf(file)).toEqual({ rating: 2, tags: ['sea'] })
  })

  test('is read from a RAW, such as the rating that a camera of Canon gives', async () => {
    const xmp = Buffer.from(xmpDocument('<xmp:Rating>4</xmp:Rating>'))
    const head = Buffer.from(
      '\0\0\0\0uuid\xbe\x7a\xcf\xcb\x97\xa9\x42\xe8\x9c\x71\x99\x94\x91\xe3\xaf\xac',
      'latin1',
    )
    head.writeUInt32BE(head.length + xmp.length)

    const egg = await core.egg(Buffer.concat([fixture('canon-boxes.cr3'), head, xmp]))

    expect(egg).toMatchObject({ image_format: 'CR3', rating: 4 })
  })

  test('is nothing where the file says nothing', async () => {
    expect(await wordsOf(fixture('camera.jpg'))).toEqual({})
  })

  test('is read in the default language, else in the first', async () => {
    const words = await ofXmp(
      xmpLanguages('dc:title', { 'nb-NO': 'Fjære', 'x-default': 'Low tide' }) +
        xmpLanguages('dc:description', { 'nb-NO': 'Bukta', 'en-GB': 'The bay' }),
    )

    expect(words).toEqual({ title: 'Low tide', description: 'Bukta' })
  })

  test('has its headline for a title where it has none', async () => {
    expect(await ofXmp('<photoshop:Headline>Storm warning</photoshop:Headline>')).toEqual({
      title: 'Storm warning',
    })
  })

  test('is told apart by vocabulary, not by prefix and name', async () => {
    const other = '<o:Rating xmlns:o="http://example.com/o/">1</o:Rating>'
    const same = '<any:Rating xmlns:any="http://ns.adobe.com/xap/1.0/">5</any:Rating>'

    expect(await ofXmp(other + same)).toEqual({ rating: 5 })
  })
})

describe('a rating', () => {
  test.each([
    ['5', { rating: 5 }],
    ['0', { rating: 0 }],
    ['-1', { flag: 'reject' }],
    ['-1.0', { flag: 'reject' }],
    ['3.0', { rating: 3 }],
  ])('of %s is taken as %j', async (written, expected) => {
    expect(await ofXmp('', ` xmp:Rating="${written}"`)).toEqual(expected)
  })

  test.each([
    ['3.5', 4],
    ['7', 5],
    ['99', 5],
  ])('of %s becomes %i, and the egg says so', async (written, rating) => {
    expect(await ofXmp('', ` xmp:Rating="${written}"`)).toEqual({
      rating,
      fitted: [{ field: 'rating', reason: `is ${written}; taken as ${rating}.` }],
    })
  })

  test.each(['-7', 'five', 'NaN', '1e999', '1/0'])(
    'of %s is left out, and the egg says so',
    async (written) => {
      const words = await ofXmp('', ` xmp:Rating="${written}"`)

      expect(words).toEqual({
        fitted: [{ field: 'rating', reason: expect.stringContaining('left out') as string }],
      })
    },
  )

  test.each([
    ['1', 1],
    ['25', 2],
    ['50', 3],
    ['75', 4],
    ['99', 5],
  ])('of %s per cent is %i stars, as Windows counts', async (percent, rating) => {
    expect(await ofXmp('', ` MicrosoftPhoto:Rating="${percent}"`)).toEqual({ rating })
  })

  test('in stars counts before one in per cent, and XMP before EXIF', async () => {
    const entry: TiffEntry = { tag: 0x4746, type: 'short', value: [2] }

    expect(await ofXmp('', ' MicrosoftPhoto:Rating="99" xmp:Rating="1"')).toEqual({ rating: 1 })
    expect(await wordsOf(withExif(plain, [entry]))).toEqual({ rating: 2 })
    expect(await wordsOf(withXmp(withExif(plain, [entry]), xmpDocument('', ' xmp:Rating="3"')))).toEqual({
      rating: 3,
    })
  })
})

describe('a flag', () => {
  test.each([
    ['xmpDM:pick="1"', { flag: 'pick' }],
    ['xmpDM:pick="-1"', { flag: 'reject' }],
    ['xmpDM:pick="0"', {}],
    ['digiKam:PickLabel="3"', { flag: 'pick' }],
    ['digiKam:PickLabel="1"', { flag: 'reject' }],
    ['digiKam:PickLabel="2"', {}],
    ['xmp:Rating="-1" xmpDM:pick="1"', { flag: 'pick' }],
  ])('is read from %s', async (attributes, expected) => {
    expect(await ofXmp('', ` ${attributes}`)).toEqual(expected)
  })
})

describe('a colour label', () => {
  test.each([
    ['Red', 'red'],
    ['Gelb', 'yellow'],
    ['Grønn', 'green'],
    ['Bleu', 'blue'],
    ['Lila', 'purple'],
    ['Select', 'red'],
    ['Second', 'yellow'],
    ['Approved', 'green'],
    ['Review', 'blue'],
    ['To Do', 'purple'],
    ['青', 'blue'],
  ])('called %s is %s', async (label, color_label) => {
    expect(await ofXmp('', ` xmp:Label="${label}"`)).toEqual({ color_label })
  })

  test('by number is what digiKam and darktable mean', async () => {
    expect(await ofXmp('', ' digiKam:ColorLabel="5"')).toEqual({ color_label: 'blue' })
    expect(await ofXmp(xmpList('darktable:colorlabels', ['4'], 'Seq'))).toEqual({ color_label: 'purple' })
  })

  test('of one’s own is left out, and the egg says so', async () => {
    expect(await ofXmp('', ' xmp:Label="Winner"')).toEqual({
      fitted: [{ field: 'color_label', reason: 'is "Winner", which is none of the five colours; left out.' }],
    })
  })
})

describe('tags', () => {
  test('of several levels are paths, and are not repeated by their last level', async () => {
    const words = await ofXmp(
      xmpList('lr:hierarchicalSubject', ['Places|Norway|Oslo', 'People']) +
        xmpList('digiKam:TagsList', ['Places/Norway/Oslo', 'Sky/Clouds']) +
        xmpList('dc:subject', ['Oslo', 'clouds', 'winter']),
    )

    expect(words).toEqual({ tags: ['places/norway/oslo', 'people', 'sky/clouds', 'winter'] })
  })

  test('that no tag can be are made to fit, and the egg says which', async () => {
    const long = 'a very long keyword that goes on and on until nobody reads it any more'

    const { tags, fitted } = await ofXmp(xmpList('dc:subject', ['Smith, John', 'a\\b', long, ' ', 'ok']))

    expect(tags).toEqual(['smith john', 'a b', 'a very long keyword that goes on and on until', 'ok'])
    expect(fitted).toEqual([
      { field: 'tags', reason: expect.stringContaining('"Smith, John", "a\\b"') as string },
    ])
  })

  test('beyond 200 are left out, and the egg says how many there were', async () => {
    const many = Array.from({ length: 250 }, (_, n) => `tag ${n}`)

    const { tags, fitted } = await ofXmp(xmpList('dc:subject', many))

    expect(tags).toEqual(many.slice(0, 200))
    expect(fitted).toEqual([{ field: 'tags', reason: 'are 250; the first 200 are kept.' }])
  })
})

describe('words that are too long', () => {
  test('are cut at a word, and the egg says so', async () => {
    const words = await ofXmp(
      xmpLanguages('dc:title', { 'x-default': 'word '.repeat(80) }) +
        xmpLanguages('dc:description', { 'x-default': '🌊'.repeat(15_000) }) +
        xmpList('dc:creator', ['x'.repeat(300)], 'Seq'),
    )

    expect(words).toEqual({
      title: 'word '.repeat(51).trim(),
      description: '🌊'.repeat(10_000),
      creator: 'x'.repeat(255),
      fitted: [
        { field: 'title', reason: 'is 399 characters long; cut at 255.' },
        { field: 'description', reason: 'is 30000 characters long; cut at 20000.' },
        { field: 'creator', reason: 'is 300 characters long; cut at 255.' },
      ],
    })
  })
})

describe('what a photographer wrote into IPTC', () => {
  const datasets = (encoding: BufferEncoding) =>
    [
      [5, 'Fjære'],
      [120, 'Bukta ved Bodø'],
      [25, 'Sjø'],
      [25, 'Vær'],
      [80, 'Kåre'],
    ].map(([number, text]) => [Number(number), Buffer.from(String(text), encoding)] as const)
  const expected = { title: 'Fjære', description: 'Bukta ved Bodø', tags: ['sjø', 'vær'], creator: 'Kåre' }

  test('is read as it says that it is encoded, and as Latin-1 where it says nothing', async () => {
    expect(await wordsOf(withIptc(plain, datasets('utf8'), { utf8: true }))).toEqual(expected)
    expect(await wordsOf(withIptc(plain, datasets('latin1')))).toEqual(expected)
  })

  test('counts behind XMP, field by field', async () => {
    const file = withXmp(
      withIptc(plain, datasets('latin1')),
      xmpDocument(xmpLanguages('dc:title', { 'x-default': 'Low tide' })),
    )

    expect(await wordsOf(file)).toEqual({ ...expected, title: 'Low tide' })
  })

  test('has its headline for a title where neither it nor XMP has one', async () => {
    const headline = withIptc(plain, [[105, Buffer.from('Storm')]])

    expect(await wordsOf(headline)).toEqual({ title: 'Storm' })
    expect(
      await wordsOf(withXmp(headline, xmpDocument(xmpLanguages('dc:title', { 'x-default': 'Tide' })))),
    ).toEqual({ title: 'Tide' })
  })
})

describe('what a photographer wrote into EXIF', () => {
  const entry = (tag: number, value: Buffer, type: TiffEntry['type'] = 'byte'): TiffEntry => ({
    tag,
    type,
    value,
  })

  test('is read behind everything else, also as Windows writes it', async () => {
    const file = withExif(plain, [
      entry(0x010e, ascii('The bay'), 'ascii'),
      entry(0x013b, ascii('Kari Nordmann'), 'ascii'),
      entry(0x9c9b, wide('Fjære')),
      entry(0x9c9e, wide('sea;Bodø')),
    ])

    expect(await wordsOf(file)).toEqual({
      title: 'Fjære',
      description: 'The bay',
      tags: ['sea', 'bodø'],
      creator: 'Kari Nordmann',
    })
  })

  test.each([
    'OLYMPUS DIGITAL CAMERA         ',
    'SONY DSC                       ',
    'KONICA MINOLTA DIGITAL CAMERA',
    'EPSON DSC picture',
    'Exif_JPEG_PICTURE',
    'DCIM\\163GOPRO\\G0128330.JPG',
    'IM000958.JPG',
    '                               ',
    'cof',
    'filter: 0; fileterIntensity: 0.0; filterMask: 0;',
  ])('is no description where it is the camera that writes %j, in whatever place', async (text) => {
    expect(await wordsOf(withExif(plain, [entry(0x010e, ascii(text), 'ascii')]))).toEqual({})
    expect(await ofXmp(xmpLanguages('dc:description', { 'x-default': text }))).toEqual({})
  })

  test.each(['Paris2019', 'Burst of colour', 'North', 'My Olympus digital camera', '❤', 'HDR of the bay'])(
    'is a description where a person writes %j',
    async (text) => {
      expect(await wordsOf(withExif(plain, [entry(0x010e, Buffer.from(`${text}\0`), 'ascii')]))).toEqual({
        description: text,
      })
    },
  )

  test.each(['Picasa', 'unknown', '   '])('is no creator where it is %j', async (name) => {
    expect(await wordsOf(withExif(plain, [entry(0x013b, ascii(name), 'ascii')]))).toEqual({})
  })
})

describe('XMP that cannot be read', () => {
  const bomb =
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>' +
    xmpDocument('<dc:source>&b;</dc:source>').replace(/<\?xpacket.*?\?>/g, '')

  test.each([
    ['is cut off', xmpDocument('', ' xmp:Rating="4"').slice(0, 300)],
    ['declares entities', bomb],
    ['is nested without end', xmpDocument('<dc:a>'.repeat(100) + '</dc:a>'.repeat(100))],
  ])('because it %s costs nothing but itself, and the egg says so', async (_why, xmp) => {
    expect(await wordsOf(withXmp(plain, xmp))).toEqual({
      fitted: [{ field: 'xmp', reason: expect.stringMatching(/^could not be read: its? .*\.$/) as string }],
    })
  })
})
