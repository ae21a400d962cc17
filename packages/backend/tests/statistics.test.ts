import type { Facets, Photo, Statistics } from '@imalink/contract'
import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { anEgg } from './an-egg.ts'
import { ALICE, BOB, type Caller, testApp } from './test-app.ts'

const app = await testApp()
const [alice, bob] = [await app.as(ALICE), await app.as(BOB)]

beforeEach(() => app.emptyLibrary())

const statistics = async (as: Caller = alice) =>
  ((await as.get('/api/v1/stats')).body as { data: Statistics }).data
interface FacetsAnswer {
  readonly data: Facets
  readonly meta: { readonly total: number }
}
const facets = async (query = '', as: Caller = alice) =>
  (await as.get(`/api/v1/photos/facets${query}`)).body as FacetsAnswer

interface Shot {
  readonly taken_at?: string | null
  readonly rating?: number
  readonly visibility?: 'private' | 'space' | 'authenticated' | 'public'
  readonly tags?: string[]
  readonly creator?: string
  readonly metadata?: Record<string, unknown>
}
const shot = ({ taken_at = null, metadata = {}, ...more }: Shot) =>
  anEgg({ ...more, taken_at, metadata: { ...metadata, ...(taken_at === null ? {} : { taken_at }) } })

describe('statistics', () => {
  test('tell when and with what the photos of the caller were taken', async () => {
    const camera = { camera_model: 'X100', lens_model: '23mm', focal_length: 23, f_number: 2, iso: 200 }
    await alice.create(
      shot({ taken_at: '2024-02-29T23:59:59', rating: 4, metadata: { ...camera, exposure_time: '1/250' } }),
    )
    await alice.create(
      shot({ taken_at: '2024-03-03T00:00:00', metadata: { ...camera, exposure_time: '2', iso: 100 } }),
    )
    await alice.create(shot({ taken_at: '1999-12-31T12:00:00', metadata: { exposure_time: '1/30' } }))
    await alice.create(shot({}))
    await bob.create(shot({ taken_at: '2001-01-01T00:00:00', visibility: 'public' }))

    expect(await statistics()).toEqual({
      total: 4,
      by_year: [
        { value: 1999, count: 1 },
        { value: 2024, count: 2 },
      ],
      by_month: [2, 3, 12].map((value) => ({ value, count: 1 })),
      // A Thursday, a Sunday, a Friday.
      by_weekday: [4, 5, 7].map((value) => ({ value, count: 1 })),
      by_hour: [0, 12, 23].map((value) => ({ value, count: 1 })),
      by_camera: [{ value: 'X100', count: 2 }],
      by_lens: [{ value: '23mm', count: 2 }],
      by_focal_length: [{ value: 23, count: 2 }],
      by_f_number: [{ value: 2, count: 2 }],
      by_exposure_time: ['1/250', '1/30', '2'].map((value) => ({ value, count: 1 })),
      by_iso: [
        { value: 100, count: 1 },
        { value: 200, count: 1 },
      ],
      by_rating: [
        { value: 0, count: 3 },
        { value: 4, count: 1 },
      ],
    })
  })

  test('are nobody’s who is not signed in, and nothing of an empty library', async () => {
    expect(await app.anonymous.get('/api/v1/stats')).toMatchObject({ status: 401 })
    expect(await statistics()).toMatchObject({ total: 0, by_year: [], by_camera: [] })
  })

  test('count a camera whatever it is called', async () => {
    for (const camera_model of ['__proto__', 'constructor', '0'])
      await alice.create(shot({ metadata: { camera_model } }))

    expect((await statistics()).by_camera.map(({ value }) => value)).toEqual([
      '0',
      '__proto__',
      'constructor',
    ])
  })

  test('of two who ask at once while photos come are those of all photos in the end', async () => {
    await Promise.all(
      Array.from({ length: 30 }, async (_, turn) => {
        await alice.create(shot({ taken_at: `20${10 + turn}-01-01T00:00:00` }))
        await Promise.all([statistics(), facets('?scope=mine')])
      }),
    )

    const { total, by_year } = await statistics()

    expect(total).toBe(30)
    expect(by_year.map(({ count }) => count)).toEqual(Array.from({ length: 30 }, () => 1))
  })
})

