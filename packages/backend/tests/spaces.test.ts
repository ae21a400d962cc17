import type {
  ActivityEntry,
  Bucket,
  Facets,
  ListMeta,
  Photo,
  Space,
  SpaceInvitation,
  SpaceMember,
} from '@imalink/contract'
import { beforeEach, describe, expect, test } from 'vitest'
import { anEgg } from './an-egg.ts'
import { ALICE, BOB, CAROL, type Account, type Caller, testApp } from './test-app.ts'

const app = await testApp()
const [alice, bob, carol] = [await app.as(ALICE), await app.as(BOB), await app.as(CAROL)]
const problem = (status: number, code: string) => ({ status, body: { code } })
const path = '/api/v1/spaces'

beforeEach(async () => {
  await app.emptyLibrary()
  for (const table of ['spaces', 'activity'] as const) await app.db.deleteFrom(table).execute()
})

const makeSpace = async (name = 'Family', as: Caller = alice) =>
  ((await as.post(path, { name })).body as Space).id
const invite = async (id: number, username: string, role = 'viewer', as: Caller = alice) =>
  as.post(`${path}/${id}/invitations`, { username, role })
const accept = (reply: { body: unknown }, as: Caller) =>
  as.post(`${path}/invitations/${(reply.body as SpaceInvitation).id}/accept`)
async function join(id: number, who: Account, role = 'viewer') {
  expect((await accept(await invite(id, who.tokens.user.username, role), who)).status).toBe(200)
}
const put = (id: number, photos: readonly (number | string)[], as: Caller = alice, more: object = {}) =>
  as.post(`${path}/${id}/photos`, { photos, ...more })
const idsIn = (reply: { body: unknown }) => (reply.body as { data: Photo[] }).data.map(({ id }) => id)
const shared = (more: object = {}, as: Account = alice) => as.create(anEgg({ visibility: 'space', ...more }))
const sees = async (who: Caller, id: number) => (await who.get(`/api/v1/photos/${id}`)).status === 200

describe('a space', () => {
  test('is made, changed and deleted by its owner, and is nothing to others', async () => {
    const reply = await alice.post(path, { name: '  Family ', description: 'All of us' })
    const { id } = reply.body as Space

    expect(reply).toMatchObject({
      status: 201,
      body: { name: 'Family', description: 'All of us', role: 'owner', member_count: 1, photo_count: 0 },
    })
    expect(await alice.put(`${path}/${id}`, { description: null })).toMatchObject({
      status: 200,
      body: { name: 'Family', description: null },
    })
    expect((await alice.get(path)).body).toMatchObject({ data: [{ id }], meta: { total: 1 } })
    for (const ask of [bob.get(`${path}/${id}`), bob.put(`${path}/${id}`, {}), bob.delete(`${path}/${id}`)])
      expect(await ask).toMatchObject(problem(404, 'space_not_found'))
    expect((await alice.delete(`${path}/${id}`)).status).toBe(204)
    expect(await alice.get(`${path}/${id}`)).toMatchObject(problem(404, 'space_not_found'))
  })

  test.each([
    [{ name: ' ' }],
    [{}],
    [{ name: 'x'.repeat(101) }],
    [{ name: 'a\0b' }],
    [{ name: 'a', colour: 1 }],
  ])('is not made of %j', async (body) => {
    expect((await alice.post(path, body)).status).toBe(422)
  })
})

