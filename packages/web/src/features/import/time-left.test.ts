import { expect, test } from 'vitest'
import { type Sample, filesPerSecond, rateWords, timeLeftWords, withSample } from './time-left.ts'

test('the rate is that of the last fifteen seconds, so that a slow beginning is forgotten', () => {
  let samples: Sample[] = []
  for (let second = 0; second <= 60; second++) {
    samples = withSample(samples, {
      atMs: second * 1000,
      done: second <= 40 ? second : 40 + (second - 40) * 10,
    })
  }

  expect(filesPerSecond(samples)).toBe(10)
})

test('no rate is told before there is a second to go by', () => {
  expect(filesPerSecond([])).toBeNull()
  expect(filesPerSecond([{ atMs: 0, done: 0 }])).toBeNull()
  expect(
    filesPerSecond([
      { atMs: 0, done: 0 },
      { atMs: 900, done: 5 },
    ]),
  ).toBeNull()
})

test('the time left is rounded to what can be known', () => {
  expect(timeLeftWords(40, 10)).toBe('a few seconds left')
  expect(timeLeftWords(330, 10)).toBe('about 30 seconds left')
  expect(timeLeftWords(600, 10)).toBe('about a minute left')
  expect(timeLeftWords(6000, 10)).toBe('about 10 minutes left')
  expect(timeLeftWords(100_000, 10)).toBe('about 3 hours left')
  expect(timeLeftWords(100, 0)).toBeNull()
  expect(timeLeftWords(100, null)).toBeNull()
})

test('a rate below one is told the other way round', () => {
  expect(rateWords(12.4)).toBe('12 files a second')
  expect(rateWords(2.25)).toBe('2.3 files a second')
  expect(rateWords(0.25)).toBe('1 file in 4 seconds')
})
