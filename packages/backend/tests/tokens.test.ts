import { createHmac, createSign, generateKeyPairSync } from 'node:crypto'
import type { Tokens } from '@imalink/contract'
import { describe, expect, test } from 'vitest'
import { sha256 } from './an-egg.ts'
import { ALICE, BOB, browserAt, callerAt, cookieFrom, type Person, testApp } from './test-app.ts'

const app = await testApp()
await app.as(ALICE)

const refresh = (refresh_token: string) => app.anonymous.post('/api/v1/auth/refresh', { refresh_token })

/** A session of its own: its tokens, and the browser that holds its cookie. */
async function signIn({ username, password }: Person = ALICE) {
  const reply = await app.anonymous.post('/api/v1/auth/login', { username, password })
  const tokens = reply.body as Tokens
  const browser = browserAt(app.origin, cookieFrom(reply) ?? '')
  return { ...tokens, program: callerAt(app.origin, tokens.access_token), browser }
}

async function letTimePass(refreshToken: string, seconds: number): Promise<void> {
  const spent_at = new Date(Date.now() - seconds * 1000).toISOString()
  await app.db
    .updateTable('refresh_tokens')
    .set({ spent_at })
    .where('token_hash', '=', sha256(refreshToken))
    .execute()
}

describe('a refresh token', () => {
  test('is traded for another pair that works, and for the cookie again', async () => {
    const first = await signIn()

    const reply = await refresh(first.refresh_token)

    const second = reply.body as Tokens
    expect(second).toMatchObject({ token_type: 'bearer', expires_in: 1800, user: first.user })
    expect(second.refresh_token).not.toBe(first.refresh_token)
    expect(second.access_token).not.toBe(first.access_token)
    const [program, browser] = [
      callerAt(app.origin, second.access_token),
      browserAt(app.origin, cookieFrom(reply) ?? ''),
    ]
    expect((await program.get('/api/v1/auth/me')).body).toEqual(first.user)
    expect((await browser.get('/api/v1/auth/me')).body).toEqual(first.user)
  })

  test('gives the same pair again for ten seconds, to calls at once as well', async () => {
    const { refresh_token } = await signIn()

    const atOnce = await Promise.all(Array.from({ length: 5 }, () => refresh(refresh_token)))
    await letTimePass(refresh_token, 5)
    const later = await refresh(refresh_token)

    expect(new Set(atOnce.map((reply) => JSON.stringify(reply.body))).size).toBe(1)
    expect([...atOnce, later].map((reply) => reply.status)).toEqual([200, 200, 200, 200, 200, 200])
    expect(later.body).toMatchObject({ refresh_token: (atOnce[0]?.body as Tokens).refresh_token })
  })

  test('that is used again later ends its whole family at once, and no other', async () => {
    const stolen = await signIn()
    const elsewhere = await signIn()
    const next = (await refresh(stolen.refresh_token)).body as Tokens
    await letTimePass(stolen.refresh_token, 11)

    const again = await refresh(stolen.refresh_token)

    expect(again).toMatchObject({ status: 401, body: { code: 'refresh_token_invalid' } })
    expect((await refresh(next.refresh_token)).status).toBe(401)
    expect((await callerAt(app.origin, next.access_token).get('/api/v1/auth/me')).status).toBe(401)
    expect((await stolen.browser.get('/api/v1/auth/me')).status).toBe(401)
    expect((await elsewhere.program.get('/api/v1/auth/me')).status).toBe(200)
  })

  test('is refused when it is unknown or has expired', async () => {
    const { refresh_token } = await signIn()
    await app.db
      .updateTable('refresh_tokens')
      .set({ expires_at: '2020-01-01T00:00:00.000Z' })
      .where('token_hash', '=', sha256(refresh_token))
      .execute()

    const replies = [await refresh('unknown'), await refresh(refresh_token)]

    expect(replies.map((reply) => reply.status)).toEqual([401, 401])
    expect(replies[0]?.body).toEqual(replies[1]?.body)
    expect(replies[0]?.headers.get('www-authenticate')).toBe('Bearer')
  })

  test('that is traded keeps its session, and its cookie, for another 30 days', async () => {
    const { refresh_token, browser } = await signIn()
    const tomorrow = new Date(Date.now() + 24 * 60 * 60 * 1000).toISOString()
    const session = app.db.selectFrom('refresh_tokens').select('session_id')
    await app.db
      .updateTable('sessions')
      .set({ expires_at: tomorrow })
      .where('id', '=', session.where('token_hash', '=', sha256(refresh_token)))
      .execute()

    await refresh(refresh_token)

    const { expires_at } = await app.db
      .selectFrom('sessions')
      .select('expires_at')
      .where('id', '=', session.where('token_hash', '=', sha256(refresh_token)))
      .executeTakeFirstOrThrow()
    expect(Date.parse(expires_at) - Date.now()).toBeGreaterThan(29 * 24 * 60 * 60 * 1000)
    expect((await browser.get('/api/v1/auth/me')).status).toBe(200)
  })

  test('is kept as nothing that could be used by a reader of the database', async () => {
    const { refresh_token } = await signIn()
    await refresh(refresh_token)

    const kept = JSON.stringify([
      await app.db.selectFrom('refresh_tokens').selectAll().execute(),
      await app.db.selectFrom('sessions').selectAll().execute(),
    ])

    expect(kept).not.toContain(refresh_token)
    expect(kept).toContain(sha256(refresh_token))
  })
})

