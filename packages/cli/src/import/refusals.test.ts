import { expect, test } from 'vitest'
import { NAMED, Refusals } from './refusals.ts'

test('counts all by their code and names the first, those of this import before those of earlier ones', () => {
  const refusals = new Refusals()
  for (let number = 0; number < 50_000; number++)
    refusals.add({ path: `/before/${number}`, code: 'corrupt_image', detail: 'cut', before: true })
  refusals.add({ path: '/now', code: 'not_an_image', detail: 'words' })

  expect(Object.fromEntries(refusals.byCode)).toEqual({ corrupt_image: 50_000, not_an_image: 1 })
  expect(refusals.named).toHaveLength(NAMED)
  expect(refusals.named.slice(0, 2).map(({ path }) => path)).toEqual(['/now', '/before/0'])
})
