import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Bell } from './bell.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('wakes whoever waits also when the clock is set back meanwhile', async () => {
  const bell = new Bell()
  const startedMs = performance.now()
  const waiting = bell.wait(300_000, new AbortController().signal)
  bell.ring()

  vi.setSystemTime(Date.now() - 3_600_000)
  await vi.advanceTimersByTimeAsync(2000)
  await waiting

  expect(performance.now() - startedMs).toBeLessThan(5000)
})
