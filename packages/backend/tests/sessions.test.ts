import { type Session, type Tokens, endpoints } from '@imalink/contract'
import { call } from '@imalink/client'
import { expect, test } from 'vitest'
import { ALICE, BOB, type Caller, type Person, browserAt, callerAt, cookieFrom, testApp } from './test-app.ts'

const app = await testApp()
const alice = await app.as(ALICE)

async function signIn({ username, password }: Person, userAgent = 'a program') {
  const reply = await app.anonymous.post(
    '/api/v1/auth/login',
    { username, password },
    { 'user-agent': userAgent },
  )
  const tokens = reply.body as Tokens
  const browser = browserAt(app.origin, cookieFrom(reply) ?? '')
  return { tokens, browser, program: callerAt(app.origin, tokens.access_token) }
}

async function sessionsOf(caller: Caller): Promise<Session[]> {
  const { body } = await caller.get('/api/v1/users/me/sessions?limit=500')
  return (body as { data: Session[] }).data
}

async function currentOf(caller: Caller): Promise<Session | undefined> {
  return (await sessionsOf(caller)).find(({ is_current }) => is_current)
}

test('tells where the caller is signed in, latest first, and which of them asks', async () => {
  const { program } = await signIn(ALICE, 'Browser/1.0')

  const sessions = await sessionsOf(program)

  expect(sessions.length).toBeGreaterThanOrEqual(2)
  expect(sessions[0]).toMatchObject({ user_agent: 'Browser/1.0', is_current: true })
  expect(sessions.filter(({ is_current }) => is_current)).toHaveLength(1)
  const times = sessions.map(({ created_at }) => created_at)
  expect(times).toEqual([...times].sort().reverse())
  expect(Date.parse(sessions[0]?.expires_at ?? '') - Date.now()).toBeGreaterThan(29 * 86_400_000)
})

test('counts a browser and its tokens as one', async () => {
  const { program, browser } = await signIn(ALICE)

  expect((await currentOf(program))?.id).toBe((await currentOf(browser))?.id)
})

test('names sessions by what opens none of them', async () => {
  const { program } = await signIn(ALICE)

  for (const { id } of await sessionsOf(program)) {
    const asCookie = await browserAt(app.origin, `imalink_session=${id}`).get('/api/v1/auth/me')
    const asToken = await callerAt(app.origin, id).get('/api/v1/auth/me')
    const asRefresh = await app.anonymous.post('/api/v1/auth/refresh', { refresh_token: id })

    expect([asCookie.status, asToken.status, asRefresh.status]).toEqual([401, 401, 401])
  }
})

test('ends one, with its tokens and cookie at once, and leaves the others', async () => {
  const [here, there] = [await signIn(ALICE), await signIn(ALICE)]
  const { id = '' } = (await currentOf(there.program)) ?? {}

  const reply = await here.program.delete(`/api/v1/users/me/sessions/${id}`)

  expect(reply.status).toBe(204)
  expect(reply.headers.getSetCookie()).toEqual([])
  expect((await there.program.get('/api/v1/auth/me')).status).toBe(401)
  expect((await there.browser.get('/api/v1/auth/me')).status).toBe(401)
  const { refresh_token } = there.tokens
  expect((await app.anonymous.post('/api/v1/auth/refresh', { refresh_token })).status).toBe(401)
  expect((await here.program.get('/api/v1/auth/me')).status).toBe(200)
  expect((await sessionsOf(here.program)).map((session) => session.id)).not.toContain(id)
})

test('signs the caller itself out as signing out does', async () => {
  const { browser } = await signIn(ALICE)
  const { id = '' } = (await currentOf(browser)) ?? {}

  const reply = await browser.delete(`/api/v1/users/me/sessions/${id}`)

  expect(reply.status).toBe(204)
  expect(cookieFrom(reply)).toBe('imalink_session=')
  expect(reply.headers.get('clear-site-data')).toBe('"cache"')
  expect((await browser.get('/api/v1/auth/me')).status).toBe(401)
})

test.each([
  [
    'is over',
    async () => {
      const { program } = await signIn(ALICE)
      const { id = '' } = (await currentOf(program)) ?? {}
      await program.post('/api/v1/auth/logout')
      return id
    },
  ],
  [
    "is somebody else's",
    async () => {
      await app.as(BOB)
      const bob = await signIn(BOB)
      return (await currentOf(bob.program))?.id ?? ''
    },
  ],
  ['never was', async () => '0'.repeat(32)],
  ['has no name that one could have', async () => 'a%00b'],
])('does not find a session that %s', async (_what, idOf) => {
  const reply = await alice.delete(`/api/v1/users/me/sessions/${await idOf()}`)

  expect(reply).toMatchObject({ status: 404, body: { code: 'session_not_found' } })
})

test('shows neither sessions that are over nor those of others', async () => {
  await app.as(BOB)
  const { program } = await signIn(BOB)
  const expired = await signIn(BOB)
  const { id = '' } = (await currentOf(expired.program)) ?? {}
  await app.db
    .updateTable('sessions')
    .set({ expires_at: '2020-01-01T00:00:00.000Z' })
    .where('handle', '=', id)
    .execute()

  const ids = (await sessionsOf(program)).map((session) => session.id)

  expect(ids).not.toContain(id)
  const others = (await sessionsOf(alice)).map((session) => session.id)
  expect(ids.filter((one) => others.includes(one))).toEqual([])
})

test('lists them page by page', async () => {
  const carol = await app.as({ username: 'carol', email: 'carol@example.org', password: 'long enough' })
  const all = await sessionsOf(carol)

  const paged: string[] = []
  let cursor: string | null = null
  do {
    const query = { limit: '1', ...(cursor === null ? {} : { cursor }) }
    const page: { data: Session[]; meta: { next_cursor: string | null } } = await call(
      carol.server,
      endpoints.listSessions,
      { query },
    )
    paged.push(...page.data.map(({ id }) => id))
    cursor = page.meta.next_cursor
  } while (cursor !== null)

  // Registering signs in as well.
  expect(all).toHaveLength(2)
  expect(paged).toEqual(all.map(({ id }) => id))
})

test('belongs to none of the sessions when an API key asks', async () => {
  const { key } = await call(alice.server, endpoints.createApiKey, { body: { name: 'nas', scope: 'read' } })

  const sessions = await sessionsOf(callerAt(app.origin, key))

  expect(sessions.length).toBeGreaterThan(0)
  expect(sessions.filter(({ is_current }) => is_current)).toEqual([])
})
