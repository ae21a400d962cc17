import { describe, expect, test } from 'vitest'
import { formatRange, formatTakenAt, splitWallClock, weekdayName } from './wall-clock.ts'

describe('a wall clock is shown as the camera wrote it', () => {
  test('in the night when clocks change, in whatever zone the viewer is', () => {
    expect(formatTakenAt('2024-03-31T02:30:00', '+01:00')).toBe('Sunday, 31 March 2024, 02:30:00 (UTC+01:00)')
  })

  test('without an offset when the camera knew none, and without its fraction', () => {
    expect(formatTakenAt('1999-12-31T23:59:59.999', null)).toBe('Friday, 31 December 1999, 23:59:59')
  })

  test('and left as it is when it is no such time', () => {
    expect(formatTakenAt('yesterday', null)).toBe('yesterday')
    expect(splitWallClock('2024-06-15')).toBeNull()
  })
})

test('weekdays agree with the calendar from 1900 to 2100', () => {
  const weekday = new Intl.DateTimeFormat('en', { weekday: 'long', timeZone: 'UTC' })
  const wrong: string[] = []
  for (let day = Date.UTC(1900, 0, 1); day < Date.UTC(2101, 0, 1); day += 86_400_000) {
    const at = new Date(day)
    const name = weekdayName(at.getUTCFullYear(), at.getUTCMonth() + 1, at.getUTCDate())
    if (name !== weekday.format(at)) wrong.push(at.toISOString())
  }

  expect(wrong).toEqual([])
})

describe('the range of a bucket is written in as few words as it needs', () => {
  test('for a year', () => {
    expect(formatRange('2024-01-03T08:00:00', '2024-12-30T09:00:00', 'year')).toBe('3 Jan – 30 Dec')
  })

  test('for a month, and for a month with one day', () => {
    expect(formatRange('2024-06-04T08:00:00', '2024-06-28T09:00:00', 'month')).toBe('4 – 28 June')
    expect(formatRange('2024-06-04T08:00:00', '2024-06-04T09:00:00', 'month')).toBe('4 June')
  })

  test('for a day, and for a day with one minute', () => {
    expect(formatRange('2024-06-04T08:10:01', '2024-06-04T17:45:59', 'day')).toBe('08:10 – 17:45')
    expect(formatRange('2024-06-04T08:10:01', '2024-06-04T08:10:30', 'day')).toBe('08:10')
  })
})
