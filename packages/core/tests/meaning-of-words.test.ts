import { describe, expect, test } from 'vitest'
import {
  type TiffEntry,
  withExif,
  withXmp,
  xmpDocument,
  xmpLanguages,
  xmpList,
} from '../../../fixtures/written-words.ts'
import { readingCore } from './reading-core.ts'
import { plainJpeg } from './running-core.ts'

const { wordsOf, wordsOfXmp } = readingCore()
const plain = await plainJpeg()

describe('a rating', () => {
  test.each([
    ['5', { rating: 5 }],
    ['0', { rating: 0 }],
    ['-1', { flag: 'reject' }],
    ['-1.0', { flag: 'reject' }],
    ['3.0', { rating: 3 }],
  ])('of %s is taken as %j', async (written, expected) => {
    expect(await wordsOfXmp('', ` xmp:Rating="${written}"`)).toEqual(expected)
  })

  test.each([
    ['3.5', 4],
    ['7', 5],
    ['99', 5],
  ])('of %s becomes %i, and the egg says so', async (written, rating) => {
    expect(await wordsOfXmp('', ` xmp:Rating="${written}"`)).toEqual({
      rating,
      fitted: [{ field: 'rating', reason: `is ${written}; taken as ${rating}.` }],
    })
  })

  test.each(['-7', 'five', 'NaN', '1e999', '1/0'])(
    'of %s is left out, and the egg says so',
    async (written) => {
      const words = await wordsOfXmp('', ` xmp:Rating="${written}"`)

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
    expect(await wordsOfXmp('', ` MicrosoftPhoto:Rating="${percent}"`)).toEqual({ rating })
  })

  test('in stars counts before one in per cent, and XMP before EXIF', async () => {
    const entry: TiffEntry = { tag: 0x4746, type: 'short', value: [2] }

    expect(await wordsOfXmp('', ' MicrosoftPhoto:Rating="99" xmp:Rating="1"')).toEqual({ rating: 1 })
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
    ['xmp:Rating="-1" xmpDM:pick="0"', { flag: 'reject' }],
    ['xmp:Rating="-1" digiKam:PickLabel="2"', { flag: 'reject' }],
  ])('is read from %s', async (attributes, expected) => {
    expect(await wordsOfXmp('', ` ${attributes}`)).toEqual(expected)
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
    expect(await wordsOfXmp('', ` xmp:Label="${label}"`)).toEqual({ color_label })
  })

  test('by number is what digiKam and darktable mean', async () => {
    expect(await wordsOfXmp('', ' digiKam:ColorLabel="5"')).toEqual({ color_label: 'blue' })
    expect(await wordsOfXmp(xmpList('darktable:colorlabels', ['4'], 'Seq'))).toEqual({
      color_label: 'purple',
    })
  })

  test('of one’s own is left out, and the egg says so', async () => {
    expect(await wordsOfXmp('', ' xmp:Label="Winner"')).toEqual({
      fitted: [{ field: 'color_label', reason: 'is "Winner", which is none of the five colours; left out.' }],
    })
  })
})

describe('tags', () => {
  test('of several levels are paths, and are not repeated by their last level', async () => {
    const words = await wordsOfXmp(
      xmpList('lr:hierarchicalSubject', ['Places|Norway|Oslo', 'People']) +
        xmpList('digiKam:TagsList', ['Places/Norway/Oslo', 'Sky/Clouds']) +
        xmpList('dc:subject', ['Oslo', 'clouds', 'winter']),
    )

    expect(words).toEqual({ tags: ['places/norway/oslo', 'people', 'sky/clouds', 'winter'] })
  })

  test('that no tag can be are made to fit, and the egg says which', async () => {
    const long = 'a very long keyword that goes on and on until nobody reads it any more'

    const { tags, fitted } = await wordsOfXmp(xmpList('dc:subject', ['Smith, John', 'a\\b', long, ' ', 'ok']))

    expect(tags).toEqual(['smith john', 'a b', 'a very long keyword that goes on and on until', 'ok'])
    expect(fitted).toEqual([
      { field: 'tags', reason: expect.stringContaining('"Smith, John", "a\\b"') as string },
    ])
  })

  test('beyond 200 are left out, and the egg says how many there were', async () => {
    const many = Array.from({ length: 250 }, (_, n) => `tag ${n}`)

    const { tags, fitted } = await wordsOfXmp(xmpList('dc:subject', many))

    expect(tags).toEqual(many.slice(0, 200))
    expect(fitted).toEqual([{ field: 'tags', reason: 'are 250; the first 200 are kept.' }])
  })
})

describe('words that are too long', () => {
  test('are cut at a word, and the egg says so', async () => {
    const words = await wordsOfXmp(
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
