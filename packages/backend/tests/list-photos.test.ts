import type { ListMeta, Photo } from '@imalink/contract'
import { beforeEach, describe, expect, test } from 'vitest'
import { anEgg } from './an-egg.ts'
import { ALICE, BOB, type Account, type Caller, testApp } from './test-app.ts'

const app = await testApp()
beforeEach(app.emptyLibrary)

const LIST = '/api/v1/photos'

async function list(who: Caller, query = '') {
  const reply = await who.get(`${LIST}?${query}`)
  const { data, meta } = reply.body as { data: Photo[]; meta: ListMeta }
  return { status: reply.status, data, meta, ids: data.map(({ id }) => id) }
}

/** Photos taken at these times, in the order in which they must be listed: newest first, undated last. */
async function inOrder(owner: Account, ...times: (string | null)[]): Promise<number[]> {
  const photos = []
  for (const taken_at of times) photos.push(await owner.create(anEgg({ taken_at })))
  const newest = photos.toSorted((a, b) => {
    const [left, right] = [a.taken_at ?? '', b.taken_at ?? '']
    return left === right ? b.id - a.id : left < right ? 1 : -1
  })
  return newest.map(({ id }) => id)
}

const TIMES = [
  '2024-01-01T00:00:00',
  null,
  '2024-01-01T00:00:00.500',
  '2024-01-01T00:00:00',
  '2025-12-31T23:59:59',
  null,
  '1999-05-05T05:05:05+02:00',
  '2024-01-01T00:00:00',
] as const

describe('the list', () => {
  test('is newest first, undated last, and stable where times are equal', async () => {
    const alice = await app.as(ALICE)
    const ids = await inOrder(alice, ...TIMES)

    const whole = await list(alice)

    expect(whole.ids).toEqual(ids)
    expect(whole.data.slice(-2).map(({ taken_at }) => taken_at)).toEqual([null, null])
    expect(whole.meta).toEqual({ total: 8, offset: 0, limit: 50, page: 1, pages: 1, next_cursor: null })
  })

  test.each([1, 2, 3, 5])(
    'is the same by cursor, %i at a time, with totals on the first page only',
    async (limit) => {
      const alice = await app.as(ALICE)
      const ids = await inOrder(alice, ...TIMES)

      const pages = [await list(alice, `limit=${limit}`)]
      for (let last = pages[0]; last?.meta.next_cursor; last = pages.at(-1))
        pages.push(await list(alice, `limit=${limit}&cursor=${last.meta.next_cursor}`))

      expect(pages.flatMap((page) => page.ids)).toEqual(ids)
      expect(pages).toHaveLength(Math.ceil(8 / limit))
      expect(pages[0]?.meta).toMatchObject({ total: 8, pages: Math.ceil(8 / limit), page: 1 })
      for (const { meta } of pages.slice(1))
        expect(meta).toMatchObject({ total: null, pages: null, page: null })
    },
  )

  test.each([
    [0, 3, 1],
    [3, 3, 2],
    [6, 3, 3],
    [100, 3, 34],
  ])('from offset %i is the same', async (offset, limit, page) => {
    const alice = await app.as(ALICE)
    const ids = await inOrder(alice, ...TIMES)

    const found = await list(alice, `offset=${offset}&limit=${limit}`)

    expect(found.ids).toEqual(ids.slice(offset, offset + limit))
    expect(found.meta).toMatchObject({ total: 8, offset, limit, page, pages: 3 })
  })

  test('goes on behind where it was when photos come and go meanwhile', async () => {
    const alice = await app.as(ALICE)
    const ids = await inOrder(alice, ...TIMES)
    const first = await list(alice, 'limit=3')
    await alice.create(anEgg({ taken_at: '2026-01-01T00:00:00' }))
    await alice.delete(`${LIST}/${ids[2]}`)

    const rest = await list(alice, `limit=50&cursor=${first.meta.next_cursor}`)

    expect(rest.ids).toEqual(ids.slice(3))
  })

  test('leaves exif_dict and files out unless they are asked for', async () => {
    const alice = await app.as(ALICE)
    await alice.create(anEgg({ visibility: 'public' }))
    const keys = async (who: Caller, query: string) =>
      Object.keys((await list(who, query)).data[0] ?? {})
        .filter((key) => /^(exif_dict|files)$/.test(key))
        .sort()

    expect(await keys(alice, '')).toEqual([])
    expect(await keys(alice, 'include=files')).toEqual(['files'])
    for (const both of ['include=exif,files', 'include=exif&include=files'])
      expect(await keys(alice, both)).toEqual(['exif_dict', 'files'])
    expect(await keys(app.anonymous, 'include=exif,files')).toEqual([])
  })

  test('gives each photo its own files, dictionary and tags', async () => {
    const alice = await app.as(ALICE)
    const eggs = [anEgg({ tags: ['a'], exif_dict: { n: 1 } }), anEgg({ tags: ['b'], exif_dict: { n: 2 } })]
    for (const egg of eggs) await alice.create(egg)

    const { data } = await list(alice, 'include=exif,files')

    for (const [index, egg] of eggs.entries()) {
      expect(data.find(({ hothash }) => hothash === egg.hothash)).toMatchObject({
        tags: [{ name: index === 0 ? 'a' : 'b' }],
        files: [{ file_sha256: egg.file_sha256 }],
        exif_dict: { n: index + 1 },
      })
    }
  })

  test('holds what the viewer may see, narrowed by scope and level', async () => {
    const [alice, bob] = [await app.as(ALICE), await app.as(BOB)]
    const own = await bob.create(anEgg({ taken_at: '2024-01-03T00:00:00' }))
    const open = await alice.create(anEgg({ visibility: 'public', taken_at: '2024-01-02T00:00:00' }))
    const users = await alice.create(anEgg({ visibility: 'authenticated', taken_at: '2024-01-01T00:00:00' }))
    await alice.create(anEgg())

    expect((await list(bob)).ids).toEqual([own.id, open.id, users.id])
    expect((await list(bob)).meta.total).toBe(3)
    expect((await list(bob, 'scope=mine')).ids).toEqual([own.id])
    expect((await list(bob, 'scope=ALICE')).ids).toEqual([open.id, users.id])
    expect((await list(bob, 'scope=nobody-here')).ids).toEqual([])
    expect((await list(bob, 'visibility=private')).ids).toEqual([own.id])
    expect((await list(app.anonymous)).ids).toEqual([open.id])
    expect((await list(app.anonymous, 'visibility=authenticated')).ids).toEqual([])
  })

  test('of an empty library is an empty page', async () => {
    const { data, meta } = await list(await app.as(ALICE))

    expect(data).toEqual([])
    expect(meta).toEqual({ total: 0, offset: 0, limit: 50, page: 1, pages: 0, next_cursor: null })
  })
})

