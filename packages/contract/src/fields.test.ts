import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { givenInstant, normalizeTag, pageQuery, pathId, plainText, queryWords } from './fields.ts'

describe('a tag', () => {
  test.each([
    ['  Summer 2024 ', 'summer 2024'],
    ["O'Brien", "o'brien"],
    ['St. John', 'st. john'],
    ['Rock & Roll', 'rock & roll'],
    ['Places/Norway/Tromsø', 'places/norway/tromsø'],
    ['E\u0301te\u0301', 'été'],
    ['日本', '日本'],
    ['👩‍👩‍👧', '👩‍👩‍👧'],
    ['x'.repeat(50), 'x'.repeat(50)],
    ['😀'.repeat(50), '😀'.repeat(50)],
  ])('%j is kept as %j', (text, name) => {
    expect(normalizeTag(text)).toBe(name)
  })

  test.each(['', '   ', 'a,b', 'a\\b', 'a\0b', 'line\nbreak', 'a\u009fb', '\ud800', 'x'.repeat(51)])(
    '%j is none',
    (text) => {
      expect(normalizeTag(text)).toBeNull()
    },
  )

  test('that is kept is kept as it is the next time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        const name = normalizeTag(text)
        fc.pre(name !== null)
        expect(normalizeTag(name ?? '')).toBe(name)
      }),
      { numRuns: 500 },
    )
  })
})

describe('text that a person typed', () => {
  const title = plainText(20)

  test.each(['', 'Sunset', ' kept as it is ', 'Øl 🍺', 'two\nlines'])('may be %j', (text) => {
    expect(title.parse(text)).toBe(text)
  })

  test.each(['a\0b', 'half a \ud83d', 'longer than the twenty allowed'])('may not be %j', (text) => {
    expect(title.safeParse(text).success).toBe(false)
  })
})

describe('a number in a query', () => {
  test.each([
    ['1', 1],
    ['500', 500],
  ])('is read from %j', (text, limit) => {
    expect(pageQuery.limit.parse(text)).toBe(limit)
  })

  test.each(['0', '501', '-1', '1.5', '1e2', '0x10', ' 7', '', 'all'])('is not read from %j', (text) => {
    expect(pageQuery.limit.safeParse(text).success).toBe(false)
  })
})

describe('an id in a path', () => {
  test.each(['1', '9007199254740991', 7])('is read from %j', (given) => {
    expect(pathId.parse(given)).toBe(Number(given))
  })

  test.each(['0', '-1', '01', '+1', ' 1', '1e0', '0x1', '1.0', '9007199254740993', '', 'one', null])(
    'is not read from %j',
    (given) => {
      expect(pathId.safeParse(given).success).toBe(false)
    },
  )
})

test.each([
  ['exif,files', ['exif', 'files']],
  [
    ['exif', 'files'],
    ['exif', 'files'],
  ],
  ['files,', ['files']],
  ['', []],
])('reads several words of a query from %j', (value, words) => {
  expect(queryWords(['exif', 'files']).parse(value)).toEqual(words)
})

test('takes an instant only with its zone', () => {
  expect(givenInstant.safeParse('2024-01-15T14:30:00Z').success).toBe(true)
  expect(givenInstant.safeParse('2024-01-15T14:30:00+02:00').success).toBe(true)
  expect(givenInstant.safeParse('2024-01-15T14:30:00').success).toBe(false)
})
