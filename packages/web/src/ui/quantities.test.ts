import { expect, test } from 'vitest'
import { countOf, formatBytes } from './quantities.ts'

test('counts are grouped and agree with their noun', () => {
  expect(countOf(1, 'photo')).toBe('1 photo')
  expect(countOf(0, 'photo')).toBe('0 photos')
  expect(countOf(12_345, 'photo')).toBe('12,345 photos')
})

test('sizes are written in the largest unit that leaves a number above one', () => {
  expect(formatBytes(999)).toBe('999 bytes')
  expect(formatBytes(1000)).toBe('1.0 kB')
  expect(formatBytes(2_485_760)).toBe('2.5 MB')
  expect(formatBytes(45_000_000)).toBe('45 MB')
  expect(formatBytes(3_000_000_000_000)).toBe('3.0 TB')
})