describe('an invitation', () => {
  test('gives nothing until it is accepted, and is gone once it is answered', async () => {
    const id = await makeSpace()
    const photo = await shared()
    await put(id, [photo.id])

    const invitation = await invite(id, 'bob', 'editor')
    const pending = (await bob.get(`${path}/invitations`)).body
    const before = [await sees(bob, photo.id), (await bob.get(`${path}/${id}`)).status]
    const accepted = await accept(invitation, bob)

    expect(invitation).toMatchObject({
      status: 201,
      body: { space: { id, name: 'Family' }, invitee: 'bob', role: 'editor', status: 'pending' },
    })
    expect(pending).toMatchObject({ data: [invitation.body], meta: { total: 1 } })
    expect(before).toEqual([false, 404])
    expect(accepted).toMatchObject({
      status: 200,
      body: { id, role: 'editor', member_count: 2, photo_count: 1 },
    })
    expect(await sees(bob, photo.id)).toBe(true)
    expect(await accept(invitation, bob)).toMatchObject(problem(404, 'space_invitation_not_found'))
    expect((await bob.get(`${path}/invitations`)).body).toMatchObject({ data: [] })
  })

  test('is for whom it is for alone', async () => {
    const id = await makeSpace()
    const invitation = await invite(id, 'bob')

    expect((await carol.get(`${path}/invitations`)).body).toMatchObject({ data: [] })
    expect(await accept(invitation, carol)).toMatchObject(problem(404, 'space_invitation_not_found'))
    const { id: invitationId } = invitation.body as SpaceInvitation
    expect((await carol.post(`${path}/invitations/${invitationId}/decline`)).status).toBe(404)
    expect((await carol.delete(`${path}/${id}/invitations/${invitationId}`)).status).toBe(404)
    expect((await bob.post(`${path}/invitations/${invitationId}/decline`)).status).toBe(204)
    expect(await accept(invitation, bob)).toMatchObject(problem(404, 'space_invitation_not_found'))
  })

  test('is answered alike whether there is such an account or not', async () => {
    const id = await makeSpace()
    const { id: _id, ...known } = (await alice.post(`${path}/${id}/invitations`, { email: BOB.email }))
      .body as SpaceInvitation
    const { id: _other, ...unknown } = (
      await alice.post(`${path}/${id}/invitations`, { email: 'nobody@example.org' })
    ).body as SpaceInvitation

    expect({ ...unknown, invitee: '', created_at: '' }).toEqual({ ...known, invitee: '', created_at: '' })
  })

  test('is not taken over by whoever takes the name later', async () => {
    const id = await makeSpace()
    await invite(id, 'newcomer')

    const newcomer = await app.as({
      username: 'newcomer',
      email: 'n@example.org',
      password: 'a password, long',
    })

    expect((await newcomer.get(`${path}/invitations`)).body).toMatchObject({ data: [] })
  })

  test('is made once, with the last role, listed for owners and taken back', async () => {
    const id = await makeSpace()
    await invite(id, 'bob', 'viewer')
    const { body } = await invite(id, 'BOB', 'editor')
    const listed = (await alice.get(`${path}/${id}/invitations`)).body as { data: SpaceInvitation[] }

    expect(listed.data).toMatchObject([{ role: 'editor' }])
    expect((await alice.delete(`${path}/${id}/invitations/${(body as SpaceInvitation).id}`)).status).toBe(204)
    expect((await bob.get(`${path}/invitations`)).body).toMatchObject({ data: [] })
    await join(id, bob, 'viewer')
    await accept(await invite(id, 'bob', 'owner'), bob)
    expect((await bob.get(`${path}/${id}`)).body).toMatchObject({ role: 'viewer' })
  })
})

