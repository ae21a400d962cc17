import { type CallInput, endpoints } from '@imalink/contract'
import { call } from '@imalink/client'
import { beforeEach, describe, expect, test } from 'vitest'
import { anEgg } from './an-egg.ts'
import { ALICE, BOB, type Caller, testApp } from './test-app.ts'

const app = await testApp()
beforeEach(app.emptyLibrary)

const read = (caller: Caller, query: CallInput<typeof endpoints.timeline>['query'] = {}) =>
  call(caller.server, endpoints.timeline, { query })

describe('buckets', () => {
  test('are years, newest first, without those that have nothing in them', async () => {
    const alice = await app.as(ALICE)
    await alice.create(anEgg({ taken_at: '2021-03-04T05:06:07' }))
    await alice.create(anEgg({ taken_at: '2024-06-01T08:00:00' }))
    await alice.create(anEgg({ taken_at: '2024-12-31T23:59:59' }))
    await alice.create(anEgg())

    const { data, meta } = await read(alice)

    expect(data).toEqual([
      {
        year: 2024,
        count: 2,
        preview_hothash: expect.any(String) as string,
        preview_url: `/api/v1/photos/${data[0]?.preview_hothash}/hotpreview`,
        date_range: { first: '2024-06-01T08:00:00', last: '2024-12-31T23:59:59' },
      },
      expect.objectContaining({ year: 2021, count: 1 }),
    ])
    expect(meta).toEqual({ granularity: 'year', total_years: 2, total_photos: 3, undated: 1 })
  })

  test.each([
    [
      { granularity: 'month', year: '2024' },
      [
        { year: 2024, month: 12 },
        { year: 2024, month: 6 },
      ],
      'total_months',
    ],
    [
      { granularity: 'day', year: '2024', month: '6' },
      [
        { year: 2024, month: 6, day: 30 },
        { year: 2024, month: 6, day: 1 },
      ],
      'total_days',
    ],
    [
      { granularity: 'hour', year: '2024', month: '6', day: '30' },
      [
        { year: 2024, month: 6, day: 30, hour: 22 },
        { year: 2024, month: 6, day: 30, hour: 0 },
      ],
      'total_hours',
    ],
  ] as const)('are as fine as %j asks, and carry no finer keys', async (query, keys, total) => {
    const alice = await app.as(ALICE)
    for (const taken_at of [
      '2023-06-30T22:45:00',
      '2024-06-01T08:00:00',
      '2024-06-30T00:00:00',
      '2024-06-30T22:45:00',
      '2024-06-30T22:59:59.999',
      '2024-12-24T18:00:00',
    ]) {
      await alice.create(anEgg({ taken_at }))
    }

    const { data, meta } = await read(alice, query)

    const found = data.map(
      ({ count: _count, preview_hothash: _hash, preview_url: _url, date_range: _r, ...rest }) => rest,
    )
    expect(found).toEqual(keys)
    expect(meta).toMatchObject({ granularity: query.granularity, year: 2024, [total]: 2 })
    expect(meta.total_photos).toBe(data.reduce((sum, bucket) => sum + bucket.count, 0))
  })

  test('are by the clock on the wall, whatever its zone', async () => {
    const alice = await app.as(ALICE)
    await alice.create(anEgg({ taken_at: '2024-01-01T00:30:00+14:00' }))

    expect((await read(alice)).data).toMatchObject([
      { year: 2024, date_range: { first: '2024-01-01T00:30:00' } },
    ])
  })

  test('of 31 February are none', async () => {
    const query = { granularity: 'hour', year: '2024', month: '2', day: '31' } as const

    expect(await read(await app.as(ALICE), query)).toMatchObject({ data: [], meta: { total_hours: 0 } })
  })

  test('are filtered by a parameter finer than their granularity', async () => {
    const alice = await app.as(ALICE)
    await alice.create(anEgg({ taken_at: '2024-06-01T08:00:00' }))
    await alice.create(anEgg({ taken_at: '2024-07-01T08:00:00' }))

    const { data } = await read(alice, { granularity: 'year', year: '2024', month: '6' })

    expect(data).toMatchObject([{ year: 2024, count: 1, date_range: { last: '2024-06-01T08:00:00' } }])
  })

  test('of a year before this one are there as soon as a photo is acknowledged, and go with it', async () => {
    const alice = await app.as(ALICE)
    const { id } = await alice.create(anEgg({ taken_at: '1931-02-03T04:05:06' }))
    const before = await read(alice)

    await alice.delete(`/api/v1/photos/${id}`)
    const trashed = await read(alice)
    await alice.post(`/api/v1/photos/${id}/restore`)

    expect(before.data).toMatchObject([{ year: 1931, count: 1 }])
    expect(trashed.data).toEqual([])
    expect(await read(alice)).toEqual(before)
  })
})

