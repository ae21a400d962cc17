import type { ActivityEntry, Collection, CreatedPhoto, ListMeta, Photo } from '@imalink/contract'
import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { anEgg } from './an-egg.ts'
import { ALICE, BOB, CAROL, type Account, type Caller, testApp } from './test-app.ts'

const app = await testApp()
const [alice, bob, carol] = [await app.as(ALICE), await app.as(BOB), await app.as(CAROL)]
const problem = (status: number, code: string) => ({ status, body: { code } })
const path = '/api/v1/collections'

beforeEach(async () => {
  await app.emptyLibrary()
  for (const table of ['collections', 'spaces', 'activity'] as const) await app.db.deleteFrom(table).execute()
})

const make = async (body: object, as: Caller = alice) => {
  const reply = await as.post(path, body)
  expect(reply).toMatchObject({ status: 201 })
  return reply.body as Collection
}
const photosOf = (count: number, egg: object = {}, as: Account = alice) =>
  Promise.all(Array.from({ length: count }, () => as.create(anEgg(egg))))
const names = (photos: readonly CreatedPhoto[]) => photos.map(({ hothash }) => hothash)
type Listed = Photo & { readonly caption: string | null }
const list = async (id: number, query = '', as: Caller = alice) =>
  (await as.get(`${path}/${id}/photos${query}`)).body as { data: Listed[]; meta: ListMeta }
const order = async (id: number, as: Caller = alice) =>
  (await list(id, '', as)).data.map(({ hothash }) => hothash)
const read = async (id: number, as: Caller = alice) => as.get(`${path}/${id}`)
const reorder = (id: number, body: object) => alice.put(`${path}/${id}/photos/reorder`, body)