describe('members', () => {
  test('have roles, which owners change, and one owner stays', async () => {
    const id = await makeSpace()
    await join(id, bob)

    const listed = (await bob.get(`${path}/${id}/members`)).body as { data: SpaceMember[]; meta: ListMeta }
    const refused = [
      await bob.patch(`${path}/${id}/members/${alice.id}`, { role: 'viewer' }),
      await bob.delete(`${path}/${id}/members/${alice.id}`),
      await bob.put(`${path}/${id}`, { name: 'Mine' }),
      await bob.delete(`${path}/${id}`),
      await bob.get(`${path}/${id}/invitations`),
      await invite(id, 'carol', 'viewer', bob),
    ]
    const last = [
      await alice.delete(`${path}/${id}/members/me`),
      await alice.patch(`${path}/${id}/members/me`, { role: 'editor' }),
    ]
    const promoted = await alice.patch(`${path}/${id}/members/${bob.id}`, { role: 'owner' })
    const left = await alice.delete(`${path}/${id}/members/me`)

    expect(listed.data.map(({ user, role }) => [user.username, role])).toEqual([
      ['alice', 'owner'],
      ['bob', 'viewer'],
    ])
    expect(listed.meta.total).toBe(2)
    for (const reply of refused) expect(reply).toMatchObject(problem(403, 'role_insufficient'))
    for (const reply of last) expect(reply).toMatchObject(problem(409, 'last_owner'))
    expect(promoted).toMatchObject({ status: 200, body: { role: 'owner' } })
    expect(left.status).toBe(204)
    expect((await alice.get(`${path}/${id}`)).status).toBe(404)
    expect(await bob.patch(`${path}/${id}/members/${carol.id}`, { role: 'owner' })).toMatchObject(
      problem(404, 'member_not_found'),
    )
  })

  test('lose access at once when they go or are removed, and their photos go with them', async () => {
    const id = await makeSpace()
    await join(id, bob, 'editor')
    await join(id, carol)
    const [hers, his] = [await shared(), await shared({}, bob)]
    await put(id, [hers.id])
    await put(id, [his.id], bob)
    const before = [await sees(bob, hers.id), await sees(alice, his.id), await sees(carol, his.id)]

    await bob.delete(`${path}/${id}/members/me`)
    await alice.delete(`${path}/${id}/members/${carol.id}`)

    expect(before).toEqual([true, true, true])
    expect([await sees(bob, hers.id), await sees(alice, his.id), await sees(carol, hers.id)]).toEqual([
      false,
      false,
      false,
    ])
    expect(await sees(bob, his.id)).toBe(true)
    expect((await alice.get(`${path}/${id}`)).body).toMatchObject({ member_count: 1, photo_count: 1 })
  })

  test('who go with their account pass the space to the longest-serving editor, or it goes', async () => {
    const person = (username: string) => ({
      username,
      email: `${username}@example.org`,
      password: 'a password, long',
    })
    const leaving = await app.as(person('leaving'))
    const [kept, gone] = [await makeSpace('kept', leaving), await makeSpace('gone', leaving)]
    for (const [id, who, role] of [
      [kept, carol, 'viewer'],
      [kept, bob, 'editor'],
      [gone, carol, 'viewer'],
    ] as const)
      await accept(await invite(id, who.tokens.user.username, role, leaving), who)

    expect((await leaving.delete('/api/v1/users/me', {}, { password: 'a password, long' })).status).toBe(204)

    expect((await bob.get(`${path}/${kept}`)).body).toMatchObject({ role: 'owner', member_count: 2 })
    expect((await carol.get(`${path}/${gone}`)).status).toBe(404)
  })
})

