import fc from 'fast-check'
import { expect, test } from 'vitest'
import { counted, duration, printable } from './printable.ts'

test('shows a name that would colour the terminal, move its cursor or turn its text, and does not obey it', () => {
  expect(printable('a\u001B[31mred\r\n\t\u202Egpj.exe')).toBe('a\\u{1b}[31mred\\u{d}\\n\\t\\u{202e}gpj.exe')
})

test('leaves no control character in any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => !/[\p{Cc}\u202A-\u202E]/u.test(printable(text))),
  )
})

test('keeps ordinary names as they are', () => {
  expect(printable('Ferien auf Föhr 😀 (1).jpg')).toBe('Ferien auf Föhr 😀 (1).jpg')
})

test('writes times as a clock does', () => {
  expect([0, 59.6, 65, 3600, 7209].map(duration)).toEqual(['0:00', '1:00', '1:05', '1:00:00', '2:00:09'])
})

test('counts in the singular and the plural', () => {
  expect([counted(1, 'file'), counted(0, 'file'), counted(12_345, 'file')]).toEqual([
    '1 file',
    '0 files',
    '12,345 files',
  ])
})