describe('a collection', () => {
  test('is made of own photos in the order they are named in', async () => {
    const photos = await photosOf(3)
    const hothashes = names(photos).reverse()

    const reply = await make({ name: ' Best ', description: 'of all', hothashes })

    expect(reply).toMatchObject({
      name: 'Best',
      description: 'of all',
      visibility: 'private',
      parent_id: null,
      is_mine: true,
      is_smart: false,
      cover_photo_hothash: hothashes[0],
      photo_count: 3,
      owner: { id: alice.id, display_name: 'alice' },
    })
    expect((await read(reply.id)).body).toEqual(reply)
    expect(await order(reply.id)).toEqual(hothashes)
    expect((await alice.get(path)).body).toMatchObject({ data: [reply], meta: { total: 1 } })
  })

  test('takes photos in and gives them back, each once', async () => {
    const [one, two, three] = names(await photosOf(3)) as [string, string, string]
    const { id } = await make({ name: 'a', hothashes: [one] })

    const added = await alice.post(`${path}/${id}/photos`, { hothashes: [two, one, three, two] })
    const removed = await alice.delete(`${path}/${id}/photos`, {}, { hothashes: [one, '0'.repeat(64)] })

    expect(added).toMatchObject({ status: 200, body: { changed: 2, collection: { photo_count: 3 } } })
    expect(removed).toMatchObject({ status: 200, body: { changed: 1, collection: { photo_count: 2 } } })
    expect(await order(id)).toEqual([two, three])
    expect((await alice.get(`/api/v1/photos?collection_id=${id}`)).body).toMatchObject({ meta: { total: 2 } })
    expect((await alice.get(`/api/v1/timeline/photos?collection_id=${id}&undated=true`)).body).toMatchObject({
      meta: { count: 2 },
    })
  })

  test('takes nobody else’s photos, nor such as are not there', async () => {
    const [theirs] = names(await photosOf(1, { visibility: 'public' }, bob))
    const [own] = names(await photosOf(1))
    const { id } = await make({ name: 'a' })

    for (const hothash of [theirs, '0'.repeat(64)])
      expect(await alice.post(`${path}/${id}/photos`, { hothashes: [own, hothash] })).toMatchObject(
        problem(422, 'photo_not_found'),
      )
    expect(await order(id)).toEqual([])
    expect(await alice.post(path, { name: 'b', hothashes: [theirs] })).toMatchObject(
      problem(422, 'photo_not_found'),
    )
    expect((await alice.get(path)).body).toMatchObject({ meta: { total: 1 } })
    expect(await alice.patch(`${path}/${id}`, { cover_photo_hothash: theirs })).toMatchObject(
      problem(422, 'photo_not_found'),
    )
  })

  test('is changed in what is given', async () => {
    const [one, two] = names(await photosOf(2)) as [string, string]
    const { id } = await make({ name: 'a', description: 'b', hothashes: [one, two] })

    const put = await alice.put(`${path}/${id}`, { name: 'c', cover_photo_hothash: two })
    const patched = await alice.patch(`${path}/${id}`, { description: null, visibility: 'public' })
    const cleared = await alice.patch(`${path}/${id}`, { cover_photo_hothash: null })

    expect(put).toMatchObject({
      status: 200,
      body: { name: 'c', description: 'b', cover_photo_hothash: two },
    })
    expect(patched).toMatchObject({
      status: 200,
      body: { name: 'c', description: null, visibility: 'public' },
    })
    expect(cleared.body).toMatchObject({ cover_photo_hothash: one })
  })

  test('has a name once in one place, whatever its case', async () => {
    const outer = await make({ name: 'Trips' })
    await make({ name: 'Oslo' })
    await make({ name: 'Oslo', parent_id: outer.id })
    await make({ name: 'Trips' }, bob)

    expect(await alice.post(path, { name: 'TRIPS' })).toMatchObject(problem(409, 'collection_exists'))
    expect(await alice.post(path, { name: 'oslo', parent_id: outer.id })).toMatchObject(
      problem(409, 'collection_exists'),
    )
    expect(await alice.patch(`${path}/${outer.id}`, { name: 'oslo' })).toMatchObject(
      problem(409, 'collection_exists'),
    )
  })

  test('lies in another, but not in itself, and what lies in it moves up when it goes', async () => {
    const outer = await make({ name: 'outer' })
    const middle = await make({ name: 'middle', parent_id: outer.id })
    const inner = await make({ name: 'inner', parent_id: middle.id })
    const twin = await make({ name: 'Inner', parent_id: outer.id })

    for (const parent_id of [outer.id, inner.id])
      expect(await alice.patch(`${path}/${outer.id}`, { parent_id })).toMatchObject(
        problem(422, 'validation_failed'),
      )
    for (const parent_id of [987_654, (await make({ name: 'x', visibility: 'public' }, bob)).id])
      expect(await alice.post(path, { name: 'y', parent_id })).toMatchObject(
        problem(422, 'collection_not_found'),
      )
    expect((await alice.delete(`${path}/${middle.id}`)).status).toBe(204)

    expect((await read(inner.id)).body).toMatchObject({ parent_id: outer.id, name: 'inner (2)' })
    expect((await alice.get(`${path}?parent_id=${outer.id}`)).body).toMatchObject({
      data: [{ id: twin.id }, { id: inner.id }],
      meta: { total: 2 },
    })
    expect((await alice.delete(`${path}/${outer.id}`)).status).toBe(204)
    expect((await read(twin.id)).body).toMatchObject({ parent_id: null, name: 'Inner' })
  })

  test('loses what is deleted for good, and hides what is in the trash', async () => {
    const [one, two] = (await photosOf(2)) as [CreatedPhoto, CreatedPhoto]
    const { id } = await make({
      name: 'a',
      hothashes: [one.hothash, two.hothash],
      cover_photo_hothash: one.hothash,
    })

    await alice.delete(`/api/v1/photos/${one.id}`)
    const hidden = (await read(id)).body
    await alice.post(`/api/v1/photos/${one.id}/restore`)
    const back = await order(id)
    await alice.delete(`/api/v1/photos/${one.id}?permanent=true`)

    expect(hidden).toMatchObject({ photo_count: 1, cover_photo_hothash: two.hothash })
    expect(back).toEqual([one.hothash, two.hothash])
    expect((await read(id)).body).toMatchObject({ photo_count: 1, cover_photo_hothash: two.hothash })
  })

  test('carries captions', async () => {
    const [one, two] = names(await photosOf(2)) as [string, string]
    const { id } = await make({ name: 'a', hothashes: [one, two] })

    const reply = await alice.patch(`${path}/${id}/photos/${two}`, { caption: 'The second' })

    expect(reply).toMatchObject({ status: 200, body: { hothash: two, caption: 'The second' } })
    expect((await list(id)).data.map(({ caption }) => caption)).toEqual([null, 'The second'])
    await alice.patch(`${path}/${id}/photos/${two}`, { caption: null })
    expect((await list(id)).data.map(({ caption }) => caption)).toEqual([null, null])
    expect(await alice.patch(`${path}/${id}/photos/${'0'.repeat(64)}`, { caption: 'x' })).toMatchObject(
      problem(404, 'photo_not_found'),
    )
  })
})