describe('photos in a space', () => {
  test('are put in and taken out by their owners, if their role allows it', async () => {
    const id = await makeSpace()
    await join(id, bob, 'viewer')
    const [hers, his] = [await shared(), await shared({}, bob)]

    expect(await put(id, [hers.hothash, hers.id])).toMatchObject({
      status: 200,
      body: { added: 1, already_there: 0, hidden_photos: [] },
    })
    expect((await put(id, [hers.id])).body).toMatchObject({ added: 0, already_there: 1 })
    expect(await put(id, [his.id], bob)).toMatchObject(problem(403, 'role_insufficient'))
    expect(await put(id, [his.id])).toMatchObject(problem(404, 'photo_not_found'))
    await alice.patch(`${path}/${id}/members/${bob.id}`, { role: 'editor' })
    expect((await put(id, [his.id], bob)).body).toMatchObject({ added: 1 })
    expect(await bob.delete(`${path}/${id}/photos`, {}, { photos: [hers.id] })).toMatchObject(
      problem(403, 'not_yours'),
    )
    expect(await bob.delete(`${path}/${id}/photos`, {}, { photos: [his.id] })).toMatchObject({
      status: 200,
      body: { removed: 1 },
    })
    expect(idsIn(await alice.get(`${path}/${id}/photos`))).toEqual([hers.id])
  })

  test('that are private stay so unless their owner says otherwise', async () => {
    const id = await makeSpace()
    await join(id, bob)
    const photo = await alice.create(anEgg({ visibility: 'private' }))

    const added = await put(id, [photo.id])
    const hidden = await sees(bob, photo.id)
    const widened = await put(id, [photo.id], alice, { sync_photos: true })

    expect(added.body).toMatchObject({ hidden_photos: [photo.hothash] })
    expect(hidden).toBe(false)
    expect(widened.body).toMatchObject({ already_there: 1, hidden_photos: [] })
    expect((await bob.get(`/api/v1/photos/${photo.id}`)).body).toMatchObject({
      visibility: 'space',
      is_mine: false,
    })
  })

  test('are on the timeline, in lists, searches, facets and statistics of members, each once', async () => {
    const [first, second] = [await makeSpace('one'), await makeSpace('two')]
    for (const id of [first, second]) await join(id, bob)
    const taken = (at: string, more: object = {}) =>
      shared({ taken_at: at, metadata: { taken_at: at }, ...more })
    const photos = [
      await taken('2023-01-01T10:00:00', { rating: 5, tags: ['cat'] }),
      await taken('2024-06-01T10:00:00'),
      await taken('2024-06-01T11:00:00', { title: 'Kingfisher' }),
      await shared({ title: 'Undated' }),
    ]
    const notIn = await taken('2024-07-01T10:00:00')
    const ids = photos.map(({ id }) => id)
    await put(first, ids)
    await put(second, ids.slice(1))
    const own = await bob.create(
      anEgg({ taken_at: '2024-06-01T12:00:00', metadata: { taken_at: '2024-06-01T12:00:00' } }),
    )

    const newest = [own.id, ids[2], ids[1], ids[0], ids[3]]
    for (const query of ['', '?limit=2', '?scope=all'])
      expect((await everyPage(bob, query)).map(({ id }) => id)).toEqual(newest)
    expect((await everyPage(bob, '?sort_order=asc&limit=2')).map(({ id }) => id)).toEqual([
      ids[0],
      ids[1],
      ids[2],
      own.id,
      ids[3],
    ])
    for (const order of ['rating', 'created_at', 'title'])
      expect((await everyPage(bob, `?sort_by=${order}&limit=2`)).map(({ id }) => id).sort()).toEqual(
        [...newest].sort(),
      )
    expect(idsIn(await bob.get('/api/v1/photos?scope=alice'))).toEqual(newest.slice(1))
    expect(idsIn(await bob.get('/api/v1/photos?scope=mine'))).toEqual([own.id])
    expect(idsIn(await bob.get('/api/v1/photos?q=kingfisher'))).toEqual([ids[2]])
    expect(idsIn(await bob.get('/api/v1/photos?tags=cat'))).toEqual([ids[0]])
    expect(idsIn(await bob.get('/api/v1/photos?visibility=space'))).toEqual(newest.slice(1))
    for (const [space, expected] of [
      [first, newest.slice(1)],
      [second, [ids[2], ids[1], ids[3]]],
    ] as const) {
      expect(idsIn(await bob.get(`/api/v1/photos?space_id=${space}`))).toEqual(expected)
      expect((await bob.get(`/api/v1/photos?space_id=${space}`)).body).toMatchObject({
        meta: { total: expected.length },
      })
      expect(idsIn(await bob.get(`${path}/${space}/photos`))).toEqual(expected)
      expect(idsIn(await alice.get(`${path}/${space}/photos`))).toEqual(expected)
    }
    expect(idsIn(await carol.get(`/api/v1/photos?space_id=${first}`))).toEqual([])
    expect(await carol.get(`${path}/${first}/photos`)).toMatchObject(problem(404, 'space_not_found'))

    const timeline = (await bob.get('/api/v1/timeline')).body as { data: Bucket[]; meta: object }
    expect(timeline.data.map(({ year, count, preview_hothash }) => [year, count, preview_hothash])).toEqual([
      [2024, 3, photos[2]?.hothash],
      [2023, 1, photos[0]?.hothash],
    ])
    expect(timeline.meta).toMatchObject({ total_photos: 4, undated: 1 })
    const ofSpace = (await bob.get(`/api/v1/timeline?space_id=${second}`)).body as {
      data: Bucket[]
      meta: object
    }
    expect(ofSpace.data.map(({ year, count }) => [year, count])).toEqual([[2024, 2]])
    expect(ofSpace.meta).toMatchObject({ total_photos: 2, undated: 1 })
    const grid = (await bob.get('/api/v1/timeline/photos?year=2024')).body as { data: { id: number[] } }
    expect(grid.data.id).toEqual(newest.slice(0, 3))
    const facets = (await bob.get('/api/v1/photos/facets')).body as { data: Facets; meta: { total: number } }
    expect(facets).toMatchObject({
      meta: { total: 5 },
      data: {
        year: [
          { value: 2024, count: 3 },
          { value: 2023, count: 1 },
        ],
        tag: [{ value: 'cat', count: 1 }],
      },
    })
    expect(facets).toEqual((await bob.get('/api/v1/photos/facets?created_after=2020-01-01')).body)
    expect((await bob.get('/api/v1/stats')).body).toMatchObject({ data: { total: 1 } })
    expect(await sees(bob, notIn.id)).toBe(false)
  })

  test('move with their time, and go with the trash', async () => {
    const id = await makeSpace()
    await join(id, bob)
    const [one, two] = [
      await shared({ taken_at: '2024-01-01T00:00:00' }),
      await shared({ taken_at: '2024-01-02T00:00:00' }),
    ]
    await put(id, [one.id, two.id])

    await alice.patch(`/api/v1/photos/${one.id}`, { taken_at: '2025-01-01T00:00:00' })
    const moved = idsIn(await bob.get('/api/v1/photos'))
    await alice.delete(`/api/v1/photos/${one.id}`)
    const without = idsIn(await bob.get('/api/v1/photos'))
    await alice.post(`/api/v1/photos/${one.id}/restore`)

    expect(moved).toEqual([one.id, two.id])
    expect(without).toEqual([two.id])
    expect(idsIn(await bob.get('/api/v1/photos'))).toEqual([one.id, two.id])
  })
})

