import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fold, titleKey } from './fold.ts'

test.each([
  ['Tromsø', 'tromso'],
  ['ÆØÅ', 'aeoa'],
  ['Straße', 'strasse'],
  ['Łódź', 'lodz'],
  ['Cafe\u0301', 'cafe'],
  ['İstanbul', 'istanbul'],
  ['Đà Nẵng', 'da nang'],
  ['ﬁn', 'fin'],
  ['Ελλάδα', 'ελλαδα'],
  ['東京', '東京'],
  ['がぎ', 'がぎ'],
  ['हिन्दी', 'हिन्दी'],
  ['مُحَمَّد', 'محمد'],
  ['', ''],
])('%s is folded to %s', (text, folded) => {
  expect(fold(text)).toBe(folded)
})

test('what is folded stays as it is when it is folded again', () => {
  const isSame = (text: string) => {
    expect(fold(fold(text))).toBe(fold(text))
  }
  fc.assert(fc.property(fc.string({ unit: 'binary' }), isSame), { numRuns: 1000 })
  isSame('Þingvellir ŒUVRE 한국')
})

test('a title is sorted by its letters, and none before them all', () => {
  expect([titleKey('  Åre'), titleKey(null)]).toEqual(['are', ''])
})