describe('signing out', () => {
  test('ends the access token, the refresh token and the cookie at once', async () => {
    const session = await signIn()

    const reply = await session.program.post('/api/v1/auth/logout')

    expect(reply.status).toBe(204)
    expect(reply.headers.get('clear-site-data')).toBe('"cache"')
    expect(cookieFrom(reply)).toBe('imalink_session=')
    expect((await session.program.get('/api/v1/auth/me')).status).toBe(401)
    expect((await session.browser.get('/api/v1/auth/me')).status).toBe(401)
    expect((await refresh(session.refresh_token)).status).toBe(401)
  })

  test('in the browser ends the same session, and leaves others', async () => {
    const [here, elsewhere] = [await signIn(), await signIn()]

    await here.browser.post('/api/v1/auth/logout')

    expect((await here.program.get('/api/v1/auth/me')).status).toBe(401)
    expect((await elsewhere.browser.get('/api/v1/auth/me')).status).toBe(200)
  })

  test('does nothing to somebody who is not signed in', async () => {
    expect((await app.anonymous.post('/api/v1/auth/logout')).status).toBe(204)
  })
})

interface Forgery {
  readonly alg?: string
  readonly key?: string
  readonly claims?: object
  /** More for the token's head. */
  readonly head?: object
}

const pair = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
})
const ownKey = 'a key of the forger, 32 bytes long.'
const ownJwk = { kty: 'oct', k: Buffer.from(ownKey).toString('base64url'), alg: 'HS256' }

/** The token with another algorithm, key, head or claims, and a signature that fits them. */
function forge(token: string, { alg = 'HS256', key = app.config.secret, claims = {}, head = {} }: Forgery) {
  const payload = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as object
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')
  const signed = `${encode({ alg, typ: 'JWT', ...head })}.${encode({ ...payload, ...claims })}`
  return `${signed}.${signature(signed, alg, key)}`
}

function signature(signed: string, alg: string, key: string): string {
  if (alg.toLowerCase() === 'none') return ''
  const bits = alg.slice(2)
  if (alg.startsWith('RS'))
    return createSign(`rsa-sha${bits}`).update(signed).sign(pair.privateKey, 'base64url')
  return createHmac(`sha${bits}`, key).update(signed).digest('base64url')
}

const sessionIdOf = async (someone: Person) => {
  const { id } = await app.as(someone)
  const row = await app.db.selectFrom('sessions').select('id').where('user_id', '=', id).executeTakeFirst()
  return row?.id
}

