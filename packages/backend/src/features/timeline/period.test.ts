import { describe, expect, test } from 'vitest'
import { bucketKeys, midpoint, PAST_PREFIX, periodPrefix, requireCoarser } from './period.ts'

describe('a period', () => {
  test.each([
    [{}, ''],
    [{ year: 2024 }, '2024'],
    [{ year: 2024, month: 6 }, '2024-06'],
    [{ year: 2024, month: 12, day: 1 }, '2024-12-01'],
    [{ year: 2024, month: 12, day: 1, hour: 0 }, '2024-12-01T00'],
  ])('%j is what begins with %j', (period, prefix) => {
    expect(periodPrefix(period)).toBe(prefix)
  })

  test.each([
    [{ month: 6 }, 'month needs year as well.'],
    [{ year: 2024, day: 6 }, 'day needs month as well.'],
    [{ year: 2024, month: 1, hour: 6 }, 'hour needs day as well.'],
    [{ hour: 6 }, 'hour needs year as well.'],
  ])('%j contradicts itself', (period, sentence) => {
    expect(() => periodPrefix(period)).toThrow(sentence)
  })

  test('ends before the next one begins', () => {
    const end = `2024-06${PAST_PREFIX}`

    expect('2024-06-30T23:59:59.999' < end).toBe(true)
    expect(end < '2024-07-01T00:00:00').toBe(true)
  })
})

describe('a granularity', () => {
  test.each([
    ['year', {}],
    ['month', { year: 2024 }],
    ['day', { year: 2024, month: 6 }],
    ['hour', { year: 2024, month: 6, day: 1 }],
  ] as const)('of %s is content with %j', (granularity, period) => {
    expect(() => requireCoarser(granularity, period)).not.toThrow()
  })

  test.each([
    ['month', {}, 'granularity=month needs year.'],
    ['day', { year: 2024 }, 'granularity=day needs month.'],
    ['hour', { year: 2024, month: 6 }, 'granularity=hour needs day.'],
    ['hour', { year: 2024, day: 6 }, 'granularity=hour needs month.'],
  ] as const)('of %s is not content with %j', (granularity, period, sentence) => {
    expect(() => requireCoarser(granularity, period)).toThrow(sentence)
  })
})

test.each([
  ['2024', 'year', { year: 2024 }],
  ['2024-06', 'month', { year: 2024, month: 6 }],
  ['2024-06-09', 'day', { year: 2024, month: 6, day: 9 }],
  ['2024-06-09T00', 'hour', { year: 2024, month: 6, day: 9, hour: 0 }],
] as const)('the bucket %s carries the keys of its %s', (prefix, granularity, keys) => {
  expect(bucketKeys(prefix, granularity)).toEqual(keys)
})

test.each([
  ['2024-06-01T08:00:00', '2024-06-01T10:00:00', '2024-06-01T09:00:00.000'],
  ['2024-06-01T08:00:00', '2024-06-01T08:00:01', '2024-06-01T08:00:00.500'],
  ['2023-12-31T23:00:00', '2024-01-01T01:00:00', '2024-01-01T00:00:00.000'],
  ['1900-01-01T00:00:00', '1900-01-01T00:00:00', '1900-01-01T00:00:00.000'],
])('the middle between %s and %s is %s', (first, last, middle) => {
  expect(midpoint(first, last)).toBe(middle)
})
