import { type User, endpoints } from '@imalink/contract'
import { call } from '@imalink/client'
import { describe, expect, test } from 'vitest'
import { anEgg } from './an-egg.ts'
import {
  ALICE,
  type Account,
  BOB,
  CAROL,
  type Reply,
  browserAt,
  callerAt,
  cookieFrom,
  testApp,
} from './test-app.ts'

const app = await testApp()
const admin = await app.as(ALICE)
const bob = await app.as(BOB)

const usersIn = ({ body }: Reply) => (body as { data: User[] }).data
const namesIn = (reply: Reply) => usersIn(reply).map(({ username }) => username)

/** Somebody whom no other test knows. */
function newcomer(username: string): Promise<Account> {
  return app.as({ username, email: `${username}@example.org`, password: `the password of ${username}` })
}

describe('the list of accounts', () => {
  test('tells an administrator of every account, oldest first, and never a hash', async () => {
    const reply = await admin.get('/api/v1/users')

    expect(reply.status).toBe(200)
    expect(namesIn(reply).slice(0, 2)).toEqual(['alice', 'bob'])
    expect(usersIn(reply)[0]).toEqual(admin.tokens.user)
    expect(reply.bytes.toString()).not.toMatch(/hash|\$2b\$/)
  })

  test.each([
    ['username', 'FINDMÅN', ['findmånen']],
    ['display name', 'ødegård', ['findmånen']],
    ['e-mail address', 'findable@exam', ['findable']],
    ['part of several names', 'find', ['findmånen', 'findable']],
    ['a pattern, which is text like any other', '%', []],
    ['an underscore, likewise', 'f_nd', []],
    ['a backslash', '\\', []],
    ['nothing that anybody is called', 'nobody-here', []],
  ])('is searched by %s', async (_by, q, names) => {
    await app.db.deleteFrom('users').where('username', 'like', 'find%').execute()
    for (const one of ['findmånen', 'findable']) {
      const email = one === 'findable' ? 'findable@example.org' : 'other@example.org'
      const display_name = one === 'findable' ? 'Some One' : 'Åse ØDEGÅRD'
      const body = { username: one, email, display_name, password: 'a good password' }
      expect((await app.anonymous.post('/api/v1/auth/register', body)).status).toBe(201)
    }

    const reply = await admin.get(`/api/v1/users?q=${encodeURIComponent(q)}`)

    expect(namesIn(reply)).toEqual(names)
    expect(reply.body).toMatchObject({ meta: { total: names.length } })
  })

  test('finds somebody by the name they have now', async () => {
    const rose = await newcomer('rose')
    await rose.put('/api/v1/users/me', { display_name: 'ÜMIT' })

    expect(namesIn(await admin.get(`/api/v1/users?q=${encodeURIComponent('ümit')}`))).toEqual(['rose'])
  })

  test('comes page by page', async () => {
    const all = namesIn(await admin.get('/api/v1/users?limit=500'))

    const first = await admin.get('/api/v1/users?limit=1')
    const { next_cursor } = (first.body as { meta: { next_cursor: string } }).meta
    const rest = await admin.get(`/api/v1/users?limit=500&cursor=${next_cursor}`)

    expect([...namesIn(first), ...namesIn(rest)]).toEqual(all)
    expect(first.body).toMatchObject({ meta: { total: all.length, page: 1, pages: all.length } })
  })
})

describe('deactivating an account', () => {
  test('stops its sessions, tokens, cookie and keys at once, and signing in', async () => {
    const sven = await newcomer('sven')
    const login = { username: 'sven', password: 'the password of sven' }
    const cookie = cookieFrom(await app.anonymous.post('/api/v1/auth/login', login)) ?? ''
    const { key } = await call(sven.server, endpoints.createApiKey, { body: { name: 'nas', scope: 'read' } })

    const reply = await admin.patch(`/api/v1/users/${sven.id}`, { is_active: false })

    expect(reply).toMatchObject({ status: 200, body: { id: sven.id, is_active: false, is_admin: false } })
    expect((await sven.get('/api/v1/auth/me')).status).toBe(401)
    expect((await browserAt(app.origin, cookie).get('/api/v1/auth/me')).status).toBe(401)
    expect((await callerAt(app.origin, key).get('/api/v1/auth/me')).status).toBe(401)
    const { refresh_token } = sven.tokens
    expect((await app.anonymous.post('/api/v1/auth/refresh', { refresh_token })).status).toBe(401)
    expect(await app.anonymous.post('/api/v1/auth/login', login)).toMatchObject({
      status: 401,
      body: { code: 'wrong_credentials' },
    })
  })

  test('keeps what it owns; active again, it signs in anew, and its keys work', async () => {
    const tina = await newcomer('tina')
    const { id } = await tina.create(anEgg())
    const { key } = await call(tina.server, endpoints.createApiKey, { body: { name: 'nas', scope: 'read' } })
    await admin.patch(`/api/v1/users/${tina.id}`, { is_active: false })

    const reply = await admin.patch(`/api/v1/users/${tina.id}`, { is_active: true })

    expect(reply).toMatchObject({ status: 200, body: { is_active: true } })
    expect((await tina.get('/api/v1/auth/me')).status).toBe(401)
    const login = { username: 'tina', password: 'the password of tina' }
    expect((await app.anonymous.post('/api/v1/auth/login', login)).status).toBe(200)
    expect((await callerAt(app.origin, key).get(`/api/v1/photos/${id}`)).status).toBe(200)
  })
})

