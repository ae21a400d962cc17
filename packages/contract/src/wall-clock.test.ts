import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { daysIn, isOffset, parseWallClock } from './wall-clock.ts'

describe('reading a wall-clock time', () => {
  test.each([
    ['2024-01-15T14:30:00', '2024-01-15T14:30:00', null],
    ['2024-01-15T14:30:00Z', '2024-01-15T14:30:00', '+00:00'],
    ['2024-01-15T14:30:00+02:00', '2024-01-15T14:30:00', '+02:00'],
    ['2024-01-15T23:30:00-11:30', '2024-01-15T23:30:00', '-11:30'],
    ['2024-01-15T14:30:00.5', '2024-01-15T14:30:00.500', null],
    ['2024-01-15T14:30:00.1239999Z', '2024-01-15T14:30:00.123', '+00:00'],
    ['1900-01-01T00:00:00', '1900-01-01T00:00:00', null],
    ['2100-12-31T23:59:59.999', '2100-12-31T23:59:59.999', null],
    ['2024-02-29T00:00:00', '2024-02-29T00:00:00', null],
    ['2024-06-01T12:00:00+14:00', '2024-06-01T12:00:00', '+14:00'],
    ['2024-06-01T12:00:00-12:00', '2024-06-01T12:00:00', '-12:00'],
  ])('splits the zone off %s and moves nothing', (text, taken_at, taken_at_offset) => {
    expect(parseWallClock(text)).toEqual({ taken_at, taken_at_offset })
  })

  test.each([
    '0000:00:00 00:00:00',
    '2024:01:15 14:30:00',
    '2024-01-15',
    '2024-01-15 14:30:00',
    '2024-01-15T14:30',
    '1899-12-31T23:59:59',
    '2101-01-01T00:00:00',
    '2023-02-29T12:00:00',
    '1900-02-29T12:00:00',
    '2024-13-01T12:00:00',
    '2024-00-10T12:00:00',
    '2024-04-31T12:00:00',
    '2024-04-00T12:00:00',
    '2024-04-01T24:00:00',
    '2024-04-01T12:60:00',
    '2024-04-01T12:00:60',
    '2024-04-01T12:00:00.',
    '2024-04-01T12:00:00z',
    '2024-04-01T12:00:00+2:00',
    '2024-04-01T12:00:00+02',
    '2024-04-01T12:00:00+14:01',
    '2024-04-01T12:00:00-12:30',
    '2024-04-01T12:00:00+02:60',
    ' 2024-04-01T12:00:00',
    '2024-04-01T12:00:00\n',
    '',
  ])('refuses %j', (text) => {
    expect(parseWallClock(text)).toBeNull()
  })

  test('reads again what it wrote, unchanged', () => {
    const moments = fc.date({
      min: new Date('1900-01-01T00:00:00Z'),
      max: new Date('2100-12-31T23:59:59Z'),
      noInvalidDate: true,
    })
    fc.assert(
      fc.property(moments, (moment) => {
        const text = moment.toISOString().slice(0, -1)
        expect(parseWallClock(text)).toEqual({ taken_at: text, taken_at_offset: null })
      }),
    )
  })

  test('never throws, whatever the text', () => {
    fc.assert(fc.property(fc.string(), (text) => parseWallClock(text) === null))
  })
})

test('counts the days of a month as the Gregorian calendar does', () => {
  const years = fc.integer({ min: 1900, max: 2100 })
  const months = fc.integer({ min: 1, max: 12 })
  fc.assert(
    fc.property(years, months, (year, month) => {
      expect(daysIn(year, month)).toBe(new Date(Date.UTC(year, month, 0)).getUTCDate())
    }),
  )
})

test.each(['+00:00', '-12:00', '+14:00', '+05:45'])('takes %s for an offset', (text) => {
  expect(isOffset(text)).toBe(true)
})

test.each(['+99:99', '+14:01', '-12:30', '+05:60', 'Z', '+5:00', ''])(
  'does not take %j for an offset',
  (text) => {
    expect(isOffset(text)).toBe(false)
  },
)
