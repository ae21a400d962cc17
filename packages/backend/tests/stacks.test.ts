import type { CreatedPhoto, ListMeta, Photo, Stack, StackSuggestion } from '@imalink/contract'
import { beforeEach, describe, expect, test } from 'vitest'
import { spaceOf } from './a-space.ts'
import { anEgg } from './an-egg.ts'
import { ALICE, BOB, CAROL, type Account, type Caller, testApp } from './test-app.ts'

const app = await testApp()
const [alice, bob, carol] = [await app.as(ALICE), await app.as(BOB), await app.as(CAROL)]
const problem = (status: number, code: string) => ({ status, body: { code } })
const path = '/api/v1/photo-stacks'

beforeEach(() => app.emptyLibrary())

const shoot = (taken_at: string | null, egg: object = {}, as: Account = alice) =>
  as.create({ ...anEgg({ taken_at, metadata: { taken_at } }), ...egg })
const series = (count: number, egg: object = {}, as: Account = alice) =>
  Promise.all(Array.from({ length: count }, (_, turn) => shoot(`2024-05-01T12:00:0${turn}`, egg, as)))
const hothashes = (photos: readonly CreatedPhoto[]) => photos.map(({ hothash }) => hothash)
const stackOf = async (photos: readonly CreatedPhoto[], more: object = {}) => {
  const body = { stack_type: 'burst', photo_hothashes: hothashes(photos), ...more }
  return ((await alice.post(path, body)).body as { stack: Stack }).stack
}
const read = async (id: number, as: Caller = alice) => as.get(`${path}/${id}`)
const stackIdOf = async (id: number, as: Caller = alice) =>
  ((await as.get(`/api/v1/photos/${id}`)).body as Photo).stack_id
interface List {
  readonly data: Photo[]
  readonly meta: ListMeta
}
const list = async (query: string, as: Caller = alice) =>
  (await as.get(`/api/v1/photos?${query}`)).body as List

