import { nothingCounted } from '@imalink/client'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Progress, progressLine } from './progress.ts'

const counts = { ...nothingCounted, found: 300, done: 50, created: 30, duplicates: 2, known: 15, refused: 3 }

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('says in one line how far it is, how fast, how long still, and what became of the files', () => {
  expect(progressLine({ counts, total: 1250, rate: 10, waiting: null })).toBe(
    '50 of 1,250 files · 10.0/s · 2:00 left · 30 new · 17 there already · 3 refused',
  )
})

test('promises no time while the files are still being counted, and says what it waits for', () => {
  expect(progressLine({ counts, total: null, rate: 10, waiting: 'core\u001B does not answer' })).toBe(
    '50 of 300+ files · 10.0/s · 30 new · 17 there already · 3 refused · waiting: core\\u{1b} does not answer',
  )
})

function terminal(isTTY: boolean) {
  const written: string[] = []
  return { isTTY, columns: 40, written, write: (text: string) => written.push(text) }
}

test('rewrites one line on a terminal, never wider than it, and leaves it clean', () => {
  const screen = terminal(true)
  const progress = new Progress(screen)
  progress.update(counts)

  vi.advanceTimersByTime(1000)
  progress.stop()

  const [first = '', ...rest] = screen.written
  expect(rest.length).toBeGreaterThan(2)
  expect(screen.written.every((text) => text.startsWith('\r\u001B[K') && !text.includes('\n'))).toBe(true)
  expect(first.replace('\r\u001B[K', '').length).toBeLessThan(40)
  expect(screen.written.at(-1)).toBe('\r\u001B[K')
})

test('writes a plain line now and then where there is no terminal, and at once when it has to wait', () => {
  const log = terminal(false)
  const progress = new Progress(log)

  vi.advanceTimersByTime(25_000)
  progress.waitFor('core does not answer')
  progress.waitFor('core does not answer')
  progress.stop()

  expect(log.written).toHaveLength(3)
  expect(log.written.every((text) => text.endsWith('\n') && !text.includes('\u001B'))).toBe(true)
})

test('goes by the rate of late, not by that of an hour ago', () => {
  const log = terminal(false)
  const progress = new Progress(log)
  progress.foundAll(100_000)
  progress.update({ ...counts, done: 10_000 })
  vi.advanceTimersByTime(60_000)

  progress.update({ ...counts, done: 10_100 })
  vi.advanceTimersByTime(10_000)
  progress.stop()

  expect(log.written.at(-1)).toContain('5.0/s')
})
