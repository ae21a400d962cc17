import type { ActivityEntry, Photo } from '@imalink/contract'
import { beforeEach, describe, expect, test } from 'vitest'
import { readConfig } from '../src/config.ts'
import { note } from '../src/features/activity/activity.service.ts'
import { purgeOldTrash } from '../src/features/photos/trash.service.ts'
import { anEgg, withColdpreview } from './an-egg.ts'
import { ALICE, BOB, type Caller, testApp } from './test-app.ts'

const app = await testApp()
beforeEach(app.emptyLibrary)

const DAY_MS = 24 * 60 * 60 * 1000
const at = (ref: number | string) => `/api/v1/photos/${ref}`
const listed = async (who: Caller, path = '/api/v1/photos') =>
  ((await who.get(path)).body as { data: Photo[] }).data.map(({ id }) => id)
const trashOf = (who: Caller) => listed(who, '/api/v1/photos/trash')

describe('deleting', () => {
  test('moves a photo to the trash, out of everything but the trash', async () => {
    const alice = await app.as(ALICE)
    const { id, hothash } = await alice.create(
      anEgg({ visibility: 'public', taken_at: '2024-01-01T00:00:00' }),
    )

    const reply = await alice.delete(at(id))

    expect(reply.status).toBe(204)
    expect(reply.bytes).toHaveLength(0)
    expect([(await alice.get(at(id))).status, (await alice.get(at(hothash))).status]).toEqual([404, 404])
    expect([await listed(alice), await listed(app.anonymous)]).toEqual([[], []])
    expect((await alice.get('/api/v1/timeline')).body).toMatchObject({ data: [], meta: { total_photos: 0 } })
    expect(await trashOf(alice)).toEqual([id])
  })

  test('works by hothash, and only once', async () => {
    const alice = await app.as(ALICE)
    const { hothash } = await alice.create(anEgg())

    const [first, again] = [await alice.delete(at(hothash)), await alice.delete(at(hothash))]

    expect([first.status, again.status]).toEqual([204, 404])
  })

  test('by hothash takes the own photo, never another of the same picture', async () => {
    const [alice, bob] = [await app.as(ALICE), await app.as(BOB)]
    const hers = await alice.create(anEgg({ seed: 'shared', visibility: 'public' }))
    const his = await bob.create(anEgg({ seed: 'shared' }))

    const reply = await bob.delete(`${at(hers.hothash)}?permanent=true`)

    expect(reply.status).toBe(204)
    expect(await listed(alice)).toEqual([hers.id])
    expect((await alice.get(at(his.id))).status).toBe(404)
  })

  test.each(['', '?permanent=true'])(
    '%s is not for photos of others: 403 where visible, else 404',
    async (how) => {
      const [alice, bob] = [await app.as(ALICE), await app.as(BOB)]
      const open = await alice.create(anEgg({ visibility: 'authenticated' }))
      const hidden = await alice.create(anEgg())
      const binned = await alice.create(anEgg({ visibility: 'public' }))
      await alice.delete(at(binned.id))
      const missing = await bob.delete(at(987_654_321) + how)

      for (const ref of [open.id, open.hothash]) {
        expect(await bob.delete(at(ref) + how)).toMatchObject({ status: 403, body: { code: 'not_yours' } })
      }
      for (const ref of [hidden.id, hidden.hothash, binned.id, binned.hothash, 'no-ref']) {
        const reply = await bob.delete(at(ref) + how)
        expect([reply.status, reply.body]).toEqual([404, missing.body])
      }
      expect((await listed(alice)).sort()).toEqual([open.id, hidden.id].sort())
      expect(await trashOf(alice)).toEqual([binned.id])
    },
  )

  test('for good leaves nothing of a photo, in the trash or out of it', async () => {
    const alice = await app.as(ALICE)
    const inTrash = await alice.create(withColdpreview(anEgg({ tags: ['a'] })))
    const outside = await alice.create(anEgg({ tags: ['a'] }))
    await alice.delete(at(inTrash.id))

    const replies = [
      await alice.delete(`${at(inTrash.hothash)}?permanent=true`),
      await alice.delete(`${at(outside.id)}?permanent=true`),
    ]

    expect(replies.map(({ status }) => status)).toEqual([204, 204])
    expect([await trashOf(alice), await listed(alice)]).toEqual([[], []])
    for (const table of ['photos', 'photo_eggs', 'hotpreviews', 'image_files', 'photo_tags'] as const)
      expect(await app.db.selectFrom(table).selectAll().execute()).toEqual([])
  })

  test('needs somebody signed in, and knows no other parameter', async () => {
    const alice = await app.as(ALICE)
    const { id } = await alice.create(anEgg({ visibility: 'public' }))

    expect((await app.anonymous.delete(at(id))).status).toBe(401)
    expect(await alice.delete(`${at(id)}?permanant=true`)).toMatchObject({
      status: 422,
      body: { code: 'unknown_field' },
    })
    expect(await listed(alice)).toEqual([id])
  })
})