describe('a stack', () => {
  test('is made of own photos, with a cover, in the order of time', async () => {
    const photos = await series(3)

    const reply = await alice.post(path, {
      stack_type: 'panorama',
      cover_photo_hothash: photos[1]?.hothash,
      photo_hothashes: hothashes(photos.toReversed()),
    })

    const [first, cover, last] = hothashes(photos)
    expect(reply).toMatchObject({
      status: 201,
      body: {
        success: true,
        stack: {
          stack_type: 'panorama',
          cover_photo_hothash: cover,
          photo_hothashes: [cover, first, last],
          photo_count: 3,
        },
      },
    })
    const { stack } = reply.body as { stack: Stack }
    expect((await read(stack.id)).body).toEqual(stack)
    expect(await stackIdOf(photos[0]?.id ?? 0)).toBe(stack.id)
    expect((await alice.get(path)).body).toMatchObject({ data: [stack], meta: { total: 1 } })
  })

  test('takes a photo out of the one that it is in, and a stack without photos is gone', async () => {
    const [one, two, three] = (await series(3)) as [CreatedPhoto, CreatedPhoto, CreatedPhoto]
    const old = await stackOf([one, two], { cover_photo_hothash: one.hothash })

    const other = await stackOf([three])
    const moved = await alice.post(`${path}/${other.id}/photo`, { photo_hothash: one.hothash })
    const left = await read(old.id)
    await alice.post(`${path}/${other.id}/photo`, { photo_hothash: two.hothash })

    expect(moved).toMatchObject({ status: 200, body: { stack: { photo_count: 2 } } })
    expect(left).toMatchObject({ body: { photo_count: 1, cover_photo_hothash: two.hothash } })
    expect(await read(old.id)).toMatchObject(problem(404, 'stack_not_found'))
    expect(await read(other.id)).toMatchObject({ body: { photo_count: 3 } })
    expect((await alice.get(path)).body).toMatchObject({ meta: { total: 1 } })
  })

  test('loses a photo, and goes with its last', async () => {
    const [one, two] = (await series(2)) as [CreatedPhoto, CreatedPhoto]
    const { id } = await stackOf([one, two])

    const first = await alice.delete(`${path}/${id}/photo/${one.hothash}`)
    const again = await alice.delete(`${path}/${id}/photo/${one.hothash}`)
    const last = await alice.delete(`${path}/${id}/photo/${two.hothash}`)

    expect(first).toMatchObject({ status: 200, body: { stack: { photo_hothashes: [two.hothash] } } })
    expect(again).toMatchObject(problem(404, 'photo_not_found'))
    expect(last).toMatchObject({ status: 200, body: { success: true, stack: null } })
    expect(await read(id)).toMatchObject({ status: 404 })
    expect(await stackIdOf(one.id)).toBeNull()
  })

  test('is changed whole: type, cover, photos', async () => {
    const [one, two, three] = (await series(3)) as [CreatedPhoto, CreatedPhoto, CreatedPhoto]
    const { id } = await stackOf([one, two])

    const reply = await alice.put(`${path}/${id}`, {
      stack_type: 'hdr',
      cover_photo_hothash: three.hothash,
      photo_hothashes: [two.hothash, three.hothash],
    })

    expect(reply).toMatchObject({
      status: 200,
      body: { stack: { stack_type: 'hdr', photo_hothashes: [three.hothash, two.hothash], photo_count: 2 } },
    })
    expect(await stackIdOf(one.id)).toBeNull()
    const kept = await alice.put(`${path}/${id}`, { stack_type: 'other' })
    expect(kept.body).toMatchObject({ stack: { stack_type: 'other', photo_count: 2 } })
  })

  test('is undone, and its photos stay', async () => {
    const photos = await series(2)
    const { id } = await stackOf(photos)

    expect(await alice.delete(`${path}/${id}`)).toMatchObject({ status: 200, body: { stack: null } })

    expect(await read(id)).toMatchObject(problem(404, 'stack_not_found'))
    for (const photo of photos) expect(await stackIdOf(photo.id)).toBeNull()
  })

  test('forgets what is in the trash until it is back, and goes with what is deleted for good', async () => {
    const [one, two] = (await series(2)) as [CreatedPhoto, CreatedPhoto]
    const { id } = await stackOf([one, two])

    await alice.delete(`/api/v1/photos/${one.id}`)
    const without = await read(id)
    await alice.post(`/api/v1/photos/${one.id}/restore`)
    const back = await read(id)
    for (const photo of [one, two]) await alice.delete(`/api/v1/photos/${photo.id}`)
    const empty = [await read(id), await alice.get(path)]
    await alice.delete('/api/v1/photos/trash')

    expect(without).toMatchObject({ body: { photo_count: 1, cover_photo_hothash: two.hothash } })
    expect(back).toMatchObject({ body: { photo_count: 2 } })
    expect(empty).toMatchObject([{ status: 404 }, { body: { data: [], meta: { total: 0 } } }])
    expect(await app.db.selectFrom('stacks').selectAll().execute()).toEqual([])
  })

  test('shows others the photos that they may see, and a cover among them', async () => {
    const [hidden, shown] = [
      await shoot('2024-01-01T00:00:00'),
      await shoot('2024-01-01T00:00:01', { visibility: 'public' }),
    ]
    const { id } = await stackOf([hidden, shown], { cover_photo_hothash: hidden.hothash })

    for (const other of [bob, app.anonymous])
      expect(await read(id, other)).toMatchObject({
        status: 200,
        body: { cover_photo_hothash: shown.hothash, photo_hothashes: [shown.hothash], photo_count: 1 },
      })
    await alice.patch(`/api/v1/photos/${shown.id}`, { visibility: 'private' })
    expect(await read(id, bob)).toMatchObject(problem(404, 'stack_not_found'))
  })

  test.each([
    ['another’s photos', async () => hothashes([await shoot(null, { visibility: 'public' }, bob)])],
    ['photos that are not there', async () => ['0'.repeat(64)]],
    [
      'what is in the trash',
      async () => {
        const photo = await shoot(null)
        await alice.delete(`/api/v1/photos/${photo.id}`)
        return [photo.hothash]
      },
    ],
  ])('is not made of %s', async (_what, hothashesOf) => {
    const own = await shoot(null)

    const reply = await alice.post(path, {
      stack_type: 'burst',
      photo_hothashes: [own.hothash, ...(await hothashesOf())],
    })

    expect(reply).toMatchObject(problem(422, 'photo_not_found'))
    expect(await stackIdOf(own.id)).toBeNull()
  })

  test.each([
    ['no photos', { stack_type: 'burst' }],
    ['an empty list', { stack_type: 'burst', photo_hothashes: [] }],
    ['no type', { photo_hothashes: ['0'.repeat(64)] }],
    ['a type that there is not', { stack_type: 'heap', photo_hothashes: ['0'.repeat(64)] }],
  ])('is not made of %s', async (_what, body) => {
    expect(await alice.post(path, body)).toMatchObject(problem(422, 'validation_failed'))
  })

  test('holds each photo once, however many ask at once', async () => {
    const photos = await series(6)

    const replies = await Promise.all(
      [1, 2, 3, 4].map((turn) =>
        alice.post(path, {
          stack_type: 'burst',
          photo_hothashes: hothashes(photos).slice(turn - 1, turn + 2),
        }),
      ),
    )

    expect(replies.map(({ status }) => status)).toEqual([201, 201, 201, 201])
    const { data } = (await alice.get(path)).body as { data: Stack[] }
    const held = data.flatMap(({ photo_hothashes }) => photo_hothashes)
    expect(held.sort()).toEqual(hothashes(photos).sort())
    expect(data.every(({ photo_count }) => photo_count > 0)).toBe(true)
  })
})