describe('a question that makes no sense', () => {
  test.each([
    'month=6',
    'year=2024&day=6',
    'granularity=month',
    'granularity=day&year=2024',
    'granularity=hour&year=2024&month=6',
    'granularity=year&hour=3',
  ])('%s contradicts itself: 400', async (query) => {
    expect(await app.anonymous.get(`/api/v1/timeline?${query}`)).toMatchObject({
      status: 400,
      body: { code: 'contradicting_parameters' },
    })
  })

  test.each([
    ['year=1899', 'validation_failed'],
    ['year=2101', 'validation_failed'],
    ['year=2024&month=0', 'validation_failed'],
    ['year=2024&month=13', 'validation_failed'],
    ['year=2024&month=1&day=32', 'validation_failed'],
    ['year=2024&month=1&day=1&hour=24', 'validation_failed'],
    ['year=twenty', 'validation_failed'],
    ['granularity=week', 'validation_failed'],
    ['visibility=secret', 'validation_failed'],
    ['yaer=2024', 'unknown_field'],
  ])('%s is out of range: 422', async (query, code) => {
    for (const path of ['/api/v1/timeline', '/api/v1/timeline/photos']) {
      if (path.endsWith('photos') && query.startsWith('granularity')) continue
      expect(await app.anonymous.get(`${path}?${query}`)).toMatchObject({ status: 422, body: { code } })
    }
  })
})

describe('the cover of a bucket', () => {
  const coverOf = async (photos: { taken_at: string; rating?: number }[]) => {
    const alice = await app.as(ALICE)
    const hashes: string[] = []
    for (const photo of photos) hashes.push((await alice.create(anEgg(photo))).hothash)
    const { data } = await read(alice)
    return hashes.indexOf(data[0]?.preview_hothash ?? '')
  }

  test('is the highest rated of those rated 4 or 5', async () => {
    const cover = await coverOf([
      { taken_at: '2024-01-01T00:00:00', rating: 4 },
      { taken_at: '2024-02-01T00:00:00', rating: 5 },
      { taken_at: '2024-12-01T00:00:00', rating: 4 },
    ])

    expect(cover).toBe(1)
  })

  test('is the latest of equally rated ones', async () => {
    const cover = await coverOf([
      { taken_at: '2024-01-01T00:00:00', rating: 4 },
      { taken_at: '2024-12-01T00:00:00', rating: 4 },
      { taken_at: '2024-06-01T00:00:00', rating: 4 },
    ])

    expect(cover).toBe(1)
  })

  test('is the one with the lower id of equally rated ones at the same time', async () => {
    const photo = { taken_at: '2024-01-01T00:00:00', rating: 5 }

    expect(await coverOf([photo, photo, photo])).toBe(0)
  })

  test('is the one nearest to the middle in time where none is rated 4 or 5', async () => {
    const cover = await coverOf([
      { taken_at: '2024-01-01T00:00:00', rating: 3 },
      { taken_at: '2024-01-02T00:00:00' },
      { taken_at: '2024-01-06T00:00:00' },
      { taken_at: '2024-01-11T00:00:00', rating: 3 },
    ])

    expect(cover).toBe(2)
  })

  test('is the earlier of two that are equally near to the middle', async () => {
    const cover = await coverOf([
      { taken_at: '2024-01-01T00:00:09' },
      { taken_at: '2024-01-01T00:00:06' },
      { taken_at: '2024-01-01T00:00:04' },
      { taken_at: '2024-01-01T00:00:01' },
    ])

    expect(cover).toBe(2)
  })

  test('is the one with the lower id of those at the same time', async () => {
    const photo = { taken_at: '2024-01-01T00:00:00' }

    expect(await coverOf([photo, photo])).toBe(0)
  })

  test('is never a photo that the viewer may not see', async () => {
    const alice = await app.as(ALICE)
    await alice.create(anEgg({ taken_at: '2024-01-01T00:00:00', rating: 5 }))
    const shown = await alice.create(anEgg({ taken_at: '2024-12-01T00:00:00', visibility: 'public' }))

    const { data } = await read(app.anonymous)

    expect(data).toMatchObject([
      {
        count: 1,
        preview_hothash: shown.hothash,
        date_range: { first: '2024-12-01T00:00:00', last: '2024-12-01T00:00:00' },
      },
    ])
    expect((await app.anonymous.get(data[0]?.preview_url ?? '')).status).toBe(200)
  })
})

