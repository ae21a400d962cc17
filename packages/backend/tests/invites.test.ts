import { type Invite, type User, endpoints } from '@imalink/contract'
import { call } from '@imalink/client'
import { describe, expect, test } from 'vitest'
import { anotherProcess } from './another-process.ts'
import { ALICE, testApp } from './test-app.ts'

const app = await testApp()
const admin = await app.as(ALICE)
const invited = await anotherProcess(app, { registration: 'invite' })

const makeInvite = (wishes: { note?: string; expires_at?: string } = {}) =>
  call(admin.server, endpoints.createInvite, { body: wishes })

const invitesOf = async (): Promise<Invite[]> => {
  const { data } = await call(admin.server, endpoints.listInvites, { query: { limit: '500' } })
  return data
}

const register = (name: string, invite?: string, at = invited) =>
  at.post('/api/v1/auth/register', {
    username: name,
    email: `${name}@example.org`,
    password: 'a good password',
    ...(invite === undefined ? {} : { invite }),
  })

/** As if its time were over. */
const expire = (id: number) =>
  app.db.updateTable('invites').set({ expires_at: '2020-01-01T00:00:00.000Z' }).where('id', '=', id).execute()

describe('an invitation', () => {
  test('is shown once, lives a week, and is kept as nothing that could be used', async () => {
    const made = await makeInvite({ note: 'for grandmother' })

    const kept = JSON.stringify(await app.db.selectFrom('invites').selectAll().execute())
    const { bytes } = await admin.get('/api/v1/invites?limit=500')

    expect(made).toMatchObject({
      note: 'for grandmother',
      created_by: { id: admin.id, username: 'alice' },
      used_by: null,
      used_at: null,
    })
    const days = (Date.parse(made.expires_at) - Date.now()) / 86_400_000
    expect(days).toBeGreaterThan(6.9)
    expect(days).toBeLessThanOrEqual(7)
    expect(made.code.length).toBeGreaterThanOrEqual(22)
    expect(kept).not.toContain(made.code)
    expect(bytes.toString()).not.toContain(made.code)
    const { code: _code, ...listed } = made
    expect((await invitesOf()).find(({ id }) => id === made.id)).toEqual(listed)
  })

  test('makes one account, and tells whose', async () => {
    const { id, code } = await makeInvite()

    const reply = await register('greta', code)
    const again = await register('gustav', code)

    expect(reply).toMatchObject({ status: 201, body: { username: 'greta', is_admin: false } })
    expect(reply.headers.getSetCookie()[0]).toMatch(/^imalink_session=/)
    expect(again).toMatchObject({ status: 403, body: { code: 'invite_invalid' } })
    const used_by = { id: (reply.body as User).id, username: 'greta' }
    expect((await invitesOf()).find((one) => one.id === id)).toMatchObject({
      used_by,
      used_at: expect.any(String) as string,
    })
  })

  test('that several use at once makes one account', async () => {
    const { code } = await makeInvite()

    const replies = await Promise.all(['h1', 'h2', 'h3', 'h4'].map((name) => register(name, code)))

    expect(replies.map(({ status }) => status).sort()).toEqual([201, 403, 403, 403])
    const made = await admin.get('/api/v1/users?q=h')
    expect(
      (made.body as { data: User[] }).data.filter(({ username }) => /^h\d$/.test(username)),
    ).toHaveLength(1)
  })

  test('is still open after a registration that fails', async () => {
    const { code } = await makeInvite()

    const taken = await register('alice', code)
    const malformed = await register('a b', code)
    const reply = await register('inga', code)

    expect([taken.status, malformed.status, reply.status]).toEqual([409, 422, 201])
  })

  test('that is unknown, over or taken back lets nobody in, alike, and tells nothing of who has an account', async () => {
    const [over, takenBack] = [await makeInvite(), await makeInvite()]
    await expire(over.id)
    await admin.delete(`/api/v1/invites/${takenBack.id}`)

    const replies = [
      await register('alice', 'made up'),
      await register('jens', over.code),
      await register('alice', takenBack.code),
      await register('jens', 'code\0with a NUL'),
    ]

    for (const reply of replies) {
      expect(reply).toMatchObject({ status: 403, body: { code: 'invite_invalid' } })
      expect(reply.body).toEqual(replies[0]?.body)
    }
  })

  test('stays in the list when the account that it made is deleted, without a name', async () => {
    const { id, code } = await makeInvite()
    const { body } = await register('karl', code)
    await app.db
      .deleteFrom('users')
      .where('id', '=', (body as User).id)
      .execute()

    expect((await invitesOf()).find((one) => one.id === id)).toMatchObject({
      used_by: null,
      used_at: expect.any(String) as string,
    })
    expect((await register('kurt', code)).status).toBe(403)
  })

  test.each([
    ['a time that is over', { expires_at: '2020-01-01T00:00:00Z' }],
    ['a time that is none', { expires_at: 'tomorrow' }],
    ['a note with a NUL', { note: 'a\0b' }],
    ['a field that does not exist', { uses: 5 }],
  ])('is not made with %s', async (_what, body) => {
    expect((await admin.post('/api/v1/invites', body)).status).toBe(422)
  })

  test('lives as long as its maker says', async () => {
    const expires_at = '2099-01-01T12:00:00+02:00'

    expect(await makeInvite({ expires_at })).toMatchObject({ expires_at: '2099-01-01T10:00:00.000Z' })
  })

  test('is taken back once', async () => {
    const { id } = await makeInvite()

    const replies = [await admin.delete(`/api/v1/invites/${id}`), await admin.delete(`/api/v1/invites/${id}`)]

    expect(replies.map(({ status }) => status)).toEqual([204, 404])
    expect(replies[1]?.body).toMatchObject({ code: 'invite_not_found' })
  })

  test('stands in a list that comes page by page, latest first', async () => {
    const ids = [(await makeInvite()).id, (await makeInvite()).id]

    const first = await call(admin.server, endpoints.listInvites, { query: { limit: '1' } })
    const cursor = first.meta.next_cursor ?? ''
    const second = await call(admin.server, endpoints.listInvites, { query: { limit: '1', cursor } })

    expect([...first.data, ...second.data].map(({ id }) => id)).toEqual(ids.reverse())
  })
})

describe('registration', () => {
  test('by invitation asks for one, and capabilities say so', async () => {
    const capabilities = await invited.get('/api/v1/capabilities')

    expect(capabilities.body).toMatchObject({ registration: 'invite' })
    expect(await register('lars')).toMatchObject({ status: 403, body: { code: 'invite_invalid' } })
  })

  test('that is closed takes no invitation', async () => {
    const closed = await anotherProcess(app, { registration: 'closed' })
    const { code } = await makeInvite()

    expect(await register('lotte', code, closed)).toMatchObject({
      status: 403,
      body: { code: 'registration_closed' },
    })
  })

  test('that is open needs no invitation, and leaves one unused', async () => {
    const { code } = await makeInvite()

    expect((await register('maja', code, app.anonymous as typeof invited)).status).toBe(201)

    expect((await register('mads', code)).status).toBe(201)
  })
})