describe('a list with stacks collapsed', () => {
  test('shows each stack as its cover, and counts what is behind', async () => {
    const photos = await series(4)
    const [one, two, three, four] = photos as [CreatedPhoto, CreatedPhoto, CreatedPhoto, CreatedPhoto]
    await stackOf([one, two, three], { cover_photo_hothash: two.hothash })

    const { data, meta } = await list('stacks=collapsed&scope=mine')

    expect(data.map(({ id, stack_count }) => [id, stack_count])).toEqual([
      [four.id, undefined],
      [two.id, 3],
    ])
    expect(meta.total).toBe(2)
    expect((await list('scope=mine')).data).toHaveLength(4)
    const searched = await alice.post('/api/v1/photos/search', { stacks: 'collapsed', tags: ['none'] })
    expect(searched.body).toMatchObject({ data: [], meta: { total: 0 } })
    const grid = (await alice.get('/api/v1/timeline/photos?stacks=collapsed')).body as {
      data: { id: number[]; flags: number[] }
    }
    expect(grid.data.id).toEqual([four.id, two.id])
    expect(grid.data.flags).toEqual([0, 4])
  })

  test('pages and counts by what each viewer may see, under any filter and order', async () => {
    const levels = ['private', 'public', 'authenticated', 'space', 'public', 'space'] as const
    const photos = await Promise.all(
      Array.from({ length: 20 }, (_, turn) =>
        shoot(turn % 7 === 0 ? null : `2024-05-01T12:00:${10 + turn}`, {
          visibility: levels[turn % 6],
          rating: turn % 3,
          tags: turn % 2 === 0 ? ['even'] : [],
        }),
      ),
    )
    for (const first of [0, 4, 8, 12]) await stackOf(photos.slice(first, first + 4))
    await series(3, { visibility: 'public' }, bob)
    const space = await spaceOf(alice.server, [carol.server])
    const shared = photos.filter((_, turn) => turn % 4 !== 1).map(({ hothash }) => hothash)
    expect((await alice.post(`/api/v1/spaces/${space}/photos`, { photos: shared })).status).toBe(200)
    await alice.delete(`/api/v1/photos/${photos[4]?.id}`)

    for (const viewer of [alice, bob, carol, app.anonymous])
      for (const filter of [
        '',
        '&scope=alice',
        '&visibility=public',
        `&space_id=${space}`,
        '&rating_min=1',
        '&tags=even',
        '&sort_by=rating',
        '&sort_order=asc',
        '&q=img',
      ]) {
        const every = (await list(`limit=500${filter}`, viewer)).data
        const unfiltered = (await list('limit=500', viewer)).data
        const fronts = new Map(
          await Promise.all(
            [...new Set(unfiltered.flatMap(({ stack_id }) => stack_id ?? []))].map(
              async (id) => [id, ((await read(id, viewer)).body as Stack).cover_photo_hothash] as const,
            ),
          ),
        )
        const expected = every
          .filter(({ stack_id, hothash }) => stack_id === null || fronts.get(stack_id) === hothash)
          .map(({ id }) => id)
        const paged: number[] = []
        const first = await list(`stacks=collapsed&limit=3${filter}`, viewer)
        for (let page: List | null = first; page;) {
          paged.push(...page.data.map(({ id }) => id))
          const cursor: string | null = page.meta.next_cursor
          page =
            cursor === null ? null : await list(`stacks=collapsed&limit=3${filter}&cursor=${cursor}`, viewer)
        }
        expect(paged).toEqual(expected)
        expect(first.meta.total).toBe(expected.length)
      }
  })

  test('of one stack is found by it', async () => {
    const photos = await series(3)
    const { id } = await stackOf(photos.slice(1))

    expect((await list(`stack_id=${id}`)).data.map((photo) => photo.id)).toEqual(
      photos
        .slice(1)
        .map((photo) => photo.id)
        .reverse(),
    )
  })
})