describe('administrators', () => {
  test('are made and unmade by others, with effect at once', async () => {
    const una = await newcomer('una')

    await admin.patch(`/api/v1/users/${una.id}`, { is_admin: true })
    const asAdmin = await una.get('/api/v1/users')
    const me = await una.get('/api/v1/auth/me')
    await admin.patch(`/api/v1/users/${una.id}`, { is_admin: false })

    expect(asAdmin.status).toBe(200)
    expect(me.body).toMatchObject({ is_admin: true })
    expect(await una.get('/api/v1/users')).toMatchObject({
      status: 403,
      body: { code: 'administrators_only' },
    })
  })

  test.each([{ is_admin: false }, { is_active: false }])('do not go as the last one: %j', async (change) => {
    const inactive = await newcomer(`v${Object.keys(change)[0] ?? ''}`)
    await admin.patch(`/api/v1/users/${inactive.id}`, { is_admin: true, is_active: false })

    const reply = await admin.patch(`/api/v1/users/${admin.id}`, change)

    expect(reply).toMatchObject({ status: 409, body: { code: 'last_administrator' } })
    expect((await admin.get('/api/v1/auth/me')).body).toMatchObject({ is_admin: true, is_active: true })
  })

  test('do not unmake each other at once until none is left', async () => {
    const pair = await testApp()
    const [one, two] = [await pair.as(ALICE), await pair.as(BOB)]
    await one.patch(`/api/v1/users/${two.id}`, { is_admin: true })

    const replies = await Promise.all([
      one.patch(`/api/v1/users/${two.id}`, { is_admin: false }),
      two.patch(`/api/v1/users/${one.id}`, { is_active: false }),
    ])

    const left = await pair.db
      .selectFrom('users')
      .select('id')
      .where('is_admin', '=', 1)
      .where('is_active', '=', 1)
      .execute()
    expect(left).toHaveLength(1)
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(1)
  })

  test('see no more photos than anybody else', async () => {
    const { id } = await bob.create(anEgg({ visibility: 'private' }))

    expect((await admin.get(`/api/v1/photos/${id}`)).status).toBe(404)
    expect((await admin.get(`/api/v1/photos?scope=bob`)).body).toMatchObject({ data: [] })
  })

  test.each([
    ['an account that does not exist', '987654321', { is_active: true }, 404],
    ['what is no number', 'me', { is_active: true }, 422],
    ['a name', 'ID', { username: 'renamed' }, 422],
    ['nothing but yes and no', 'ID', { is_active: 1 }, 422],
  ])('cannot change %s', async (_what, place, change, status) => {
    const reply = await admin.patch(`/api/v1/users/${place === 'ID' ? bob.id : place}`, change)

    expect(reply.status).toBe(status)
  })
})

describe('what is for administrators', () => {
  const calls = {
    'list accounts': (caller: typeof admin.get) => caller('/api/v1/users'),
    'list invitations': (caller: typeof admin.get) => caller('/api/v1/invites'),
  }
  const changes = (caller: Pick<Account, 'patch' | 'post' | 'delete'>) => [
    caller.patch(`/api/v1/users/${bob.id}`, { is_admin: true }),
    caller.post('/api/v1/invites', {}),
    caller.delete('/api/v1/invites/1'),
  ]

  test.each(Object.entries(calls))('is refused to others: to %s', async (_what, ask) => {
    expect(await ask(bob.get)).toMatchObject({ status: 403, body: { code: 'administrators_only' } })
    expect(await ask(app.anonymous.get)).toMatchObject({ status: 401 })
  })

  test('changes nothing for others, whatever they send', async () => {
    const replies = await Promise.all(changes(bob))
    const malformed = await bob.patch('/api/v1/users/abc', { nonsense: true })

    for (const reply of [...replies, malformed])
      expect(reply).toMatchObject({ status: 403, body: { code: 'administrators_only' } })
    expect((await bob.get('/api/v1/auth/me')).body).toMatchObject({ is_admin: false })
  })

  test('is for sessions and keys of full scope; to read accounts is not to read what is one’s own', async () => {
    const key = async (owner: Account, scope: 'read' | 'import' | 'full') => {
      const made = await call(owner.server, endpoints.createApiKey, { body: { name: scope, scope } })
      return callerAt(app.origin, made.key).get('/api/v1/users')
    }

    expect((await key(admin, 'full')).status).toBe(200)
    for (const scope of ['read', 'import'] as const)
      expect(await key(admin, scope)).toMatchObject({ status: 403, body: { code: 'scope_insufficient' } })
    expect(await key(bob, 'full')).toMatchObject({ status: 403, body: { code: 'administrators_only' } })
  })

  test('is over for one who is deactivated in the middle', async () => {
    const carol = await app.as(CAROL)
    await admin.patch(`/api/v1/users/${carol.id}`, { is_admin: true })
    expect((await carol.get('/api/v1/users')).status).toBe(200)

    await admin.patch(`/api/v1/users/${carol.id}`, { is_active: false })

    expect((await carol.get('/api/v1/users')).status).toBe(401)
  })
})
