import type { AnswerOf, timelineEndpoints } from '@imalink/contract'
import { beforeEach, describe, expect, test } from 'vitest'
import { anEgg, withColdpreview } from './an-egg.ts'
import { ALICE, BOB, type Caller, testApp } from './test-app.ts'

const app = await testApp()
const [alice, bob] = [await app.as(ALICE), await app.as(BOB)]
beforeEach(app.emptyLibrary)

type Grid = AnswerOf<typeof timelineEndpoints.timelinePhotos>

async function grid(caller: Caller, query = ''): Promise<Grid> {
  const reply = await caller.get(`/api/v1/timeline/photos?${query}`)
  expect(reply).toMatchObject({ status: 200 })
  return reply.body as Grid
}

async function everyPage(caller: Caller, query: string) {
  const pages: Grid[] = []
  for (let cursor: string | null = ''; cursor !== null; cursor = pages.at(-1)?.meta.next_cursor ?? null) {
    pages.push(await grid(caller, cursor === '' ? query : `${query}&cursor=${cursor}`))
    expect(pages.length).toBeLessThan(50)
  }
  return pages
}

const at = (taken_at: string | null) => alice.create(anEgg({ taken_at }))

test('tells of each photo what a grid needs, in arrays of one length, newest first', async () => {
  const raw = { filename: 'a.nef', file_format: 'NEF' }
  const wide = await alice.create(withColdpreview(anEgg({ taken_at: '2024-06-02T08:00:00.250', rating: 4 })))
  const tall = await alice.create(
    anEgg({ taken_at: '2024-06-01T08:00:00', width: 2000, height: 3000, image_file: raw }),
  )
  const foreign = await bob.create(anEgg({ visibility: 'public' }))

  const { data, meta } = await grid(alice)

  expect(data).toEqual({
    id: [wide.id, tall.id, foreign.id],
    hothash: [wide.hothash, tall.hothash, foreign.hothash],
    ratio: [2, 0.6667, 2],
    rating: [4, 0, 0],
    taken_at: ['2024-06-02T08:00:00.250', '2024-06-01T08:00:00', null],
    flags: [1, 2, 8],
  })
  expect(meta).toEqual({ count: 3, next_cursor: null })
})

test('is empty arrays where there is nothing', async () => {
  const { data, meta } = await grid(app.anonymous)

  expect(Object.values(data).every((array) => array.length === 0)).toBe(true)
  expect(meta).toEqual({ count: 0, next_cursor: null })
})

describe('pages', () => {
  test('of photos taken at one moment and of undated ones repeat and leave out none', async () => {
    const times = ['2024-06-01T08:00:00', '2024-06-01T08:00:00', '2024-06-01T08:00:00', null, null, null]
    const photos = await Promise.all([...times, '2024-06-02T08:00:00'].map(at))

    const pages = await everyPage(alice, 'limit=2')

    const ids = pages.flatMap((page) => page.data.id)
    const dated = photos.slice(0, 3).map((photo) => photo.id)
    const undated = photos.slice(3, 6).map((photo) => photo.id)
    const downward = (some: number[]) => some.sort((a, b) => b - a)
    expect(ids).toEqual([photos[6]?.id, ...downward(dated), ...downward(undated)])
    expect(pages.map((page) => page.meta.count)).toEqual([2, 2, 2, 1])
  })

  test('end without a cursor when the last is just full', async () => {
    await Promise.all([at(null), at(null)])

    expect((await grid(alice, 'limit=2')).meta.next_cursor).toBeNull()
  })

  test('stay in their place when newer photos arrive between them', async () => {
    const first = await at('2024-06-01T08:00:00')
    await at('2024-06-02T08:00:00')
    const { meta } = await grid(alice, 'limit=1')

    await at('2024-06-03T08:00:00')
    const next = await grid(alice, `limit=1&cursor=${meta.next_cursor}`)

    expect(next.data.id).toEqual([first.id])
  })

  test.each([
    ['damaged', 'bm90aGluZw', 422, 'cursor_invalid'],
    ['made for another list', Buffer.from('["photos",{}]').toString('base64url'), 400, 'cursor_mismatch'],
    ['emptied', Buffer.from('["timeline:newest",{}]').toString('base64url'), 422, 'cursor_invalid'],
  ])('by a cursor that is %s are refused', async (_how, cursor, status, code) => {
    expect(await alice.get(`/api/v1/timeline/photos?cursor=${cursor}`)).toMatchObject({
      status,
      body: { code },
    })
  })
})

describe('a period', () => {
  beforeEach(async () => {
    await Promise.all(
      [
        '2023-12-31T23:59:59.999',
        '2024-01-01T00:00:00',
        '2024-06-15T08:59:59',
        '2024-06-15T09:00:00',
        '2024-06-16T09:30:00',
        '2024-12-31T23:59:59.999',
        null,
      ].map(at),
    )
  })

  test.each([
    ['', 7],
    ['year=2024', 5],
    ['year=2023', 1],
    ['year=2024&month=6', 3],
    ['year=2024&month=6&day=15', 2],
    ['year=2024&month=6&day=15&hour=9', 1],
    ['year=2024&month=2&day=31', 0],
    ['undated=true', 1],
    ['undated=false', 6],
    ['year=2024&undated=false', 5],
  ])('"%s" has so many photos, to the last millisecond', async (query, count) => {
    const { data } = await grid(alice, query)

    expect(data.id).toHaveLength(count)
    if (query === 'undated=true') expect(data.taken_at).toEqual([null])
  })

  test.each(['month=6', 'year=2024&day=1', 'hour=3', 'year=2024&undated=true'])(
    'that contradicts itself is refused: %s',
    async (query) => {
      expect(await alice.get(`/api/v1/timeline/photos?${query}`)).toMatchObject({
        status: 400,
        body: { code: 'contradicting_parameters' },
      })
    },
  )

  test.each(['limit=0', 'limit=5001', 'undated=yes', 'year=1899', 'offset=1', 'granularity=day'])(
    'with a parameter that is none is refused: %s',
    async (query) => {
      expect((await alice.get(`/api/v1/timeline/photos?${query}`)).status).toBe(422)
    },
  )
})

test('shows nobody what they may not see, by scope and by level', async () => {
  for (const visibility of ['private', 'space', 'authenticated', 'public'] as const)
    await alice.create(anEgg({ visibility }))
  const own = await bob.create(anEgg())
  const counts = async (query: string) =>
    Promise.all([alice, bob, app.anonymous].map(async (caller) => (await grid(caller, query)).meta.count))

  expect(await counts('')).toEqual([4, 3, 1])
  expect(await counts('scope=alice')).toEqual([4, 2, 1])
  expect(await counts('scope=nobody-here')).toEqual([0, 0, 0])
  expect(await counts('visibility=authenticated')).toEqual([1, 1, 0])
  expect((await grid(bob, 'scope=mine')).data.id).toEqual([own.id])
})

test('leaves out what is in the trash', async () => {
  const [kept, gone] = [await at(null), await at(null)]

  await alice.delete(`/api/v1/photos/${gone.id}`)

  expect((await grid(alice)).data.id).toEqual([kept.id])
})