const cursor = (content: unknown) => Buffer.from(JSON.stringify(content)).toString('base64url')

test.each([
  ['an unknown parameter', 'rating=5', 422, 'unknown_field'],
  ['a limit of 501', 'limit=501', 422, 'validation_failed'],
  ['a limit of 0', 'limit=0', 422, 'validation_failed'],
  ['a limit that is a word', 'limit=all', 422, 'validation_failed'],
  ['a limit in exponents', 'limit=1e2', 422, 'validation_failed'],
  ['an offset below 0', 'offset=-1', 422, 'validation_failed'],
  ['a part that does not exist', 'include=password', 422, 'validation_failed'],
  ['a level that does not exist', 'visibility=friends', 422, 'validation_failed'],
  ['a scope with NUL', 'scope=a%00', 422, 'validation_failed'],
  ['a damaged cursor', 'cursor=%7B', 422, 'cursor_invalid'],
  ['an empty cursor', 'cursor=', 422, 'cursor_invalid'],
  [
    'a cursor with another key',
    `cursor=${cursor(['photos:taken_at desc', { id: 'x' }])}`,
    422,
    'cursor_invalid',
  ],
  [
    'a cursor with NUL',
    `cursor=${cursor(['photos:taken_at desc', { key: '\0', id: 1 }])}`,
    422,
    'cursor_invalid',
  ],
  ['a cursor of another list', `cursor=${cursor(['photos:trash', {}])}`, 400, 'cursor_mismatch'],
  [
    'cursor and offset',
    `offset=0&cursor=${cursor(['photos:taken_at desc', {}])}`,
    400,
    'contradicting_parameters',
  ],
])('refuses %s', async (_what, query, status, code) => {
  const alice = await app.as(ALICE)

  expect(await alice.get(`${LIST}?${query}`)).toMatchObject({ status, body: { code } })
})

test('asks an anonymous caller who wants their own photos to sign in', async () => {
  const reply = await app.anonymous.get(`${LIST}?scope=mine`)

  expect(reply).toMatchObject({ status: 401, body: { code: 'credentials_required' } })
})

test('takes 500 as a limit, and the largest offset there is', async () => {
  const alice = await app.as(ALICE)

  expect((await list(alice, 'limit=500')).status).toBe(200)
  expect((await list(alice, `offset=${Number.MAX_SAFE_INTEGER}`)).status).toBe(200)
})