describe('the trash', () => {
  test('lists the last deleted first, page by page, for its owner only', async () => {
    const [alice, bob] = [await app.as(ALICE), await app.as(BOB)]
    const ids: number[] = []
    for (let n = 0; n < 5; n++) ids.push((await alice.create(anEgg({ visibility: 'public' }))).id)
    for (const id of ids) await alice.delete(at(id))
    await app.db
      .updateTable('photos')
      .set({ deleted_at: '2026-01-01T00:00:00.000Z' })
      .where('id', 'in', ids.slice(1, 4))
      .execute()
    const order = [4, 0, 3, 2, 1].map((index) => ids[index])

    const first = await alice.get('/api/v1/photos/trash?limit=2')
    const cursor = (first.body as { meta: { next_cursor: string } }).meta.next_cursor
    const rest = await alice.get(`/api/v1/photos/trash?limit=3&cursor=${cursor}`)

    expect(first.body).toMatchObject({ meta: { total: 5, pages: 3, page: 1 } })
    expect(rest.body).toMatchObject({ meta: { total: null, next_cursor: null } })
    expect([first, rest].flatMap(({ body }) => (body as { data: Photo[] }).data.map(({ id }) => id))).toEqual(
      order,
    )
    expect(await trashOf(bob)).toEqual([])
    expect((await app.anonymous.get('/api/v1/photos/trash')).status).toBe(401)
  })

  test('refuses a cursor of another list', async () => {
    const alice = await app.as(ALICE)
    for (let n = 0; n < 2; n++) await alice.create(anEgg())
    const { body } = await alice.get('/api/v1/photos?limit=1')
    const { next_cursor } = (body as { meta: { next_cursor: string } }).meta

    const reply = await alice.get(`/api/v1/photos/trash?cursor=${next_cursor}`)

    expect(reply).toMatchObject({ status: 400, body: { code: 'cursor_mismatch' } })
  })

  test('loses what has lain in it for 30 days, and nothing younger', async () => {
    const [alice, bob] = [await app.as(ALICE), await app.as(BOB)]
    const old = await alice.create(anEgg())
    const oldOfBob = await bob.create(anEgg())
    const young = await alice.create(anEgg())
    const kept = await alice.create(anEgg())
    await trashedFor(31, old.id)
    await trashedFor(30.01, oldOfBob.id)
    await trashedFor(29.9, young.id)

    const purged = await purgeOldTrash(app.db, app.config.trashDays, note)

    expect(purged).toBe(2)
    for (const [who, { hothash }] of [
      [alice, old],
      [bob, oldOfBob],
    ] as const) {
      const { data } = (await who.get('/api/v1/activity?limit=1')).body as { data: ActivityEntry[] }
      expect(data).toMatchObject([
        {
          action: 'trash_emptied',
          actor: null,
          photo_count: 1,
          photos: [hothash],
          detail: { older_than_days: 30 },
        },
      ])
    }
    expect([await trashOf(alice), await trashOf(bob)]).toEqual([[young.id], []])
    expect(await listed(alice)).toEqual([kept.id])
  })
})

test('the trash may be kept for as long as the server says', async () => {
  const alice = await app.as(ALICE)
  const { id } = await alice.create(anEgg())
  await trashedFor(8, id)

  expect(readConfig({ IMALINK_DATA: app.folder, IMALINK_TRASH_DAYS: '7' }).trashDays).toBe(7)
  expect(await purgeOldTrash(app.db, 9, note)).toBe(0)
  expect(await purgeOldTrash(app.db, 7, note)).toBe(1)
})

describe('restoring', () => {
  test('puts a photo back as it was', async () => {
    const alice = await app.as(ALICE)
    const { id, hothash } = await alice.create(
      withColdpreview(anEgg({ title: 'Pier', tags: ['sea'], rating: 3 })),
    )
    const before = (await alice.get(at(id))).body as Photo
    await alice.delete(at(id))

    const reply = await alice.post(`${at(hothash)}/restore`)

    expect(reply.status).toBe(200)
    expect(reply.body).toEqual({ ...before, updated_at: (reply.body as Photo).updated_at })
    expect([await listed(alice), await trashOf(alice)]).toEqual([[id], []])
  })

  test('finds nothing where the photo is not in the own trash', async () => {
    const [alice, bob] = [await app.as(ALICE), await app.as(BOB)]
    const live = await alice.create(anEgg({ visibility: 'public' }))
    const binned = await alice.create(anEgg({ visibility: 'public' }))
    await alice.delete(at(binned.id))

    const missing = await bob.post(`${at(987_654_321)}/restore`)
    const hidden = await bob.post(`${at(binned.id)}/restore`)

    expect([missing.status, hidden.status]).toEqual([404, 404])
    expect(hidden.body).toEqual(missing.body)
    expect((await alice.post(`${at(live.id)}/restore`)).status).toBe(404)
    expect(await trashOf(alice)).toEqual([binned.id])
  })

  test("is not for somebody else's photo that is visible", async () => {
    const [alice, bob] = [await app.as(ALICE), await app.as(BOB)]
    const { id } = await alice.create(anEgg({ visibility: 'public' }))

    const reply = await bob.post(`${at(id)}/restore`)

    expect(reply).toMatchObject({ status: 403, body: { code: 'not_yours' } })
  })
})

async function trashedFor(days: number, id: number): Promise<void> {
  const deleted_at = new Date(Date.now() - days * DAY_MS).toISOString()
  await app.db.updateTable('photos').set({ deleted_at }).where('id', '=', id).execute()
}