describe('the order of a collection', () => {
  test('is what its owner says, photo by photo or all at once', async () => {
    const [a, b, c, d] = names(await photosOf(4)) as [string, string, string, string]
    const { id } = await make({ name: 'x', hothashes: [a, b, c, d] })

    await reorder(id, { hothash: d, after: null })
    const first = await order(id)
    await reorder(id, { hothash: d, after: b })
    const behind = await order(id)
    await reorder(id, { hothashes: [d, c, b, a] })

    expect(first).toEqual([d, a, b, c])
    expect(behind).toEqual([a, b, d, c])
    expect(await order(id)).toEqual([d, c, b, a])
  })

  test('is refused where it is not of the photos that are there', async () => {
    const [a, b, other] = names(await photosOf(3)) as [string, string, string]
    const { id } = await make({ name: 'x', hothashes: [a, b] })

    for (const hothashes of [[a], [a, a], [a, b, other], [a, other]])
      expect(await reorder(id, { hothashes })).toMatchObject(problem(422, 'validation_failed'))
    expect(await reorder(id, { hothash: other, after: null })).toMatchObject(problem(422, 'photo_not_found'))
    expect(await reorder(id, { hothash: a, after: other })).toMatchObject(problem(422, 'photo_not_found'))
    expect(await reorder(id, { hothash: a, after: a })).toMatchObject(problem(422, 'validation_failed'))
    expect(await reorder(id, { hothash: a })).toMatchObject({ status: 422 })
    expect(await order(id)).toEqual([a, b])
  })

  test('takes one row to change, however many photos there are', async () => {
    const hothashes = names(await photosOf(30))
    const { id } = await make({ name: 'x', hothashes })
    const rows = () =>
      app.db.selectFrom('collection_photos').select(['photo_id', 'place']).orderBy('photo_id').execute()
    const before = await rows()

    await reorder(id, { hothash: hothashes[29], after: hothashes[0] })

    const places = new Map(before.map(({ photo_id, place }) => [photo_id, place]))
    expect((await rows()).filter(({ photo_id, place }) => places.get(photo_id) !== place)).toHaveLength(1)
  })

  test('is right after any moves, additions and removals, page by page', async () => {
    const photos = names(await photosOf(8))
    const step = fc.oneof(
      fc.record({ do: fc.constant('move' as const), which: fc.nat(7), after: fc.option(fc.nat(7)) }),
      fc.record({ do: fc.constant('add' as const), some: fc.subarray(photos, { minLength: 1 }) }),
      fc.record({
        do: fc.constant('remove' as const),
        some: fc.subarray(photos, { minLength: 1, maxLength: 2 }),
      }),
      fc.record({ do: fc.constant('shuffle' as const), by: fc.nat(7) }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 12 }), async (steps) => {
        await app.db.deleteFrom('collections').execute()
        const { id } = await make({ name: 'x', hothashes: photos.slice(0, 5) })
        let model = photos.slice(0, 5)
        for (const one of steps) {
          if (one.do === 'add') {
            await alice.post(`${path}/${id}/photos`, { hothashes: one.some })
            model = [...new Set([...model, ...one.some])]
          } else if (one.do === 'remove') {
            await alice.delete(`${path}/${id}/photos`, {}, { hothashes: one.some })
            model = model.filter((hothash) => !one.some.includes(hothash))
          } else if (one.do === 'shuffle') {
            model = [...model.slice(one.by), ...model.slice(0, one.by)]
            if (model.length > 0) expect((await reorder(id, { hothashes: model })).status).toBe(200)
          } else {
            const hothash = model[one.which]
            const after = one.after === null ? null : model[one.after]
            if (!hothash || after === undefined || after === hothash) continue
            expect((await reorder(id, { hothash, after })).status).toBe(200)
            const rest = model.filter((other) => other !== hothash)
            const index = after === null ? 0 : rest.indexOf(after) + 1
            model = [...rest.slice(0, index), hothash, ...rest.slice(index)]
          }
        }
        const paged: string[] = []
        for (let cursor: string | null = ''; cursor !== null;) {
          const page: { data: Listed[]; meta: ListMeta } = await list(
            id,
            `?limit=3${cursor && `&cursor=${cursor}`}`,
          )
          paged.push(...page.data.map(({ hothash }) => hothash))
          cursor = page.meta.next_cursor
        }
        expect(paged).toEqual(model)
      }),
      { numRuns: 10 },
    )
  })
})

