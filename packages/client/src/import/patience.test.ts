import { makeProblem } from '@imalink/contract'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ApiError, UnreachableError } from '../client.ts'
import { LostCauseError, Patience } from './patience.ts'

const away = () => new UnreachableError('http://127.0.0.1:1/v1', new Error('refused'))
const busy = (retryAfter: number | null) => new ApiError(makeProblem('busy', 'Busy'), retryAfter)

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function patienceFor(giveUpAfterMs: number) {
  const stop = new AbortController()
  const heard: (string | null)[] = []
  const patience = new Patience({
    giveUpAfterMs,
    signal: stop.signal,
    onWaiting: (reason) => heard.push(reason),
  })
  return { stop, heard, patience }
}

/** Fails with each error in turn, then answers; remembers when it was asked. */
function failing(...errors: Error[]) {
  const askedMs: number[] = []
  return {
    askedMs,
    ask: async () => {
      askedMs.push(Date.now())
      const error = errors.shift()
      if (error) throw error
      return 'answer'
    },
  }
}

test('asks again with growing pauses until the server answers, and says why it waits', async () => {
  const { patience, heard } = patienceFor(60_000)
  const { ask, askedMs } = failing(away(), away(), away())

  const answer = patience.answerTo(ask)
  await vi.runAllTimersAsync()

  expect(await answer).toBe('answer')
  expect(heard).toEqual(['127.0.0.1:1 does not answer', null])
  const [first = 0, second = 0, third = 0, fourth = 0] = askedMs
  expect(third - second).toBeGreaterThan(second - first)
  expect(fourth - third).toBeGreaterThan(third - second)
})

test('waits at least as long as a busy server asks, without a word the first time', async () => {
  const { patience, heard } = patienceFor(60_000)
  const { ask, askedMs } = failing(busy(7))

  const answer = patience.answerTo(ask)
  await vi.runAllTimersAsync()

  expect(await answer).toBe('answer')
  expect((askedMs[1] ?? 0) - (askedMs[0] ?? 0)).toBeGreaterThanOrEqual(7000)
  expect(heard).toEqual([])
})

test('does not ask again where another answer cannot be expected', async () => {
  const { patience } = patienceFor(60_000)
  const { ask, askedMs } = failing(new ApiError(makeProblem('corrupt_image', 'Damaged'), null))

  await expect(patience.answerTo(ask)).rejects.toMatchObject({ code: 'corrupt_image' })
  expect(askedMs).toHaveLength(1)
})

test('gives a silent server up after the time it was given, with its last error', async () => {
  const { patience } = patienceFor(20_000)
  const started = Date.now()

  const answer = expect(patience.answerTo(() => Promise.reject(away()))).rejects.toBeInstanceOf(
    UnreachableError,
  )
  await vi.runAllTimersAsync()
  await answer

  expect(Date.now() - started).toBeGreaterThan(20_000)
  expect(Date.now() - started).toBeLessThan(60_000)
})

test('gives one request up when the server answers all others meanwhile', async () => {
  const { patience } = patienceFor(600_000)

  const lost = expect(patience.answerTo(() => Promise.reject(away()))).rejects.toBeInstanceOf(LostCauseError)
  for (let second = 0; second < 300; second++) {
    await vi.advanceTimersByTimeAsync(1000)
    await patience.answerTo(async () => 'fine')
  }

  await lost
})

test('gives no request up for an outage in which nothing is answered', async () => {
  const { patience } = patienceFor(600_000)
  const { ask } = failing(...Array.from({ length: 30 }, away))

  const answer = patience.answerTo(ask)
  await patience.answerTo(async () => 'fine, and then the server went away')
  await vi.runAllTimersAsync()

  expect(await answer).toBe('answer')
})

test('notices within two seconds that a server is back, for everybody who waits', async () => {
  const { patience } = patienceFor(600_000)
  let isBack = false
  let asked = 0
  const ask = async () => {
    asked++
    if (!isBack) throw away()
    return Date.now()
  }
  const answers = Promise.all(Array.from({ length: 50 }, () => patience.answerTo(ask)))
  await vi.advanceTimersByTimeAsync(120_000)
  const askedInVain = asked

  isBack = true
  const backMs = Date.now()
  await vi.runAllTimersAsync()

  for (const atMs of await answers) expect(atMs - backMs).toBeLessThanOrEqual(2000)
  // One looks often, the others seldom: far from fifty requests every two seconds.
  expect(askedInVain).toBeLessThan(800)
})

test('ends a wait at once when the import is stopped', async () => {
  const { patience, stop } = patienceFor(600_000)
  const answer = expect(patience.answerTo(() => Promise.reject(away()))).rejects.toThrow('stopped')
  await vi.advanceTimersByTimeAsync(10)

  stop.abort(new Error('stopped'))

  await answer
  expect(vi.getTimerCount()).toBe(0)
})

test.each([
  ['an hour forward, as after the machine has slept', 3_600_000],
  ['an hour back', -3_600_000],
])('neither gives up nor waits when the clock is set %s', async (_how, ms) => {
  const { patience } = patienceFor(60_000)
  const { ask } = failing(away(), away(), away())
  const startedMs = performance.now()
  const answers = [patience.answerTo(ask), patience.answerTo(ask)]

  await vi.advanceTimersByTimeAsync(100)
  vi.setSystemTime(Date.now() + ms)
  await vi.runAllTimersAsync()

  expect(await Promise.all(answers)).toEqual(['answer', 'answer'])
  expect(performance.now() - startedMs).toBeLessThan(10_000)
})
