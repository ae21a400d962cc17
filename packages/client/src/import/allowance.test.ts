import { expect, test } from 'vitest'
import { Allowance } from './allowance.ts'

const MARK = 'pending'

function stateOf<T>(promise: Promise<T>): Promise<T | typeof MARK> {
  return Promise.race([promise, new Promise<typeof MARK>((resolve) => setTimeout(() => resolve(MARK), 10))])
}

test('lets in what fits and keeps the rest waiting until something is given back', async () => {
  const allowance = new Allowance(10, new AbortController().signal)
  const giveBack = await allowance.take(6)

  const second = allowance.take(5)
  expect(await stateOf(second)).toBe(MARK)
  giveBack()

  expect(await stateOf(second)).toBeTypeOf('function')
})

test('lets in what is larger than the whole allowance, alone', async () => {
  const allowance = new Allowance(10, new AbortController().signal)
  const giveBack = await allowance.take(1)

  const huge = allowance.take(1000)
  expect(await stateOf(huge)).toBe(MARK)
  giveBack()
  const giveBackHuge = await huge
  const next = allowance.take(1)
  expect(await stateOf(next)).toBe(MARK)
  giveBackHuge()

  expect(await stateOf(next)).toBeTypeOf('function')
})

test('does not let a small one overtake a large one that waits', async () => {
  const allowance = new Allowance(10, new AbortController().signal)
  const giveBack = await allowance.take(6)
  const large = allowance.take(10)

  const small = allowance.take(1)

  expect(await stateOf(small)).toBe(MARK)
  giveBack()
  ;(await large)()
  expect(await stateOf(small)).toBeTypeOf('function')
})

test('counts what is given back once, however often that is called', async () => {
  const allowance = new Allowance(10, new AbortController().signal)
  const giveBack = await allowance.take(10)
  giveBack()
  giveBack()

  await allowance.take(10)

  expect(await stateOf(allowance.take(1))).toBe(MARK)
})

test('refuses everybody who waits when the signal aborts, and everybody who comes later', async () => {
  const stop = new AbortController()
  const allowance = new Allowance(1, stop.signal)
  await allowance.take(1)
  const waiting = allowance.take(1)

  stop.abort(new Error('stopped'))

  await expect(waiting).rejects.toThrow('stopped')
  await expect(allowance.take(1)).rejects.toThrow('stopped')
})
