import type { NewPhotoInput, Photo } from '@imalink/contract'
import { beforeEach, describe, expect, test } from 'vitest'
import { anEgg, withColdpreview } from './an-egg.ts'
import { ALICE, BOB, type Caller, CAROL, testApp } from './test-app.ts'

const app = await testApp()
beforeEach(app.emptyLibrary)

const MISSING_ID = 987_654_321
const at = (ref: number | string) => `/api/v1/photos/${ref}`
const read = async (who: Caller, ref: number | string) => (await who.get(at(ref))).body as Photo

const OWNERS_FIELDS = ['exif_dict', 'files', 'primary_filename', 'timeloc_correction', 'import_session_id']
const LOCATION = ['gps_latitude', 'gps_longitude', 'gps_altitude', 'has_gps']

const told = (wishes: NewPhotoInput | object = {}) =>
  anEgg({
    visibility: 'public',
    metadata: { gps_latitude: 59.9, gps_longitude: 10.7, gps_altitude: 12 },
    ...wishes,
  })

async function shareLocation(userId: number, share_location: 0 | 1): Promise<void> {
  await app.db.updateTable('users').set({ share_location }).where('id', '=', userId).execute()
}

describe('one photo', () => {
  test('is read by its id and by its hothash, alike', async () => {
    const alice = await app.as(ALICE)
    const { id, hothash } = await alice.create(told())

    const byId = await alice.get(at(id))

    expect(byId).toMatchObject({ status: 200, body: { id, hothash, is_mine: true, owner: { id: alice.id } } })
    expect((await alice.get(at(hothash))).body).toEqual(byId.body)
  })

  test.each([
    ['private', [200, 404, 404]],
    ['space', [200, 404, 404]],
    ['authenticated', [200, 200, 404]],
    ['public', [200, 200, 200]],
  ] as const)('that is %s is there for owner, user, nobody: %j', async (visibility, statuses) => {
    const { id, hothash } = await (await app.as(ALICE)).create(told({ visibility }))
    const viewers = [await app.as(ALICE), await app.as(BOB), app.anonymous]

    for (const path of [at(id), at(hothash), `${at(id)}/hotpreview`]) {
      const replies = await Promise.all(viewers.map((viewer) => viewer.get(path)))
      expect(replies.map(({ status }) => status)).toEqual(statuses)
    }
    const lists = await Promise.all(viewers.map((viewer) => viewer.get('/api/v1/photos')))
    const counts = lists.map(({ body }) => (body as { data: unknown[] }).data.length)
    expect(counts).toEqual(statuses.map((status) => (status === 200 ? 1 : 0)))
  })

  test.each([
    ['hidden, by id', (photo: Photo) => String(photo.id)],
    ['hidden, by hothash', (photo: Photo) => photo.hothash],
    ['hidden, in capital letters', (photo: Photo) => photo.hothash.toUpperCase()],
    ['no reference', () => 'holiday'],
    ['an id with a sign', (photo: Photo) => `+${photo.id}`],
    ['an id with a zero before it', (photo: Photo) => `0${photo.id}`],
    ['an id with a point', (photo: Photo) => `${photo.id}.0`],
    ['a number beyond all ids', () => '9'.repeat(30)],
    ['zero', () => '0'],
    ['a NUL', () => '%00'],
  ])('%s, is answered exactly like one that does not exist', async (_what, refOf) => {
    const alice = await app.as(ALICE)
    const bob = await app.as(BOB)
    const { id } = await alice.create(anEgg())
    const ref = refOf(await read(alice, id))
    const missing = await bob.get(at(MISSING_ID))

    for (const path of [at(ref), `${at(ref)}/hotpreview`, `${at(ref)}/coldpreview`]) {
      const reply = await bob.get(path)
      expect([reply.status, reply.body]).toEqual([404, missing.body])
    }
    expect(missing.body).toMatchObject({ status: 404, code: 'photo_not_found' })
    expect(JSON.stringify(missing.body)).not.toContain(String(MISSING_ID))
  })

  test('by hothash is the own one first, else the lowest id that is visible', async () => {
    const [alice, bob, carol] = [await app.as(ALICE), await app.as(BOB), await app.as(CAROL)]
    const seed = 'one picture of three'
    const hidden = await alice.create(told({ seed }))
    await app.db.updateTable('photos').set({ visibility: 'private' }).where('id', '=', hidden.id).execute()
    const lowest = await bob.create(told({ seed }))
    const highest = await carol.create(told({ seed }))

    const { hothash } = hidden
    expect((await read(alice, hothash)).id).toBe(hidden.id)
    expect((await read(bob, hothash)).id).toBe(lowest.id)
    expect((await read(carol, hothash)).id).toBe(highest.id)
    expect((await read(app.anonymous, hothash)).id).toBe(lowest.id)
  })

  test('has for its owner everything, for others nothing of the original', async () => {
    const alice = await app.as(ALICE)
    const { id } = await alice.create(withColdpreview(told({ title: 'Pier' })))

    const mine = await read(alice, id)
    const open = [await read(await app.as(BOB), id), await read(app.anonymous, id)]

    expect(Object.keys(mine)).toEqual(expect.arrayContaining([...OWNERS_FIELDS, ...LOCATION]))
    for (const photo of open) {
      expect(photo).toMatchObject({
        id,
        title: 'Pier',
        is_mine: false,
        has_coldpreview: true,
      })
      const hidden = [...OWNERS_FIELDS, ...LOCATION]
      expect(
        Object.keys(mine)
          .filter((key) => !(key in photo))
          .sort(),
      ).toEqual(hidden.sort())
      expect(JSON.stringify(photo)).not.toMatch(/59\.9|Pinhole|alice@|\/egg /)
    }
  })

  test('shows where it was taken to others only while its owner shares it', async () => {
    const alice = await app.as(ALICE)
    const { id } = await alice.create(told())
    await shareLocation(alice.id, 1)

    const shared = await read(app.anonymous, id)
    await shareLocation(alice.id, 0)
    const closed = await read(app.anonymous, id)

    expect(shared).toMatchObject({ gps_latitude: 59.9, gps_longitude: 10.7, gps_altitude: 12, has_gps: true })
    expect(Object.keys(shared).filter((key) => OWNERS_FIELDS.includes(key))).toEqual([])
    expect(Object.keys(closed).filter((key) => LOCATION.includes(key))).toEqual([])
  })

  test('in the trash is not there, for its owner either', async () => {
    const alice = await app.as(ALICE)
    const { id, hothash } = await alice.create(told())
    await alice.delete(at(id))

    const missing = await alice.get(at(MISSING_ID))

    for (const ref of [id, hothash]) {
      const reply = await alice.get(at(ref))
      expect([reply.status, reply.body]).toEqual([404, missing.body])
    }
  })
})

test('a bad token is refused though the photo is public', async () => {
  const { id } = await (await app.as(ALICE)).create(told())

  const reply = await app.anonymous.get(at(id), { authorization: 'Bearer nonsense' })

  expect(reply).toMatchObject({ status: 401, body: { code: 'credentials_invalid' } })
})
