import type { ActivityEntry, ListMeta } from '@imalink/contract'
import { beforeEach, describe, expect, test } from 'vitest'
import { forgetOldActivity } from '../src/features/activity/activity.service.ts'
import { anEgg } from './an-egg.ts'
import { ALICE, BOB, type Caller, testApp } from './test-app.ts'

const app = await testApp()
const [alice, bob] = [await app.as(ALICE), await app.as(BOB)]

beforeEach(async () => {
  await app.emptyLibrary()
  await app.db.deleteFrom('activity').execute()
})

interface Log {
  readonly data: ActivityEntry[]
  readonly meta: ListMeta
}
const log = async (query = '', as: Caller = alice) => (await as.get(`/api/v1/activity${query}`)).body as Log
const actions = async (as: Caller = alice) => (await log('', as)).data.map(({ action }) => action)

describe('the log of what happened', () => {
  test('tells who changed who may see a photo, and where it went', async () => {
    const { id, hothash } = await alice.create(anEgg())
    const path = `/api/v1/photos/${id}`

    await alice.patch(path, { visibility: 'public' })
    await alice.patch(path, { visibility: 'public', title: 'Nothing of weight' })
    await alice.delete(path)
    await alice.post(`${path}/restore`)
    await alice.delete(`${path}?permanent=true`)

    const { data } = await log()
    const actor = { id: alice.id, display_name: alice.tokens.user.display_name }
    const about = { actor, photo_count: 1, photos: [hothash] }
    expect(data.map(({ id: _id, at: _at, ...entry }) => entry)).toEqual([
      { ...about, action: 'deleted', detail: {} },
      { ...about, action: 'restored', detail: {} },
      { ...about, action: 'trashed', detail: {} },
      { ...about, action: 'visibility_changed', detail: { visibility: 'public' } },
    ])
    expect(await actions(bob)).toEqual([])
  })

  test('has one entry for an edit of many, with its number and the first of them', async () => {
    const photos = await Promise.all(Array.from({ length: 105 }, () => alice.create(anEgg())))
    const ids = photos.map(({ id }) => id)

    const { body } = await alice.post('/api/v1/photos/batch', { photos: ids, set: { visibility: 'public' } })
    await alice.post('/api/v1/photos/batch', { photos: ids, set: { rating: 1 } })
    await alice.post(`/api/v1/undo/${(body as { undo_token: string }).undo_token}`)
    await alice.post('/api/v1/photos/batch', { photos: ids, delete: true })
    await alice.delete('/api/v1/photos/trash')
    await alice.delete('/api/v1/photos/trash')

    const { data } = await log()
    expect(data.map(({ action, photo_count, photos: named }) => [action, photo_count, named.length])).toEqual(
      [
        ['trash_emptied', 105, 0],
        ['trashed', 105, 100],
        ['undone', 105, 0],
        ['visibility_changed', 105, 100],
      ],
    )
  })

  test('says nothing of what was refused', async () => {
    const { id } = await bob.create(anEgg({ visibility: 'public' }))

    await alice.delete(`/api/v1/photos/${id}`)
    await alice.patch(`/api/v1/photos/${id}`, { visibility: 'private' })

    expect([await actions(), await actions(bob)]).toEqual([[], []])
  })

  test('is read page by page, and kept for a year', async () => {
    const { id } = await alice.create(anEgg())
    for (const turn of [1, 2, 3])
      await alice.patch(`/api/v1/photos/${id}`, { visibility: turn % 2 ? 'public' : 'private' })

    const first = await log('?limit=2')
    const second = await log(`?limit=2&cursor=${first.meta.next_cursor}`)

    expect(first.meta.total).toBe(3)
    expect([...first.data, ...second.data]).toEqual((await log()).data)
    const [oldest] = second.data
    await app.db
      .updateTable('activity')
      .set({ at: '2020-01-01T00:00:00.000Z' } as never)
      .where('id', '=', oldest?.id ?? 0)
      .execute()
    await forgetOldActivity(app.db)
    expect((await log()).data).toEqual(first.data)
  })
})
