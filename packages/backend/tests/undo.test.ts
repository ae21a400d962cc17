import type { Photo, Stack } from '@imalink/contract'
import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { forgetOldSteps } from '../src/features/undo/undo.service.ts'
import { anEgg } from './an-egg.ts'
import { ALICE, BOB, type Caller, testApp } from './test-app.ts'

const app = await testApp()
const [alice, bob] = [await app.as(ALICE), await app.as(BOB)]
const problem = (status: number, code: string) => ({ status, body: { code } })

beforeEach(() => app.emptyLibrary())

const batch = async (body: object) =>
  (await alice.post('/api/v1/photos/batch', body)).body as { changed: number; undo_token: string | null }
const undo = (token: string | null, as: Caller = alice) => as.post(`/api/v1/undo/${token}`)
const read = async (id: number) => (await alice.get(`/api/v1/photos/${id}`)).body as Photo
/** Without the times and ids that go on. */
const stateOf = async (id: number) => {
  const { updated_at: _updated, tags, ...photo } = await read(id)
  return { ...photo, tags: tags.map(({ name }) => name) }
}

describe('an edit of many photos', () => {
  test('is put back whole: values, tags, trash', async () => {
    const ids = [
      (await alice.create(anEgg({ title: 'One', rating: 1, tags: ['a', 'b'] }))).id,
      (await alice.create(anEgg({ title: 'Two', visibility: 'public', tags: ['b'] }))).id,
      (await alice.create(anEgg({ metadata: { taken_at: '2024-01-01T00:00:00' } }))).id,
    ]
    const before = await Promise.all(ids.map(stateOf))

    const { undo_token } = await batch({
      photos: ids,
      set: {
        title: 'All',
        rating: 5,
        visibility: 'authenticated',
        taken_at: '2000-01-01T00:00:00',
        gps_latitude: 1,
        gps_longitude: 2,
      },
      add_tags: ['a', 'new'],
      remove_tags: ['b'],
      delete: true,
    })
    const gone = await alice.get(`/api/v1/photos/${ids[0]}`)
    const reply = await undo(undo_token)

    expect(gone.status).toBe(404)
    expect(reply).toMatchObject({ status: 200, body: { photos_restored: 3 } })
    expect(await Promise.all(ids.map(stateOf))).toEqual(before)
    const found = (await alice.get('/api/v1/photos?q=one')).body as { data: Photo[] }
    expect(found.data.map(({ id }) => id)).toEqual([ids[0]])
  })

  test('is put back once, by whoever did it, and within an hour', async () => {
    const { id } = await alice.create(anEgg())
    const first = await batch({ photos: [id], set: { rating: 3 } })
    const second = await batch({ photos: [id], set: { rating: 4 } })

    expect(await undo(first.undo_token, bob)).toMatchObject(problem(404, 'undo_not_found'))
    expect(await undo(second.undo_token)).toMatchObject({ status: 200 })
    expect(await undo(second.undo_token)).toMatchObject(problem(404, 'undo_not_found'))
    await app.db.updateTable('undo_steps').set({ expires_at: '2020-01-01T00:00:00.000Z' }).execute()
    expect(await undo(first.undo_token)).toMatchObject(problem(404, 'undo_not_found'))
    expect((await read(id)).rating).toBe(3)
    await forgetOldSteps(app.db)
    expect(await app.db.selectFrom('undo_steps').selectAll().execute()).toEqual([])
    for (const token of ['x', '%00', 'null', crypto.randomUUID()])
      expect(await undo(token)).toMatchObject(problem(404, 'undo_not_found'))
  })

  test('has nothing to undo where it changed nothing', async () => {
    const { id } = await alice.create(anEgg({ rating: 3 }))

    expect(await batch({ photos: [id], set: { rating: 3 } })).toEqual({
      matched: 1,
      changed: 0,
      undo_token: null,
    })
  })

  test('leaves alone and names what has been changed since, and puts back the rest', async () => {
    const [one, two, three] = await Promise.all([anEgg(), anEgg(), anEgg()].map((egg) => alice.create(egg)))
    const ids = [one, two, three].map((photo) => photo?.id ?? 0)
    const { undo_token } = await batch({ photos: ids, set: { rating: 5, title: 'All' }, add_tags: ['x'] })

    await alice.patch(`/api/v1/photos/${ids[0]}`, { title: 'Mine' })
    await alice.delete(`/api/v1/photos/${ids[1]}?permanent=true`)
    const reply = await undo(undo_token)

    expect(reply).toMatchObject(problem(409, 'changed_since'))
    const { errors, detail } = reply.body as { errors: { path: string; message: string }[]; detail: string }
    expect(errors).toEqual([
      { path: String(ids[1]), message: 'is gone' },
      { path: one?.hothash, message: 'title has been changed since' },
    ])
    expect(detail).toBe('2 photos have been changed since and are left alone; 2 are as they were before.')
    expect(await stateOf(ids[0] ?? 0)).toMatchObject({ title: 'Mine', rating: 0, tags: [] })
    expect(await stateOf(ids[2] ?? 0)).toMatchObject({ title: null, rating: 0, tags: [] })
  })

  test('leaves alone what credited an author who has gone since', async () => {
    const author = async (name: string) =>
      ((await alice.post('/api/v1/authors', { name })).body as { id: number }).id
    const [old, young] = [await author('Gone Soon'), await author('There Still')]
    const { id, hothash } = await alice.create(anEgg({ author_id: old, rating: 1 }))
    const { undo_token } = await batch({ photos: [id], set: { author_id: young, rating: 5 } })

    await alice.delete(`/api/v1/authors/${old}`)
    const reply = await undo(undo_token)

    expect(reply).toMatchObject({
      status: 409,
      body: { errors: [{ path: hothash, message: 'the author is gone' }] },
    })
    expect(await read(id)).toMatchObject({ rating: 1, author: { name: 'There Still' } })
  })

  test('over a filter is put back as well', async () => {
    const wrong = (await alice.create(anEgg({ tags: ['cat'] }))).id
    const { undo_token, changed } = await batch({ filter: { tags: ['cat'] }, set: { visibility: 'public' } })

    await undo(undo_token)

    expect(changed).toBe(1)
    expect((await read(wrong)).visibility).toBe('private')
  })

  test('of any kind and number, undone in turn, leaves photos as they were', async () => {
    const action = fc.record(
      {
        set: fc.record(
          {
            title: fc.constantFrom(null, 'a', 'A'),
            rating: fc.nat(5),
            category: fc.constantFrom(null, 'c'),
            taken_at: fc.constantFrom(null, '2024-01-01T00:00:00', '2024-01-01T00:00:00Z'),
          },
          { requiredKeys: [] },
        ),
        add_tags: fc.subarray(['a', 'b', 'c'], { minLength: 1 }),
        remove_tags: fc.subarray(['a', 'b', 'c'], { minLength: 1 }),
      },
      { requiredKeys: [] },
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(action, fc.subarray([0, 1, 2], { minLength: 1 })), { maxLength: 6 }),
        async (steps) => {
          await app.emptyLibrary()
          const ids: number[] = []
          for (const tags of [['a'], ['a', 'b'], []])
            ids.push((await alice.create(anEgg({ tags, title: 'a' }))).id)
          const states = [await Promise.all(ids.map(stateOf))]
          const tokens: (string | null)[] = []
          for (const [body, which] of steps) {
            if (Object.keys(body).length === 0) continue
            const { undo_token } = await batch({ photos: which.map((index) => ids[index]), ...body })
            tokens.push(undo_token)
            states.push(await Promise.all(ids.map(stateOf)))
          }
          for (const token of tokens.toReversed()) {
            states.pop()
            if (token !== null) expect((await undo(token)).status).toBe(200)
            expect(await Promise.all(ids.map(stateOf))).toEqual(states.at(-1))
          }
        },
      ),
      { numRuns: 15 },
    )
  })
})