describe('who sees what', () => {
  const levels = ['private', 'space', 'authenticated', 'public'] as const

  test('is decided by the level of each photo', async () => {
    const [alice, bob] = [await app.as(ALICE), await app.as(BOB)]
    for (const [index, visibility] of levels.entries()) {
      await alice.create(anEgg({ taken_at: `202${index}-01-01T00:00:00`, visibility }))
      await alice.create(anEgg({ visibility }))
    }

    const yearsFor = async (caller: Caller) => (await read(caller)).data.map((bucket) => bucket.year)

    expect(await yearsFor(alice)).toEqual([2023, 2022, 2021, 2020])
    expect(await yearsFor(bob)).toEqual([2023, 2022])
    expect(await yearsFor(app.anonymous)).toEqual([2023])
    const undated = await Promise.all(
      [alice, bob, app.anonymous].map(async (caller) => (await read(caller)).meta.undated),
    )
    expect(undated).toEqual([4, 2, 1])
  })

  test('is narrowed by scope and visibility', async () => {
    const [alice, bob] = [await app.as(ALICE), await app.as(BOB)]
    await alice.create(anEgg({ taken_at: '2020-01-01T00:00:00', visibility: 'public' }))
    await bob.create(anEgg({ taken_at: '2021-01-01T00:00:00', visibility: 'authenticated' }))
    await bob.create(anEgg({ taken_at: '2022-01-01T00:00:00' }))
    const years = async (query: object) => (await read(bob, query)).data.map((bucket) => bucket.year)

    expect(await years({})).toEqual([2022, 2021, 2020])
    expect(await years({ scope: 'mine' })).toEqual([2022, 2021])
    expect(await years({ scope: 'Alice' })).toEqual([2020])
    expect(await years({ scope: 'nobody-of-that-name' })).toEqual([])
    expect(await years({ visibility: 'private' })).toEqual([2022])
    expect(await years({ visibility: 'authenticated', scope: 'mine' })).toEqual([2021])
  })

  test('of their own is nothing to somebody who is nobody in particular: 401', async () => {
    expect(await app.anonymous.get('/api/v1/timeline?scope=mine')).toMatchObject({
      status: 401,
      body: { code: 'credentials_required' },
    })
  })

  test('does not depend on a level that the viewer only asks for', async () => {
    await (await app.as(ALICE)).create(anEgg({ taken_at: '2024-01-01T00:00:00' }))

    const { data, meta } = await read(await app.as(BOB), { visibility: 'private', scope: 'alice' })

    expect([data, meta.total_photos]).toEqual([[], 0])
  })
})
