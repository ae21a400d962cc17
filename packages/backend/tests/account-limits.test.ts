import { describe, expect, test } from 'vitest'
import { anotherProcess } from './another-process.ts'
import { type Caller, type Person, type Reply, callerAt, testApp } from './test-app.ts'

/** Reached through a proxy on this machine, so that each call names the address that it comes from. */
const app = await testApp({ IMALINK_TRUSTED_PROXIES: '127.0.0.1' })

const HOME = '192.0.2.1'
const ELSEWHERE = '198.51.100.7'
const person = (username: string): Person => ({
  username,
  email: `${username}@example.org`,
  password: `the password of ${username}`,
})

const register = (someone: Person, address: string) =>
  app.anonymous.post('/api/v1/auth/register', someone, { 'x-forwarded-for': address })

const login = (username: string, password: string, address: string, at: Caller = app.anonymous) =>
  at.post('/api/v1/auth/login', { username, password }, { 'x-forwarded-for': address })

/** Somebody who signed in at home. */
async function resident(username: string): Promise<Person> {
  const someone = person(username)
  expect((await register(someone, HOME)).status).toBe(201)
  return someone
}

async function fail(username: string, times: number, address = ELSEWHERE, at?: Caller): Promise<Reply[]> {
  const replies: Reply[] = []
  for (let time = 0; time < times; time++) replies.push(await login(username, 'a guess', address, at))
  return replies
}

const statuses = (replies: readonly Reply[]) => replies.map(({ status }) => status)

describe('wrong passwords for one account', () => {
  test('are counted from all addresses and by all processes together, and after ten nothing is tried', async () => {
    const { username, password } = await resident('ada')
    const second = await anotherProcess(app)

    const within = [
      ...(await fail(username, 4, '198.51.100.1')),
      ...(await fail('ADA@example.org', 3, '198.51.100.2')),
      ...(await fail(username, 3, '198.51.100.3', second)),
    ]
    const beyond = [
      await login(username, 'a guess', '198.51.100.4'),
      await login(username, password, '198.51.100.5', second),
    ]

    expect(statuses(within)).toEqual(Array(10).fill(401))
    for (const reply of beyond) {
      expect(reply).toMatchObject({ status: 429, body: { code: 'rate_limited' } })
      const seconds = Number(reply.headers.get('retry-after'))
      expect(seconds).toBeGreaterThan(0)
      expect(seconds).toBeLessThanOrEqual(15 * 60)
    }
  })

  test('at once are not tried more often than ten times', async () => {
    const { username } = await resident('arno')

    const replies = await Promise.all(
      Array.from({ length: 14 }, (_, index) => login(username, 'a guess', `203.0.113.${index}`)),
    )

    expect(statuses(replies).sort()).toEqual([...Array<number>(10).fill(401), ...Array<number>(4).fill(429)])
  })

  test('do not lock it for an address from which it was signed in to', async () => {
    const { username, password } = await resident('bea')
    await fail(username, 11)

    const atHome = await login(username, password, HOME)
    const abroad = await login(username, password, ELSEWHERE)

    expect([atHome.status, abroad.status]).toEqual([200, 429])
  })

  test('do not count at such an address, so that its owner locks out nobody', async () => {
    const { username, password } = await resident('carl')
    await fail(username, 11, HOME)

    expect((await login(username, password, ELSEWHERE)).status).toBe(200)
  })

  test('lock it for an address from which nobody signed in for thirty days', async () => {
    const { username, password } = await resident('dag')
    const long_ago = new Date(Date.now() - 31 * 86_400_000).toISOString()
    await app.db
      .updateTable('known_addresses')
      .set({ signed_in_at: long_ago })
      .where('user_id', '=', (await userNamed(username)).id)
      .execute()
    await fail(username, 10)

    expect((await login(username, password, HOME)).status).toBe(429)
  })

  test('are forgotten after a quarter of an hour, and right ones never count', async () => {
    const { username, password } = await resident('eva')
    await fail(username, 10)
    expect((await login(username, password, ELSEWHERE)).status).toBe(429)
    await app.db
      .updateTable('rate_limits')
      .set({ resets_at: Date.now() - 1 })
      .execute()

    const replies: Reply[] = []
    for (let number = 0; number < 12; number++)
      replies.push(await login(username, password, `203.0.113.${100 + number}`))

    expect(statuses(replies)).toEqual(Array(12).fill(200))
  })

  test('of a name that nobody has are answered in the same way', async () => {
    const { username } = await resident('finn')

    const [known, unknown] = [await fail(username, 11), await fail('nobody-here', 11)]

    expect(statuses(unknown)).toEqual(statuses(known))
    expect(unknown[0]?.body).toEqual(known[0]?.body)
    const code = (reply: Reply | undefined) => reply?.body as { code: string; title: string }
    expect(code(unknown[10])).toMatchObject({ code: 'rate_limited', title: code(known[10]).title })
  })

  test('of one account leave the others alone', async () => {
    await resident('gro')
    const { username, password } = await resident('gry')

    await fail('gro', 11)

    expect((await login(username, password, ELSEWHERE)).status).toBe(200)
  })

  test('are counted where the password is asked for to change it or to delete the account', async () => {
    const { username, password } = await resident('hedda')
    const { body } = await login(username, password, HOME)
    const thief = callerAt(app.origin, (body as { access_token: string }).access_token)
    const change = (current_password: string) =>
      thief.post(
        '/api/v1/users/me/change-password',
        { current_password, new_password: 'the password of the thief' },
        { 'x-forwarded-for': ELSEWHERE },
      )

    const guesses: Reply[] = []
    for (let time = 0; time < 10; time++) guesses.push(await change('a guess'))
    const right = await change(password)

    expect(statuses(guesses)).toEqual(Array(10).fill(403))
    expect(right).toMatchObject({ status: 429, body: { code: 'rate_limited' } })
    expect((await login(username, password, HOME)).status).toBe(200)
  })
})