describe('what is done to stacks', () => {
  const path = '/api/v1/photo-stacks'
  const stack = async (hothashes: readonly string[]) =>
    (await alice.post(path, { stack_type: 'burst', photo_hothashes: hothashes })).body as {
      stack: Stack
      undo_token: string
    }
  const stackIds = async (photos: readonly { id: number }[]) =>
    Promise.all(photos.map(async ({ id }) => (await read(id)).stack_id))

  test('is put back: what was stacked, moved, changed and undone', async () => {
    const photos = await Promise.all([anEgg(), anEgg(), anEgg()].map((egg) => alice.create(egg)))
    const [one, two, three] = photos.map(({ hothash }) => hothash) as [string, string, string]
    const first = await stack([one, two])
    const firstId = first.stack.id

    const second = await stack([one, two, three])
    const afterSecond = await stackIds(photos)
    await undo(second.undo_token)
    expect(afterSecond).toEqual([second.stack.id, second.stack.id, second.stack.id])
    expect(await stackIds(photos)).toEqual([firstId, firstId, null])

    const gone = (await alice.delete(`${path}/${firstId}`)).body as { undo_token: string }
    expect(await stackIds(photos)).toEqual([null, null, null])
    await undo(gone.undo_token)
    expect((await alice.get(`${path}/${firstId}`)).body).toEqual(first.stack)

    const changed = (
      await alice.put(`${path}/${firstId}`, {
        stack_type: 'hdr',
        cover_photo_hothash: three,
        photo_hothashes: [two, three],
      })
    ).body as { undo_token: string }
    await undo(changed.undo_token)
    expect((await alice.get(`${path}/${firstId}`)).body).toEqual(first.stack)

    const added = (await alice.post(`${path}/${firstId}/photo`, { photo_hothash: three })).body as {
      undo_token: string
    }
    await undo(added.undo_token)
    expect(await stackIds(photos)).toEqual([firstId, firstId, null])

    await undo(first.undo_token)
    expect(await stackIds(photos)).toEqual([null, null, null])
    expect((await alice.get(path)).body).toMatchObject({ meta: { total: 0 } })
  })

  test('is left alone where photos have gone elsewhere since', async () => {
    const photos = await Promise.all([anEgg(), anEgg(), anEgg()].map((egg) => alice.create(egg)))
    const [one, two, three] = photos.map(({ hothash }) => hothash) as [string, string, string]
    const first = await stack([one, two])
    const second = await stack([two, three])

    const reply = await undo(first.undo_token)

    expect(reply).toMatchObject(problem(409, 'changed_since'))
    expect(await stackIds(photos)).toEqual([null, second.stack.id, second.stack.id])
  })
})