async function everyPage(as: Caller, query: string): Promise<Photo[]> {
  const photos: Photo[] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const more = cursor === '' ? '' : `${query === '' ? '?' : '&'}cursor=${cursor}`
    const { data, meta } = (await as.get(`/api/v1/photos${query}${more}`)).body as {
      data: Photo[]
      meta: ListMeta
    }
    photos.push(...data)
    cursor = meta.next_cursor
  }
  return photos
}

test('what happens in a space is in the logs of those whom it concerns', async () => {
  const id = await makeSpace()
  await join(id, bob, 'editor')
  const his = await shared({}, bob)
  await put(id, [his.id], bob)
  await alice.patch(`${path}/${id}/members/${bob.id}`, { role: 'viewer' })
  await alice.delete(`${path}/${id}/members/${bob.id}`)
  await alice.delete(`${path}/${id}`)

  const actions = async (who: Caller) =>
    ((await who.get('/api/v1/activity')).body as { data: ActivityEntry[] }).data.map(
      ({ action, actor }) => `${action} ${actor?.display_name}`,
    )
  expect(await actions(alice)).toEqual([
    'space_deleted alice',
    'space_removed alice',
    'space_role_changed alice',
    'space_joined bob',
    'space_invited alice',
  ])
  expect(await actions(bob)).toEqual([
    'space_removed alice',
    'space_role_changed alice',
    'space_photos_added bob',
    'space_joined bob',
  ])
  expect(await actions(carol)).toEqual([])
})