describe('suggestions', () => {
  const exposed = { camera_model: 'X100', exposure_time: '1/250', f_number: 8, iso: 200, focal_length: 23 }
  const shot = (taken_at: string, metadata: object = {}, more: object = {}, as: Account = alice) =>
    as.create({ ...anEgg({ ...more }), taken_at, metadata: { ...exposed, taken_at, ...metadata } } as never)
  const suggest = async (body: object = {}) =>
    (await alice.post(`${path}/suggest`, body)).body as {
      data: StackSuggestion[]
      meta: { photos_looked_at: number; next_cursor: string | null }
    }

  test('are bursts, brackets and panoramas, each explained; and nothing is stacked', async () => {
    const burst = [
      await shot('2024-05-01T10:00:00'),
      await shot('2024-05-01T10:00:01', {}, { rating: 3 }),
      await shot('2024-05-01T10:00:02'),
    ]
    const bias = (value: number) => ({ exif_dict: { ExposureBiasValue: value } })
    const bracket = [
      await shot('2024-05-01T11:00:00', { exposure_time: '1/250' }, bias(0)),
      await shot('2024-05-01T11:00:00.500', { exposure_time: '1/1000' }, bias(-2)),
      await shot('2024-05-01T11:00:01', { exposure_time: '1/60' }, bias(2)),
    ]
    const panorama = [
      await shot('2024-05-01T12:00:00'),
      await shot('2024-05-01T12:00:04'),
      await shot('2024-05-01T12:00:09'),
    ]
    await shot('2024-05-01T13:00:00')
    await shoot('2024-05-01T10:00:01')
    await shot('2024-05-01T10:00:01.500', { camera_model: 'Other' })
    await shot('2024-05-01T10:00:01', {}, { visibility: 'public' }, bob)

    const { data, meta } = await suggest()

    expect(data.map(({ stack_type, photo_hothashes }) => [stack_type, photo_hothashes])).toEqual(
      expect.arrayContaining([
        ['burst', hothashes(burst)],
        ['hdr', hothashes(bracket)],
        ['panorama', hothashes(panorama)],
      ]),
    )
    expect(data).toHaveLength(3)
    expect(meta).toEqual({ photos_looked_at: 12, next_cursor: null })
    const by = (type: string) => data.find(({ stack_type }) => stack_type === type)
    expect(by('burst')).toMatchObject({
      cover_photo_hothash: burst[1]?.hothash,
      explanation: '3 photos of one camera (X100), at most 1 s apart.',
    })
    expect(by('hdr')).toMatchObject({
      cover_photo_hothash: bracket[0]?.hothash,
      explanation: '3 photos of one camera (X100), at most 0.5 s apart, exposed by 0, -2, +2 EV.',
    })
    expect(by('panorama')?.explanation).toBe(
      '3 photos of one camera (X100) with the same exposure (1/250 s, f/8, ISO 200, 23 mm), at most 5 s apart.',
    )
    expect((await alice.get(path)).body).toMatchObject({ meta: { total: 0 } })
  })

  test('leave out what is in a stack, and what a filter does not let through', async () => {
    const photos = [await shot('2024-05-01T10:00:00'), await shot('2024-05-01T10:00:01', {}, { rating: 5 })]

    expect((await suggest({ filter: { rating_min: 5 } })).data).toEqual([])
    expect((await suggest()).data).toHaveLength(1)
    await stackOf(photos)
    expect((await suggest()).data).toEqual([])
  })
})
