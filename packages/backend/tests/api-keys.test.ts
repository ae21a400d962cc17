import type { KeyScope } from '@imalink/contract'
import { describe, expect, test } from 'vitest'
import { anEgg } from './an-egg.ts'
import { ALICE, BOB, type Caller, callerAt, fetchReply, testApp } from './test-app.ts'

const app = await testApp()
const alice = await app.as(ALICE)

interface MadeKey {
  readonly id: number
  readonly key: string
  readonly prefix: string
}

async function makeKey(scope: KeyScope, wishes: object = {}): Promise<MadeKey & { program: Caller }> {
  const reply = await alice.post('/api/v1/users/me/api-keys', { name: `for ${scope}`, scope, ...wishes })
  expect(reply.status).toBe(201)
  const made = reply.body as MadeKey
  return { ...made, program: callerAt(app.origin, made.key) }
}

test('is shown once, and kept as nothing that could be used', async () => {
  const made = await makeKey('read', { name: 'laptop' })

  const list = await alice.get('/api/v1/users/me/api-keys')
  const kept = JSON.stringify(await app.db.selectFrom('api_keys').selectAll().execute())

  expect(Object.keys(made).sort()).toEqual(
    ['created_at', 'expires_at', 'id', 'key', 'name', 'prefix', 'program', 'scope'].sort(),
  )
  expect(made.key.startsWith(made.prefix)).toBe(true)
  expect(list.body).toMatchObject({ data: [{ id: made.id, name: 'laptop', last_used_at: null }] })
  expect(list.bytes.toString()).not.toContain(made.key)
  expect(kept).not.toContain(made.key)
})

const aSession = { title: 'import' }

