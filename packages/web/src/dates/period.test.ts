import { describe, expect, test } from 'vitest'
import { listOfPhoto, parentOf, parsePeriod, periodPath, periodTitle } from './period.ts'

describe('an address names a period', () => {
  test('of a year, a month, a day, or everything', () => {
    expect(parsePeriod([])).toEqual({})
    expect(parsePeriod(['2024'])).toEqual({ year: 2024 })
    expect(parsePeriod(['2024', '06'])).toEqual({ year: 2024, month: 6 })
    expect(parsePeriod(['2024', '06', '15'])).toEqual({ year: 2024, month: 6, day: 15 })
  })

  test('or none, when its numbers are no date', () => {
    for (const parts of [
      ['24'],
      ['abcd'],
      ['2024', '13'],
      ['2024', '0'],
      ['2024', '06', '32'],
      ['2024', 'x'],
    ]) {
      expect(parsePeriod(parts), parts.join('/')).toBeNull()
    }
  })

  test('and is written back as it was read', () => {
    for (const parts of [['2024'], ['2024', '06'], ['2024', '06', '05']]) {
      expect(periodPath(parsePeriod(parts) ?? {})).toBe(`/${parts.join('/')}`)
    }
    expect(periodPath({})).toBe('/')
  })
})

test('up from a day is its month, then its year, then everything, then nowhere', () => {
  expect(parentOf({ year: 2024, month: 6, day: 15 })).toEqual({ year: 2024, month: 6 })
  expect(parentOf({ year: 2024, month: 6 })).toEqual({ year: 2024 })
  expect(parentOf({ year: 2024 })).toEqual({})
  expect(parentOf({})).toBeNull()
})

test('a day is titled with its weekday', () => {
  expect(periodTitle({ year: 2024, month: 6, day: 15 })).toBe('Saturday, 15 June 2024')
})

test('a photo belongs to the day its camera showed, or to the undated ones', () => {
  expect(listOfPhoto('2024-06-15T23:59:59')).toEqual({ year: 2024, month: 6, day: 15 })
  expect(listOfPhoto(null)).toBe('undated')
})