async function userNamed(username: string) {
  return app.db.selectFrom('users').select('id').where('username', '=', username).executeTakeFirstOrThrow()
}

test('keeps no address that could be read', async () => {
  const { username } = await resident('ivar')
  await login(username, 'a guess', '203.0.113.99')

  const kept = JSON.stringify([
    await app.db.selectFrom('known_addresses').selectAll().execute(),
    await app.db.selectFrom('rate_limits').selectAll().where('key', 'like', 'failures%').execute(),
  ])

  expect(kept).not.toContain(HOME)
  expect(kept).not.toContain('203.0.113.99')
  expect(kept).not.toContain('ivar')
})

describe('the limit of an address', () => {
  test('goes by the address that a trusted proxy saw, not by what the caller claims', async () => {
    const limited = await testApp({ IMALINK_AUTH_RATE_LIMIT: '1', IMALINK_TRUSTED_PROXIES: '127.0.0.1' })
    const from = (chain: string) =>
      limited.anonymous.post('/api/v1/auth/refresh', { refresh_token: 'x' }, { 'x-forwarded-for': chain })

    const replies = [
      await from(HOME),
      await from(ELSEWHERE),
      await from(HOME),
      // The proxy appends what it saw; whatever stands before is the caller's own story.
      await from(`203.0.113.1, ${ELSEWHERE}`),
      await from(`203.0.113.2, 127.0.0.1, ${ELSEWHERE}`),
    ]

    expect(statuses(replies)).toEqual([401, 401, 429, 429, 429])
  })

  test('takes the addresses of one IPv6 network for one, and an IPv4 address in IPv6 for itself', async () => {
    const limited = await testApp({ IMALINK_AUTH_RATE_LIMIT: '1', IMALINK_TRUSTED_PROXIES: '127.0.0.1' })
    const from = (address: string) =>
      limited.anonymous.post('/api/v1/auth/refresh', { refresh_token: 'x' }, { 'x-forwarded-for': address })

    const replies = [
      await from('2001:db8:1:1::1'),
      await from('2001:db8:1:1:ffff::2'),
      await from('2001:db8:1:2::1'),
      await from(HOME),
      await from(`::ffff:${HOME}`),
    ]

    expect(statuses(replies)).toEqual([401, 429, 401, 401, 429])
  })

  test('holds for changing the password, deleting the account and registering', async () => {
    const limited = await testApp({ IMALINK_AUTH_RATE_LIMIT: '1' })
    const jon = person('jon')
    await limited.anonymous.post('/api/v1/auth/register', jon)
    const { body } = await limited.anonymous.post('/api/v1/auth/login', {
      username: jon.username,
      password: jon.password,
    })
    const caller = callerAt(limited.origin, (body as { access_token: string }).access_token)
    const passwords = { current_password: 'a guess', new_password: 'another password' }
    const remove = () =>
      fetch(`${limited.origin}/api/v1/users/me`, {
        method: 'DELETE',
        headers: {
          authorization: `Bearer ${(body as { access_token: string }).access_token}`,
          'content-type': 'application/json',
        },
        body: JSON.stringify({ password: 'a guess' }),
      })

    const changes = [
      await caller.post('/api/v1/users/me/change-password', passwords),
      await caller.post('/api/v1/users/me/change-password', passwords),
    ]
    const removals = [await remove(), await remove()]
    const registration = await limited.anonymous.post('/api/v1/auth/register', person('kai'))

    expect(statuses(changes)).toEqual([403, 429])
    expect(removals.map(({ status }) => status)).toEqual([403, 429])
    expect(registration.status).toBe(429)
  })
})
