import { endpoints } from '@imalink/contract'
import { ApiError, call } from '@imalink/client'
import { describe, expect, test } from 'vitest'
import { ALICE, BOB, testApp } from './test-app.ts'

const app = await testApp()
const register = (body: object) => app.anonymous.post('/api/v1/auth/register', body)
const login = (body: object) => app.anonymous.post('/api/v1/auth/login', body)

describe('registering', () => {
  test('makes the first account an administrator, and no later one', async () => {
    const first = await app.as(ALICE)
    const second = await app.as(BOB)

    expect(first.tokens.user.is_admin).toBe(true)
    expect(second.tokens.user.is_admin).toBe(false)
  })

  test('answers the account, never its password, and signs a browser in', async () => {
    const reply = await register({
      email: 'Dora@Example.org',
      password: 'a good password',
      display_name: 'Dora',
    })

    expect(reply.status).toBe(201)
    expect(reply.body).toMatchObject({
      email: 'Dora@Example.org',
      display_name: 'Dora',
      is_active: true,
      is_admin: false,
    })
    expect(Object.keys(reply.body as object).filter((key) => /pass|hash/.test(key))).toEqual([])
    expect(reply.headers.getSetCookie()[0]).toMatch(/^imalink_session=/)
  })

  test('gives a username that tells nothing of the e-mail address', async () => {
    const reply = await register({ email: 'erna.secret@example.org', password: 'a good password' })

    expect(reply.body).toMatchObject({ username: expect.stringMatching(/^user-[0-9a-f]{10}$/) as string })
    const { username, display_name } = reply.body as { username: string; display_name: string }
    expect(display_name).toBe(username)
  })

  test.each([
    ['username', { username: 'ALICE', email: 'other@example.org' }, 'username_taken'],
    ['e-mail address', { username: 'other', email: 'Alice@Example.ORG' }, 'email_taken'],
  ])('refuses a %s that differs from a taken one only in case', async (_what, names, code) => {
    await app.as(ALICE)

    const reply = await register({ ...names, password: 'a good password' })

    expect(reply).toMatchObject({ status: 409, body: { code, status: 409 } })
  })

  test('lets one of several that ask for the same name at once have it', async () => {
    const attempts = Array.from({ length: 4 }, (_, index) =>
      register({ username: 'wanted', email: `wanted${index}@example.org`, password: 'a good password' }),
    )

    const statuses = (await Promise.all(attempts)).map((reply) => reply.status).sort()

    expect(statuses).toEqual([201, 409, 409, 409])
  })

  test.each(['all', 'mine', 'Me'])('keeps the name %s for itself', async (username) => {
    const reply = await register({ username, email: 'x@example.org', password: 'a good password' })

    expect(reply).toMatchObject({
      status: 422,
      body: { code: 'validation_failed', errors: [{ path: 'body.username' }] },
    })
  })

  test('refuses a password longer than 72 bytes and says so, and takes one of 72', async () => {
    const tooLong = await register({ email: 'long@example.org', password: 'ø'.repeat(36) + 'x' })
    const justRight = await register({ email: 'long@example.org', password: 'ø'.repeat(36) })

    expect(tooLong).toMatchObject({
      status: 422,
      body: { detail: expect.stringContaining('72 bytes') as string },
    })
    expect(justRight.status).toBe(201)
  })

  test.each([
    ['a password of 7 characters', { email: 'x@example.org', password: '1234567' }],
    ['no e-mail address', { email: 'nobody', password: 'a good password' }],
    ['a username with a space', { email: 'x@example.org', password: 'a good password', username: 'a b' }],
  ])('refuses %s', async (_what, body) => {
    expect(await register(body)).toMatchObject({ status: 422, body: { code: 'validation_failed' } })
  })

  test('refuses a field that does not exist', async () => {
    const reply = await register({ email: 'x@example.org', password: 'a good password', is_admin: true })

    expect(reply).toMatchObject({ status: 422, body: { code: 'unknown_field' } })
  })
})

describe('signing in', () => {
  test.each([
    ['e-mail address', { email: ALICE.email }],
    ['username', { username: ALICE.username }],
    ['e-mail address in the field for usernames', { username: ALICE.email }],
    ['username in other case', { username: 'aLiCe' }],
  ])('works by %s', async (_by, name) => {
    const { id } = await app.as(ALICE)

    const reply = await login({ ...name, password: ALICE.password })

    expect(reply).toMatchObject({
      status: 200,
      body: { token_type: 'bearer', expires_in: 1800, user: { id } },
    })
  })

  test('answers a wrong name and a wrong password alike', async () => {
    await app.as(ALICE)

    const wrongPassword = await login({ username: 'alice', password: 'wrong' })
    const wrongName = await login({ username: 'nobody-here', password: 'wrong' })

    expect(wrongPassword.status).toBe(401)
    expect(wrongPassword.headers.get('www-authenticate')).toBe('Bearer')
    expect(wrongPassword.body).toEqual(wrongName.body)
    expect(wrongPassword.body).toMatchObject({ code: 'wrong_credentials' })
  })

  test('takes as long for a wrong name as for a wrong password', async () => {
    await app.as(ALICE)
    const time = async (username: string) => {
      const before = performance.now()
      await login({ username, password: 'wrong' })
      return performance.now() - before
    }

    const wrongPassword = await time('alice')
    const wrongName = await time('nobody-here')

    // A hash of cost 12 takes 150 ms and more; to find no name, a few.
    expect(wrongName).toBeGreaterThan(wrongPassword / 4)
  })

  test('does not take a password that goes on behind the 72 bytes that count', async () => {
    await register({ email: 'seventytwo@example.org', password: 'p'.repeat(72) })

    const reply = await login({ email: 'seventytwo@example.org', password: 'p'.repeat(73) })

    expect(reply.status).toBe(401)
  })

  test('finds nobody by a name that no database can hold', async () => {
    expect(await login({ username: 'al\0ice', password: 'wrong' })).toMatchObject({ status: 401 })
    expect(await login({ username: 'al\ud800ice', password: 'wrong' })).toMatchObject({ status: 401 })
  })

  test.each([[{ password: 'x' }], [{ username: 'a', email: 'a@example.org', password: 'x' }]])(
    'needs exactly one name: %j',
    async (body) => {
      expect(await login(body)).toMatchObject({ status: 422 })
    },
  )

  test('ignores credentials that it does not need', async () => {
    await app.as(ALICE)

    const reply = await app.anonymous.post(
      '/api/v1/auth/login',
      { username: 'alice', password: ALICE.password },
      { authorization: 'Bearer nonsense', cookie: 'imalink_session=nonsense' },
    )

    expect(reply.status).toBe(200)
  })

  test('does not open an account that is not active', async () => {
    const { body } = await register({ email: 'gone@example.org', password: 'a good password' })
    const { id } = body as { id: number }
    await app.db.updateTable('users').set({ is_active: 0 }).where('id', '=', id).execute()

    const reply = await login({ email: 'gone@example.org', password: 'a good password' })

    expect(reply).toMatchObject({ status: 401, body: { code: 'wrong_credentials' } })
  })
})

test('tells a signed-in caller who they are', async () => {
  const alice = await app.as(ALICE)

  const me = await call(alice.server, endpoints.me, {})

  expect(me).toEqual(alice.tokens.user)
})

test('asks somebody who is not signed in to sign in', async () => {
  const failure = await call(app.anonymous.server, endpoints.me, {}).catch((error: unknown) => error)

  expect(failure).toBeInstanceOf(ApiError)
  expect(failure).toMatchObject({ status: 401, code: 'credentials_required' })
})
