import type { ListMeta, Photo, Visibility } from '@imalink/contract'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { anEgg } from './an-egg.ts'
import { ALICE, BOB, type Caller, testApp } from './test-app.ts'

const app = await testApp()
const [alice, bob] = [await app.as(ALICE), await app.as(BOB)]
const LIST = '/api/v1/photos'

async function list(who: Caller, query: string) {
  const reply = await who.get(`${LIST}?${query}`)
  const { data, meta } = reply.body as { data: Photo[]; meta: ListMeta }
  return { status: reply.status, titles: data.map(({ title }) => title), meta }
}

interface Made {
  readonly title: string
  readonly owner: 'alice' | 'bob'
  readonly visibility: Visibility
  readonly rating: number
  readonly taken_at: string | null
}

const DAYS = ['2023-12-31', '2024-01-01', '2024-01-02', '2024-02-29', '2025-06-15']
const CLOCKS = ['00:00:00', '00:00:00.250', '12:30:00', '23:59:59', '23:59:59.999']
const LEVELS: readonly Visibility[] = ['private', 'authenticated', 'public']

/** Every day with every clock, and some without a time; ratings and levels in turn. */
const made: readonly Made[] = [
  ...DAYS.flatMap((day) => CLOCKS.map((clock) => `${day}T${clock}`)),
  null,
  null,
  null,
].map((taken_at, index) => ({
  title: `photo ${index}`,
  owner: index % 4 === 3 ? 'bob' : 'alice',
  visibility: LEVELS[index % LEVELS.length] ?? 'private',
  rating: index % 6,
  taken_at,
}))

beforeAll(async () => {
  for (const { owner, ...wishes } of made) await (owner === 'alice' ? alice : bob).create(anEgg(wishes))
})

interface Filters {
  readonly rating_min?: number | undefined
  readonly rating_max?: number | undefined
  readonly taken_after?: string | undefined
  readonly taken_before?: string | undefined
}

/** By the words of the contract: a date alone is its whole day, and both ends are within. */
function isWanted({ rating, taken_at }: Made, filters: Filters): boolean {
  const { rating_min = 0, rating_max = 5, taken_after, taken_before } = filters
  if (rating < rating_min || rating > rating_max) return false
  if (taken_after === undefined && taken_before === undefined) return true
  if (taken_at === null) return false
  const upTo = (bound: string) => (bound.length === 10 ? taken_at.slice(0, 10) : taken_at)
  return (
    (taken_after === undefined || upTo(taken_after) >= taken_after) &&
    (taken_before === undefined || upTo(taken_before) <= taken_before)
  )
}

const viewers: readonly [string, Caller, (photo: Made) => boolean][] = [
  ['alice', alice, ({ owner, visibility }) => owner === 'alice' || visibility !== 'private'],
  ['bob', bob, ({ owner, visibility }) => owner === 'bob' || visibility !== 'private'],
  ['anybody', app.anonymous, ({ visibility }) => visibility === 'public'],
]

const bounds = fc.option(
  fc.oneof(fc.constantFrom(...DAYS, '2024-01-31'), fc.constantFrom(...DAYS.map((day) => `${day}T12:30:00`))),
  { nil: undefined },
)
const ratings = fc.option(fc.integer({ min: 0, max: 5 }), { nil: undefined })
const filters: fc.Arbitrary<Filters> = fc
  .record({ rating_min: ratings, rating_max: ratings, taken_after: bounds, taken_before: bounds })
  .filter(({ rating_min = 0, rating_max = 5, taken_after = '', taken_before }) => {
    return rating_min <= rating_max && (taken_before === undefined || taken_after <= taken_before)
  })

test.each(viewers)(
  'filters give %s what they ask for of what may be seen, counted and page by page',
  async (...row) => {
    const [, viewer, sees] = row
    const check = async (asked: Filters) => {
      const words = Object.entries(asked).filter(([, value]) => value !== undefined)
      const query = words.map(([name, value]) => `${name}=${value}`).join('&')
      const expected = made.filter((photo) => sees(photo) && isWanted(photo, asked)).map(({ title }) => title)

      const whole = await list(viewer, `limit=100&${query}`)
      const pages = [await list(viewer, `limit=4&${query}`)]
      for (let last = pages[0]; last?.meta.next_cursor; last = pages.at(-1))
        pages.push(await list(viewer, `limit=4&cursor=${last.meta.next_cursor}&${query}`))

      expect(whole.titles.toSorted()).toEqual(expected.toSorted())
      expect(whole.meta.total).toBe(expected.length)
      expect(pages.flatMap(({ titles }) => titles)).toEqual(whole.titles)
    }
    await fc.assert(fc.asyncProperty(filters, check), { numRuns: 40 })
  },
)

describe('a list is refused', () => {
  test.each([
    ['a rating of 6', 'rating_min=6', 'rating_min'],
    ['a rating that is no number', 'rating_max=five', 'rating_max'],
    ['ratings that end before they begin', 'rating_min=4&rating_max=3', 'rating_max'],
    ['a day that does not exist', 'taken_after=2023-02-29', 'taken_after'],
    ['a year without a day', 'taken_before=2023', 'taken_before'],
    ['times that end before they begin', 'taken_after=2024-01-02&taken_before=2024-01-01', 'taken_before'],
  ])('with %s', async (_what, query, path) => {
    const reply = await alice.get(`${LIST}?${query}`)

    expect(reply).toMatchObject({
      status: 422,
      body: { code: 'validation_failed', errors: [{ path: `query.${path}` }] },
    })
  })
})

test('a whole day is within times of its own', async () => {
  const { status, meta } = await list(
    alice,
    'taken_after=2024-01-01T12:30:00&taken_before=2024-01-01&scope=mine',
  )

  expect([status, meta.total]).toEqual([
    200,
    made.filter(({ owner, taken_at }) => owner === 'alice' && /^2024-01-01T(12|23)/.test(taken_at ?? ''))
      .length,
  ])
})
