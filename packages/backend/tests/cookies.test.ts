import { describe, expect, test } from 'vitest'
import { sha256 } from './an-egg.ts'
import { ALICE, BOB, browserAt, callerAt, cookieFrom, type Reply, testApp } from './test-app.ts'

const app = await testApp()
await app.as(ALICE)

const login = (headers: Record<string, string> = {}) =>
  app.anonymous.post('/api/v1/auth/login', { username: ALICE.username, password: ALICE.password }, headers)

const signedIn = await login()
const cookie = cookieFrom(signedIn) ?? ''
const browser = browserAt(app.origin, cookie)

const attributesOf = (reply: Reply) => reply.headers.getSetCookie()[0]?.split('; ').slice(1).sort()
const aSession = { title: 'made by a page' }

describe('the session cookie', () => {
  test('is out of reach of scripts and other sites, for thirty days', () => {
    expect(attributesOf(signedIn)).toEqual(['HttpOnly', 'Max-Age=2592000', 'Path=/', 'SameSite=Lax'])
  })

  test('does not believe a stranger who says that the page came by https', async () => {
    const reply = await login({ 'x-forwarded-proto': 'https' })

    expect(attributesOf(reply)).not.toContain('Secure')
  })

  test('signs its browser in', async () => {
    expect(await browser.get('/api/v1/auth/me')).toMatchObject({ status: 200, body: { username: 'alice' } })
  })

  test('that is unknown is cleared, and its browser is nobody in particular', async () => {
    const stranger = browserAt(app.origin, 'imalink_session=made-up')

    const [open, closed] = [await stranger.get('/api/v1/timeline'), await stranger.get('/api/v1/auth/me')]

    expect(open.status).toBe(200)
    expect(cookieFrom(open)).toBe('imalink_session=')
    expect(closed).toMatchObject({ status: 401, body: { code: 'credentials_required' } })
    expect(cookieFrom(closed)).toBe('imalink_session=')
  })

  test('that has expired is cleared', async () => {
    const value = cookieFrom(await login()) ?? ''
    await changeSession(value, { expires_at: '2020-01-01T00:00:00.000Z' })

    const reply = await browserAt(app.origin, value).get('/api/v1/timeline')

    expect(cookieFrom(reply)).toBe('imalink_session=')
  })

  test('is given for another thirty days when it was last used a while ago, and not at every call', async () => {
    const value = cookieFrom(await login()) ?? ''
    const soon = new Date(Date.now() + 60_000).toISOString()
    await changeSession(value, {
      last_used_at: new Date(Date.now() - 3_600_000).toISOString(),
      expires_at: soon,
    })
    const visitor = browserAt(app.origin, value)

    const [first, second] = [await visitor.get('/api/v1/auth/me'), await visitor.get('/api/v1/auth/me')]

    expect(cookieFrom(first)).toBe(value)
    expect(attributesOf(first)).toContain('Max-Age=2592000')
    expect(second.headers.getSetCookie()).toEqual([])
    const row = await sessionOf(value)
    expect(Date.parse(row.expires_at) - Date.now()).toBeGreaterThan(29 * 86_400_000)
  })
})

const hashOf = (value: string) => sha256(value.replace('imalink_session=', ''))

async function changeSession(value: string, change: { last_used_at?: string; expires_at: string }) {
  await app.db.updateTable('sessions').set(change).where('cookie_hash', '=', hashOf(value)).execute()
}

function sessionOf(value: string) {
  return app.db
    .selectFrom('sessions')
    .selectAll()
    .where('cookie_hash', '=', hashOf(value))
    .executeTakeFirstOrThrow()
}

describe('a change made with the cookie', () => {
  test('is done for a page of this server', async () => {
    expect((await browser.post('/api/v1/import-sessions', aSession)).status).toBe(201)
  })

  test.each([
    ['another site', { origin: 'https://elsewhere.example' }],
    ['another port', { origin: 'http://127.0.0.1:1' }],
    ['a page without an address', { origin: 'null' }],
    ['https, where this server is reached by http', { origin: app.origin.replace('http:', 'https:') }],
  ])('is refused for a page of %s', async (_whose, headers) => {
    const reply = await app.anonymous.post('/api/v1/import-sessions', aSession, { cookie, ...headers })

    expect(reply).toMatchObject({ status: 403, body: { code: 'origin_not_allowed' } })
  })

  test('is refused where nothing says which page it comes from', async () => {
    const reply = await app.anonymous.post('/api/v1/import-sessions', aSession, { cookie })

    expect(reply).toMatchObject({ status: 403, body: { code: 'origin_not_allowed' } })
  })

  test('includes signing out', async () => {
    const headers = { cookie, origin: 'https://elsewhere.example' }

    expect((await app.anonymous.post('/api/v1/auth/logout', undefined, headers)).status).toBe(403)
    expect((await browser.get('/api/v1/auth/me')).status).toBe(200)
  })

  test('is judged by a bearer token alone where there is one', async () => {
    const bob = await app.as(BOB)
    const headers = { cookie, origin: 'https://elsewhere.example' }

    const made = await bob.post('/api/v1/import-sessions', aSession, headers)
    const me = await bob.get('/api/v1/auth/me', headers)
    const bad = await callerAt(app.origin, 'nonsense').get('/api/v1/auth/me', { cookie })

    expect(made.status).toBe(201)
    expect(me.body).toMatchObject({ username: 'bob' })
    expect(bad).toMatchObject({ status: 401, body: { code: 'credentials_invalid' } })
  })
})