describe('what others see of a collection', () => {
  test('is as its visibility and that of each photo say', async () => {
    const levels = ['private', 'public', 'authenticated'] as const
    const photos = await Promise.all(levels.map((visibility) => alice.create(anEgg({ visibility }))))
    const [hidden, open, known] = names(photos)
    const of = async (visibility: string) =>
      (await make({ name: visibility, visibility, hothashes: names(photos), cover_photo_hothash: hidden })).id
    const [secret, forUsers, forAll] = [await of('private'), await of('authenticated'), await of('public')]

    expect((await read(forAll, app.anonymous)).body).toMatchObject({
      cover_photo_hothash: open,
      photo_count: 1,
      is_mine: false,
    })
    expect(await order(forAll, app.anonymous)).toEqual([open])
    expect(await order(forAll, bob)).toEqual([open, known])
    expect((await read(forUsers, bob)).status).toBe(200)
    for (const [id, who] of [
      [secret, bob],
      [secret, app.anonymous],
      [forUsers, app.anonymous],
    ] as const)
      for (const end of ['', '/photos'])
        expect(await who.get(`${path}/${id}${end}`)).toMatchObject(problem(404, 'collection_not_found'))
    expect((await bob.get(path)).body).toMatchObject({
      data: [{ id: forUsers }, { id: forAll }],
      meta: { total: 2 },
    })
    expect((await bob.get(`${path}?scope=alice`)).body).toMatchObject({ meta: { total: 2 } })
    expect((await bob.get(`${path}?scope=nobody`)).body).toMatchObject({ data: [], meta: { total: 0 } })
    expect((await bob.get(`${path}?scope=mine`)).body).toMatchObject({ data: [] })
    expect(await app.anonymous.get(`${path}?scope=mine`)).toMatchObject(problem(401, 'credentials_required'))
    expect((await app.anonymous.get(path)).body).toMatchObject({ data: [{ id: forAll }] })
    expect((await bob.get(`/api/v1/photos?collection_id=${forAll}`)).body).toMatchObject({
      meta: { total: 2 },
    })
    expect((await bob.get(`/api/v1/photos?collection_id=${secret}`)).body).toMatchObject({
      meta: { total: 0 },
    })
    for (const reply of [
      await bob.patch(`${path}/${forAll}`, { name: 'mine' }),
      await bob.delete(`${path}/${forAll}`),
      await bob.post(`${path}/${forAll}/photos`, { hothashes: [open] }),
      await bob.put(`${path}/${forAll}/photos/reorder`, { hothash: open, after: null }),
    ])
      expect(reply).toMatchObject(problem(404, 'collection_not_found'))
  })

  test('of level space are those who are in a space with its owner', async () => {
    const [photo] = await photosOf(1, { visibility: 'public' })
    const { id } = await make({ name: 'x', visibility: 'space', hothashes: [photo?.hothash] })
    const { id: space } = (await alice.post('/api/v1/spaces', { name: 'us' })).body as { id: number }
    const invitation = (await alice.post(`/api/v1/spaces/${space}/invitations`, { username: 'bob' }))
      .body as { id: number }

    const before = (await read(id, bob)).status
    await bob.post(`/api/v1/spaces/invitations/${invitation.id}/accept`)
    const member = (await read(id, bob)).status
    await bob.delete(`/api/v1/spaces/${space}/members/me`)

    expect([before, member, (await read(id, bob)).status, (await read(id, carol)).status]).toEqual([
      404, 200, 404, 404,
    ])
  })

  test('is in the log of its owner when it changes', async () => {
    const { id } = await make({ name: 'x', visibility: 'public' })
    await alice.patch(`${path}/${id}`, { visibility: 'private', name: 'y' })
    await alice.patch(`${path}/${id}`, { name: 'z' })
    await alice.delete(`${path}/${id}`)

    const { data } = (await alice.get('/api/v1/activity')).body as { data: ActivityEntry[] }
    expect(data.map(({ action, detail }) => [action, detail])).toEqual([
      ['collection_deleted', { collection: { id, name: 'z' } }],
      ['collection_shared', { collection: { id, name: 'y' }, visibility: 'private' }],
      ['collection_shared', { collection: { id, name: 'x' }, visibility: 'public' }],
    ])
  })
})

