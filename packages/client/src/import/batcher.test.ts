import fc from 'fast-check'
import { expect, test } from 'vitest'
import { batcher } from './batcher.ts'

function recording(rules: { maxItems: number; maxBytes: number; lingerMs?: number }) {
  const batches: number[][] = []
  const add = batcher<number, string>({
    lingerMs: 5,
    ...rules,
    bytesOf: (bytes) => bytes,
    async send(items) {
      batches.push([...items])
      return items.map((item) => `sent ${item}`)
    },
  })
  return { batches, add }
}

test('sends a full batch at once and the rest after its linger', async () => {
  const { batches, add } = recording({ maxItems: 2, maxBytes: 100 })

  const results = await Promise.all([1, 2, 3].map(add))

  expect(batches).toEqual([[1, 2], [3]])
  expect(results).toEqual(['sent 1', 'sent 2', 'sent 3'])
})

test('begins a new batch rather than exceed its bytes', async () => {
  const { batches, add } = recording({ maxItems: 10, maxBytes: 10 })

  await Promise.all([6, 6, 4, 1].map(add))

  expect(batches).toEqual([[6], [6, 4], [1]])
})

test('sends what is too large for any batch by itself', async () => {
  const { batches, add } = recording({ maxItems: 10, maxBytes: 10 })

  await Promise.all([1, 50, 1].map(add))

  expect(batches).toEqual([[1], [50], [1]])
})

test('gives the error of a batch to everybody in it and goes on', async () => {
  let failing = true
  const add = batcher<number, number>({
    maxItems: 2,
    maxBytes: 100,
    lingerMs: 1,
    bytesOf: () => 1,
    async send(items) {
      if (failing) throw new Error('no')
      return items
    },
  })

  const outcomes = await Promise.allSettled([add(1), add(2)])
  failing = false

  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(await add(3)).toBe(3)
})

test('loses nothing, doubles nothing, keeps the order and the bounds for any sizes', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 60 }),
      fc.integer({ min: 1, max: 7 }),
      async (sizes, maxItems) => {
        const { batches, add } = recording({ maxItems, maxBytes: 20, lingerMs: 0 })

        const results = await Promise.all(sizes.map(add))

        expect(batches.flat()).toEqual(sizes)
        expect(results).toEqual(sizes.map((size) => `sent ${size}`))
        for (const batch of batches) {
          expect(batch.length).toBeLessThanOrEqual(maxItems)
          if (batch.length > 1) expect(batch.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(20)
        }
      },
    ),
    { numRuns: 50 },
  )
})