describe('a cookie that was there before signing in', () => {
  const planted = `imalink_session=${'p'.repeat(43)}`
  const steps: [string, () => Promise<Reply>][] = [
    ['signing in', () => login({ cookie: planted })],
    [
      'registering',
      () => {
        const email = `${Date.now()}@example.org`
        return app.anonymous.post(
          '/api/v1/auth/register',
          { email, password: 'a good password' },
          { cookie: planted },
        )
      },
    ],
    [
      'trading a refresh token',
      async () => {
        const { refresh_token } = (await login()).body as { refresh_token: string }
        return app.anonymous.post('/api/v1/auth/refresh', { refresh_token }, { cookie: planted })
      },
    ],
  ]

  test.each(steps)('is not taken over by %s', async (_what, step) => {
    const reply = await step()

    const given = cookieFrom(reply) ?? ''
    expect(given).toMatch(/^imalink_session=.{20,}/)
    expect(given).not.toBe(planted)
    expect((await browserAt(app.origin, given).get('/api/v1/auth/me')).status).toBe(200)
    expect((await browserAt(app.origin, planted).get('/api/v1/auth/me')).status).toBe(401)
  })

  test("stays its owner's when somebody else signs in with it", async () => {
    const bob = await app.as(BOB)
    const { username, password } = BOB

    const reply = await app.anonymous.post('/api/v1/auth/login', { username, password }, { cookie })

    expect((await browserAt(app.origin, cookieFrom(reply) ?? '').get('/api/v1/auth/me')).body).toMatchObject({
      id: bob.id,
    })
    expect((await browser.get('/api/v1/auth/me')).body).toMatchObject({ username: 'alice' })
  })
})

test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data'])(
  'no form of another site signs anybody in: %s',
  async (type) => {
    const body = JSON.stringify({ username: ALICE.username, password: ALICE.password })

    const reply = await app.anonymous.post('/api/v1/auth/login', body, {
      'content-type': type,
      origin: 'https://elsewhere.example',
    })

    expect(reply).toMatchObject({ status: 415, body: { code: 'unsupported_media_type' } })
    expect(cookieFrom(reply)).toBeUndefined()
  },
)

test('reads need no page: a picture in a page sends no Origin', async () => {
  expect((await app.anonymous.get('/api/v1/auth/me', { cookie })).status).toBe(200)
})

describe('behind a proxy that the settings trust', () => {
  test('the cookie goes over https only, and pages come from the proxy by its outer name', async () => {
    const { anonymous } = await testApp({ IMALINK_TRUSTED_PROXIES: '127.0.0.1' })
    const outside = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'photos.example.org' }

    const registered = await anonymous.post('/api/v1/auth/register', ALICE, outside)
    const own = { ...outside, cookie: cookieFrom(registered) ?? '', origin: 'https://photos.example.org' }
    const made = await anonymous.post('/api/v1/import-sessions', aSession, own)
    const foreign = await anonymous.post('/api/v1/import-sessions', aSession, {
      ...own,
      origin: 'http://photos.example.org',
    })

    expect(attributesOf(registered)).toContain('Secure')
    expect(made.status).toBe(201)
    expect(foreign.status).toBe(403)
  })
})

test('a page of an origin that the settings name may make changes with the cookie', async () => {
  const friend = 'https://friend.example'
  const { anonymous } = await testApp({ IMALINK_ALLOWED_ORIGINS: friend })
  const registered = await anonymous.post('/api/v1/auth/register', ALICE)
  const own = cookieFrom(registered) ?? ''

  const reply = await anonymous.post('/api/v1/import-sessions', aSession, { cookie: own, origin: friend })

  expect(reply.status).toBe(201)
  expect(reply.headers.get('access-control-allow-origin')).toBe(friend)
  expect(reply.headers.get('access-control-allow-credentials')).toBe('true')
})
