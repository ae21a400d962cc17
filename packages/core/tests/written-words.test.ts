import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
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
import { readingCore } from './reading-core.ts'
import { fixture, plainJpeg } from './running-core.ts'

const { core, wordsOf, wordsOfXmp } = readingCore()
const plain = await plainJpeg()

describe('what a photographer wrote into XMP', () => {
  test('comes along in the egg', async () => {
    const words = await wordsOfXmp(
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
    const words = await wordsOfXmp('<xmp:Rating>4</xmp:Rating><xmp:Label>Green</xmp:Label>')

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
    const words = await wordsOfXmp(
      xmpLanguages('dc:title', { 'nb-NO': 'Fjære', 'x-default': 'Low tide' }) +
        xmpLanguages('dc:description', { 'nb-NO': 'Bukta', 'en-GB': 'The bay' }),
    )

    expect(words).toEqual({ title: 'Low tide', description: 'Bukta' })
  })

  test('has its headline for a title where it has none', async () => {
    expect(await wordsOfXmp('<photoshop:Headline>Storm warning</photoshop:Headline>')).toEqual({
      title: 'Storm warning',
    })
  })

  test('is told apart by vocabulary, not by prefix and name', async () => {
    const other = '<o:Rating xmlns:o="http://example.com/o/">1</o:Rating>'
    const same = '<any:Rating xmlns:any="http://ns.adobe.com/xap/1.0/">5</any:Rating>'

    expect(await wordsOfXmp(other + same)).toEqual({ rating: 5 })
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
    'Created with GIMP',
    'Processed with VSCO with c1 preset',
    'Created by ImageMagick 7.1',
    'LEAD Technologies Inc. V1.01',
  ])('is no description where it is the camera that writes %j, in whatever place', async (text) => {
    expect(await wordsOf(withExif(plain, [entry(0x010e, ascii(text), 'ascii')]))).toEqual({})
    expect(await wordsOfXmp(xmpLanguages('dc:description', { 'x-default': text }))).toEqual({})
  })

  test.each([
    ...['Paris2019', 'Burst of colour', 'North', 'My Olympus digital camera', '❤', 'HDR of the bay'],
    ...[
      'Created with my children',
      'Processed with love: the last roll of film',
      'Made with Snapseed by Kari',
    ],
    ...[
      'Filter: red, 15 minutes; tripod',
      'Lead technologies of the 1930s',
      'Created with the Gimpel family',
    ],
  ])('is a description where a person writes %j', async (text) => {
    expect(await wordsOf(withExif(plain, [entry(0x010e, Buffer.from(`${text}\0`), 'ascii')]))).toEqual({
      description: text,
    })
  })

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