describe('an access token', () => {
  test('is a JWT that names its user, its times and itself', async () => {
    const { access_token, user } = await signIn()

    const [head, payload] = access_token
      .split('.')
      .slice(0, 2)
      .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>)

    expect(head?.['alg']).toBe('HS256')
    expect(payload).toMatchObject({ sub: String(user.id), jti: expect.any(String) as string })
    expect(Number(payload?.['exp']) - Number(payload?.['iat'])).toBe(1800)
  })

  test('counts when another program signs the same claims with the same secret', async () => {
    const { access_token } = await signIn()

    const reply = await callerAt(app.origin, forge(access_token, {})).get('/api/v1/auth/me')

    expect(reply.status).toBe(200)
  })

  test.each<[string, Forgery | (() => Promise<Forgery>)]>([
    ['signed by nobody (alg none)', { alg: 'none' }],
    ['signed by nobody, in other letters', { alg: 'nOnE' }],
    ['signed with another algorithm', { alg: 'HS512' }],
    ['signed with another key', { key: 'another secret, 32 bytes long ...' }],
    ['signed with an empty key', { key: '' }],
    ['signed with a private key, as if its public half were known here', { alg: 'RS256' }],
    ['signed with a public key as if it were the secret', { key: pair.publicKey }],
    ['that brings its own key', { key: ownKey, head: { jwk: ownJwk } }],
    [
      'that says where its key lies',
      { key: ownKey, head: { kid: '../../dev/null', jku: 'http://127.0.0.1/' } },
    ],
    ['that has expired', { claims: { exp: Math.floor(Date.now() / 1000) - 1 } }],
    ['that never expires', { claims: { exp: null } }],
    ["with somebody else's number", async () => ({ claims: { sub: String((await app.as(BOB)).id) } })],
    ['with a number that is none', { claims: { sub: 'admin' } }],
    ['with a number of another type', { claims: { sub: 1 } }],
    ['of a session that does not exist', { claims: { sid: 'nothing' } }],
    ["of somebody else's session", async () => ({ claims: { sid: await sessionIdOf(BOB) } })],
    ['without its times', { claims: { exp: undefined } }],
  ])('%s is refused, where credentials are optional as well', async (_what, given) => {
    const { access_token } = await signIn()
    const forgery = typeof given === 'function' ? await given() : given
    const forger = callerAt(app.origin, forge(access_token, forgery))

    const replies = [await forger.get('/api/v1/auth/me'), await forger.get('/api/v1/timeline')]

    for (const reply of replies) {
      expect(reply).toMatchObject({ status: 401, body: { code: 'credentials_invalid' } })
      expect(reply.headers.get('www-authenticate')).toBe('Bearer')
    }
  })

  test('with its signature cut off, changed or taken from another is refused', async () => {
    const [one, other] = [(await signIn()).access_token, (await signIn()).access_token]
    const [head = '', payload = '', signed = ''] = one.split('.')
    const altered = (signed.startsWith('A') ? 'B' : 'A') + signed.slice(1)
    const tokens = [`${head}.${payload}`, `${head}.${payload}.`, `${head}.${payload}.${altered}`]

    for (const token of [...tokens, `${head}.${payload}.${other.split('.')[2]}`])
      expect((await callerAt(app.origin, token).get('/api/v1/auth/me')).status).toBe(401)
  })

  test.each(['Basic YTpi', 'Bearer', 'Bearer a b', 'nonsense', ''])(
    'is not what "Authorization: %s" carries',
    async (authorization) => {
      const reply = await app.anonymous.get('/api/v1/timeline', { authorization })

      expect(reply).toMatchObject({ status: 401, body: { code: 'credentials_invalid' } })
    },
  )

  test('stops counting when its account is made inactive, as do cookie and refresh token', async () => {
    await app.as(BOB)
    const bob = await signIn(BOB)
    await app.db.updateTable('users').set({ is_active: 0 }).where('id', '=', bob.user.id).execute()

    expect((await bob.program.get('/api/v1/auth/me')).status).toBe(401)
    expect((await bob.browser.get('/api/v1/auth/me')).status).toBe(401)
    expect((await refresh(bob.refresh_token)).status).toBe(401)
  })
})