describe('facets', () => {
  beforeEach(async () => {
    await alice.create(
      shot({ taken_at: '2024-01-01T00:00:00', rating: 5, tags: ['cat', 'dog'], creator: 'Ann' }),
    )
    await alice.create(shot({ taken_at: '2024-01-02T00:00:00', visibility: 'public', tags: ['cat'] }))
    await bob.create(
      shot({ visibility: 'public', tags: ['cat'], metadata: { camera_model: 'B', lens_model: 'L' } }),
    )
    await bob.create(shot({ visibility: 'private', tags: ['secret'], metadata: { camera_model: 'Secret' } }))
  })

  test('count what the viewer may see, tags of one name together', async () => {
    const { data, meta } = await facets()

    expect(meta).toEqual({ total: 3 })
    expect(data).toMatchObject({
      year: [{ value: 2024, count: 2 }],
      rating: [
        { value: 5, count: 1 },
        { value: 0, count: 2 },
      ],
      camera: [{ value: 'B', count: 1 }],
      lens: [{ value: 'L', count: 1 }],
      tag: [
        { value: 'cat', count: 3 },
        { value: 'dog', count: 1 },
      ],
      visibility: [
        { value: 'private', count: 1 },
        { value: 'public', count: 2 },
      ],
      author: [{ name: 'Ann', count: 1 }],
    })
  })

  test('go by scope, by level and by every filter', async () => {
    expect((await facets('?scope=mine')).meta).toEqual({ total: 2 })
    expect((await facets('?scope=bob')).meta).toEqual({ total: 1 })
    expect((await facets('?visibility=public')).data.tag).toEqual([{ value: 'cat', count: 2 }])
    expect((await facets('?tags=dog')).data.tag).toEqual([
      { value: 'cat', count: 1 },
      { value: 'dog', count: 1 },
    ])
    expect((await facets('?rating_min=6')).meta).toBeUndefined()
    expect((await facets('', app.anonymous)).meta).toEqual({ total: 2 })
    expect(await app.anonymous.get('/api/v1/photos/facets?scope=mine')).toMatchObject({ status: 401 })
    expect(await alice.get('/api/v1/photos/facets?colour=red')).toMatchObject({
      status: 422,
      body: { code: 'unknown_field' },
    })
  })

  test('list the hundred most frequent values, and no more', async () => {
    const tags = Array.from({ length: 150 }, (_, number) => `tag ${number}`)
    await alice.create(shot({ tags }))
    await alice.create(shot({ tags: ['tag 149'] }))

    for (const query of ['?scope=mine', '?scope=mine&untagged=false']) {
      const { tag } = (await facets(query)).data
      expect(tag).toHaveLength(100)
      expect(tag.slice(0, 2).map(({ count }) => count)).toEqual([2, 2])
    }
  })
})

/** Whatever is done to photos, counts that are kept are those that are counted one by one. */
describe('counts of all photos', () => {
  const step = fc.oneof(
    fc.record({
      do: fc.constant('create' as const),
      who: fc.constantFrom('alice', 'bob'),
      taken_at: fc.option(fc.constantFrom('2023-05-05T05:05:05', '2024-12-31T23:00:00')),
      visibility: fc.constantFrom('private' as const, 'public' as const),
      rating: fc.nat(5),
      tags: fc.subarray(['a', 'b', 'c']),
      camera_model: fc.option(fc.constantFrom('A', 'B')),
      creator: fc.constantFrom('Ann', 'Ben'),
    }),
    fc.record({
      do: fc.constantFrom(
        'trash' as const,
        'restore' as const,
        'destroy' as const,
        'untag' as const,
        'tag' as const,
      ),
      pick: fc.nat(),
    }),
    fc.record({
      do: fc.constant('edit' as const),
      pick: fc.nat(),
      change: fc.record(
        {
          visibility: fc.constantFrom('private', 'authenticated', 'public'),
          rating: fc.nat(5),
          taken_at: fc.option(fc.constantFrom('2020-02-02T02:02:02', '2024-12-31T23:00:00')),
          author_id: fc.constant(null),
        },
        { requiredKeys: [] },
      ),
    }),
    fc.record({ do: fc.constantFrom('forget tag' as const, 'merge tags' as const, 'look' as const) }),
  )
  type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

  async function perform(steps: readonly Step[]): Promise<void> {
    const made: { id: number; owner: Caller }[] = []
    for (const one of steps) {
      const picked = 'pick' in one ? made[one.pick % Math.max(made.length, 1)] : undefined
      const path = `/api/v1/photos/${picked?.id}`
      if (one.do === 'create') {
        const owner = one.who === 'alice' ? alice : bob
        const { camera_model, who: _who, do: _do, ...egg } = one
        made.push({ owner, id: (await owner.create(shot({ ...egg, metadata: { camera_model } }))).id })
      } else if (one.do === 'edit') await picked?.owner.patch(path, one.change)
      else if (one.do === 'trash') await picked?.owner.delete(path)
      else if (one.do === 'restore') await picked?.owner.post(`${path}/restore`)
      else if (one.do === 'destroy') await picked?.owner.delete(`${path}?permanent=true`)
      else if (one.do === 'tag') await picked?.owner.post(`${path}/tags`, { tags: ['a', 'd'] })
      else if (one.do === 'untag') await picked?.owner.delete(`${path}/tags/a`)
      else if (one.do === 'look') await Promise.all([statistics(), facets('', bob)])
      else await changeTags(one.do)
    }
  }

  async function changeTags(what: 'forget tag' | 'merge tags') {
    const { data } = (await alice.get('/api/v1/tags')).body as { data: { id: number; name: string }[] }
    const [first, second] = data
    if (!first || !second) return
    if (what === 'forget tag') await alice.delete(`/api/v1/tags/${first.id}`)
    else await alice.put(`/api/v1/tags/${first.id}`, { new_name: second.name, merge: true })
  }

  test('are those of photos that a filter lets through, after any changes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 15, maxLength: 40 }), async (steps) => {
        await app.emptyLibrary()
        await perform(steps)

        for (const viewer of [alice, bob, app.anonymous]) {
          const all = await facets('', viewer)
          expect(all).toEqual(await facets('?created_after=2020-01-01', viewer))
        }
        const own = (await alice.get('/api/v1/photos?scope=mine&limit=500')).body as { data: Photo[] }
        const { total, by_rating } = await statistics()
        expect(total).toBe(own.data.length)
        const ratings = [...Map.groupBy(own.data, ({ rating }) => rating)].map(([value, some]) => ({
          value,
          count: some.length,
        }))
        expect(by_rating).toEqual(ratings.sort((a, b) => a.value - b.value))
      }),
      { numRuns: 12 },
    )
  })
})