/** What a caller may or may not do, by the status of a call that nothing else is wrong with. */
const calls: Record<string, (caller: Caller) => Promise<{ status: number }>> = {
  'read the own account': (caller) => caller.get('/api/v1/auth/me'),
  'list photos': (caller) => caller.get('/api/v1/photos'),
  'read the timeline': (caller) => caller.get('/api/v1/timeline'),
  'list the trash': (caller) => caller.get('/api/v1/photos/trash'),
  'ask which photos are known': (caller) => caller.post('/api/v1/photos/known', {}),
  'add a photo': (caller) => caller.post('/api/v1/photos/photoegg', anEgg()),
  'add photos': (caller) => caller.post('/api/v1/photos/photoegg/batch', { photos: [anEgg()] }),
  'begin an import': (caller) => caller.post('/api/v1/import-sessions', aSession),
  'list imports': (caller) => caller.get('/api/v1/import-sessions'),
  'delete a photo': async (caller) => {
    const { id } = await alice.create(anEgg())
    return caller.delete(`/api/v1/photos/${id}`)
  },
  'read the own profile': (caller) => caller.get('/api/v1/users/me'),
  'change the own profile': (caller) => caller.put('/api/v1/users/me', { display_name: 'Alice' }),
  'see where the account is signed in': (caller) => caller.get('/api/v1/users/me/sessions'),
  'change the password': (caller) =>
    caller.post('/api/v1/users/me/change-password', {
      current_password: ALICE.password,
      new_password: 'the password of a thief',
    }),
  'delete the account': (caller) =>
    fetchReply(`${app.origin}/api/v1/users/me`, {
      method: 'DELETE',
      headers: {
        authorization: `Bearer ${caller.server.token ?? ''}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ password: ALICE.password }),
    }),
  'list keys': (caller) => caller.get('/api/v1/users/me/api-keys'),
  'make a key': (caller) => caller.post('/api/v1/users/me/api-keys', { name: 'x', scope: 'read' }),
  'revoke a key': (caller) => caller.delete('/api/v1/users/me/api-keys/1'),
}

const allowed: Record<KeyScope, readonly string[]> = {
  read: [
    'read the own account',
    'list photos',
    'read the timeline',
    'list the trash',
    'list imports',
    'read the own profile',
    'see where the account is signed in',
    'list keys',
  ],
  import: [
    'read the own account',
    'ask which photos are known',
    'add a photo',
    'add photos',
    'begin an import',
    'list imports',
  ],
  full: Object.keys(calls).filter(
    (what) => !/^(make|revoke) a key|^change the password|^delete the account/.test(what),
  ),
}

describe.each(Object.entries(allowed))('a key of scope %s', (scope, mayDo) => {
  test.each(mayDo)('may %s', async (what) => {
    const { program } = await makeKey(scope as KeyScope)

    const status = (await calls[what]?.(program))?.status

    expect(status).toBeGreaterThanOrEqual(200)
    expect(status).toBeLessThan(300)
  })

  test.each(Object.keys(calls).filter((what) => !mayDo.includes(what)))('may not %s', async (what) => {
    const { program } = await makeKey(scope as KeyScope)

    expect(await calls[what]?.(program)).toMatchObject({
      status: 403,
      body: { code: 'scope_insufficient' },
    })
  })
})

test('sees what its owner sees and nothing of others', async () => {
  const bob = await app.as(BOB)
  const [own, hidden] = [await alice.create(anEgg()), await bob.create(anEgg())]
  const { program } = await makeKey('read')

  expect((await program.get(`/api/v1/photos/${own.id}`)).status).toBe(200)
  expect((await program.get(`/api/v1/photos/${hidden.id}`)).status).toBe(404)
})

test('remembers when it was last used', async () => {
  const { id, program } = await makeKey('read')
  await program.get('/api/v1/auth/me')

  const { body } = await alice.get('/api/v1/users/me/api-keys')

  const used = (body as { data: { id: number; last_used_at: string }[] }).data.find((key) => key.id === id)
  expect(Date.now() - Date.parse(used?.last_used_at ?? '')).toBeLessThan(60_000)
})

describe('ends', () => {
  test('at once when it is revoked, where credentials are optional as well', async () => {
    const { id, program } = await makeKey('full')

    expect((await alice.delete(`/api/v1/users/me/api-keys/${id}`)).status).toBe(204)

    expect(await program.get('/api/v1/timeline')).toMatchObject({
      status: 401,
      body: { code: 'credentials_invalid' },
    })
    expect(await alice.delete(`/api/v1/users/me/api-keys/${id}`)).toMatchObject({
      status: 404,
      body: { code: 'api_key_not_found' },
    })
  })

  test('when its time is over', async () => {
    const lives = await makeKey('read', { expires_at: new Date(Date.now() + 60_000).toISOString() })
    const over = await makeKey('read', { expires_at: '2020-01-01T12:00:00+02:00' })

    expect((await lives.program.get('/api/v1/auth/me')).status).toBe(200)
    expect((await over.program.get('/api/v1/auth/me')).status).toBe(401)
  })

  test('not when the key itself calls sign-out: only sessions are signed out', async () => {
    const { program } = await makeKey('full')

    expect((await program.post('/api/v1/auth/logout')).status).toBe(204)

    expect((await program.get('/api/v1/auth/me')).status).toBe(200)
    expect((await alice.get('/api/v1/auth/me')).status).toBe(200)
  })
})

test("another user's key cannot be revoked: it does not exist", async () => {
  const { id, program } = await makeKey('read')
  const bob = await app.as(BOB)

  expect(await bob.delete(`/api/v1/users/me/api-keys/${id}`)).toMatchObject({
    status: 404,
    body: { code: 'api_key_not_found' },
  })
  expect((await program.get('/api/v1/auth/me')).status).toBe(200)
})

test('are listed page by page, latest first, by cursor and by offset', async () => {
  const bob = await app.as(BOB)
  for (const name of ['first', 'second', 'third'])
    await bob.post('/api/v1/users/me/api-keys', { name, scope: 'read' })

  const page = await bob.get('/api/v1/users/me/api-keys?limit=2')
  const cursor = (page.body as { meta: { next_cursor: string } }).meta.next_cursor
  const rest = await bob.get(`/api/v1/users/me/api-keys?limit=2&cursor=${cursor}`)
  const offset = await bob.get('/api/v1/users/me/api-keys?limit=2&offset=2')
  const both = await bob.get(`/api/v1/users/me/api-keys?offset=2&cursor=${cursor}`)

  expect(page.body).toMatchObject({
    data: [{ name: 'third' }, { name: 'second' }],
    meta: { total: 3, offset: 0, limit: 2, page: 1, pages: 2 },
  })
  expect(rest.body).toMatchObject({ data: [{ name: 'first' }], meta: { total: null, next_cursor: null } })
  expect(offset.body).toMatchObject({ data: [{ name: 'first' }], meta: { total: 3, page: 2 } })
  expect(both).toMatchObject({ status: 400, body: { code: 'contradicting_parameters' } })
})

test.each([
  ['no name', { scope: 'read' }],
  ['an empty name', { name: '', scope: 'read' }],
  ['a scope that does not exist', { name: 'x', scope: 'admin' }],
  ['a time that is none', { name: 'x', scope: 'read', expires_at: 'tomorrow' }],
])('is not made with %s', async (_what, body) => {
  expect((await alice.post('/api/v1/users/me/api-keys', body)).status).toBe(422)
})