describe('a smart collection', () => {
  test('holds what its search finds among the photos of its owner, with the eyes of whoever looks', async () => {
    const cat = (visibility: string, taken_at: string) =>
      alice.create(
        anEgg({ visibility: visibility as 'public', tags: ['cat'], taken_at, metadata: { taken_at } }),
      )
    const [old, hidden, young] = [
      await cat('public', '2020-01-01T00:00:00'),
      await cat('private', '2021-01-01T00:00:00'),
      await cat('public', '2022-01-01T00:00:00'),
    ]
    await photosOf(1, { visibility: 'public' })
    await photosOf(1, { visibility: 'public', tags: ['cat'] }, bob)
    const search_criteria = { tags: ['cat'], sort_order: 'asc', scope: 'all' }

    const made = await make({ name: 'Cats', visibility: 'public', search_criteria })

    expect(made).toMatchObject({
      is_smart: true,
      search_criteria,
      photo_count: 3,
      cover_photo_hothash: old.hothash,
    })
    expect(await order(made.id)).toEqual(names([old, hidden, young]))
    expect(await order(made.id, bob)).toEqual(names([old, young]))
    const seen = (await read(made.id, bob)).body as Collection
    expect(seen).toMatchObject({ photo_count: 2, is_smart: true })
    expect(seen).not.toHaveProperty('search_criteria')
    expect((await bob.get(path)).body).toMatchObject({ data: [{ photo_count: null }] })
    for (const [who, ids] of [
      [alice, [young.id, hidden.id, old.id]],
      [bob, [young.id, old.id]],
    ] as const) {
      const { data, meta } = (await who.get(`/api/v1/photos?collection_id=${made.id}`)).body as {
        data: Photo[]
        meta: ListMeta
      }
      expect(data.map(({ id }) => id)).toEqual(ids)
      expect(meta.total).toBe(ids.length)
    }
    expect((await alice.get(`/api/v1/photos?collection_id=${made.id}&taken_after=2022`)).status).toBe(422)
    expect(
      (await alice.get(`/api/v1/timeline?collection_id=${made.id}&taken_after=2021-06-01`)).body,
    ).toMatchObject({
      meta: { total_photos: 1 },
    })
  })

  test('does not let others find by what they may not see', async () => {
    const photo = await alice.create(
      anEgg({
        visibility: 'public',
        primary_filename: 'secret.jpg',
        metadata: { gps_latitude: 10, gps_longitude: 10 },
      }),
    )
    for (const search_criteria of [{ file_name: 'secret' }, { near: '10,10' }, { has_gps: true }]) {
      const { id } = await make({
        name: JSON.stringify(search_criteria),
        visibility: 'public',
        search_criteria,
      })
      expect(await order(id)).toEqual([photo.hothash])
      expect(await order(id, bob)).toEqual([])
      expect((await read(id, bob)).body).toMatchObject({ photo_count: 0, cover_photo_hothash: null })
    }
  })

  test('takes no photos by hand, and its search is changed', async () => {
    const [one] = names(await photosOf(1, { rating: 3 }))
    const { id } = await make({ name: 'x', search_criteria: { rating_min: 4 } })

    for (const reply of [
      await alice.post(`${path}/${id}/photos`, { hothashes: [one] }),
      await alice.put(`${path}/${id}/photos/reorder`, { hothash: one, after: null }),
      await alice.patch(`${path}/${id}/photos/${one}`, { caption: 'x' }),
    ])
      expect(reply).toMatchObject(problem(422, 'validation_failed'))
    expect(await order(id)).toEqual([])
    await alice.patch(`${path}/${id}`, { search_criteria: { rating_min: 3 } })
    expect(await order(id)).toEqual([one])
    const manual = await make({ name: 'y' })
    expect(await alice.patch(`${path}/${manual.id}`, { search_criteria: {} })).toMatchObject(
      problem(422, 'validation_failed'),
    )
    expect(await alice.post(path, { name: 'z', hothashes: [one], search_criteria: {} })).toMatchObject({
      status: 422,
    })
    expect(await alice.post(path, { name: 'z', search_criteria: { collection_id: id } })).toMatchObject({
      status: 422,
    })
    expect(await alice.post(path, { name: 'z', search_criteria: { colour: 1 } })).toMatchObject({
      status: 422,
    })
  })
})
