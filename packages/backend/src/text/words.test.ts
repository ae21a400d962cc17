import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readTextQuery, wordsOf } from './words.ts'

test.each([
  ['Tromsø by night', ['tromso', 'by', 'night']],
  ['IMG_1234.JPG', ['img', '1234', 'jpg']],
  ["o'brien & sons", ['o', 'brien', 'sons']],
  ['RF 24-70mm F2.8 L', ['rf', '24', '70mm', 'f2', '8', 'l']],
  ['東京タワー2024', ['東', '京', 'タ', 'ワ', 'ー', '2024']],
  ['हिन्दी में', ['हिन्दी', 'में']],
  ['👍 -- ***', []],
  ['x'.repeat(70), ['x'.repeat(60)]],
])('the words of %s are %j', (text, words) => {
  expect(wordsOf(text)).toEqual(words)
})

test('words are the same when they are read again, and have no sign of any query language in them', () => {
  const check = (text: string) => {
    const found = wordsOf(text)
    expect(wordsOf(found.join(' '))).toEqual(found)
    for (const word of found) expect(word).toMatch(/^[\p{L}\p{N}\p{M}]+$/u)
  }
  fc.assert(fc.property(fc.string({ unit: 'grapheme' }), check), { numRuns: 500 })
})

describe('a query', () => {
  const word = (...words: string[]) => ({ words, isPrefix: false })
  const prefix = (...words: string[]) => ({ words, isPrefix: true })

  test.each([
    ['sea sand', [word('sea'), word('sand')], []],
    ['"by the sea" -sand', [word('by', 'the', 'sea')], [word('sand')]],
    ['-"by the sea"', [], [word('by', 'the', 'sea')]],
    ['trom* "by the se"*', [prefix('trom'), prefix('by', 'the', 'se')], []],
    ['-trom*', [], [prefix('trom')]],
    ['img_12*', [prefix('img', '12')], []],
    ['24-70', [word('24', '70')], []],
    ['"open', [word('open')], []],
    ['a" b', [word('a'), word('b')], []],
    ['sea OR sand AND NOT (x)', ['sea', 'or', 'sand', 'and', 'not', 'x'].map((one) => word(one)), []],
    ['title:sea', [word('title', 'sea')], []],
    ['sea - * "" -', [word('sea')], []],
  ])('%s', (text, all, none) => {
    expect(readTextQuery(text)).toEqual({ all, none })
  })

  test.each(['', '  ', '-', '*', '"', '""', '!!!'])('%j asks for no word', (text) => {
    expect(readTextQuery(text)).toBeNull()
  })
})
