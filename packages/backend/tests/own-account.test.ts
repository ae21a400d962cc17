import { endpoints } from '@imalink/contract'
import { ApiError, call } from '@imalink/client'
import { describe, expect, test } from 'vitest'
import { anEgg, withColdpreview } from './an-egg.ts'
import {
  ALICE,
  type Account,
  BOB,
  type Person,
  browserAt,
  callerAt,
  cookieFrom,
  testApp,
} from './test-app.ts'

const app = await testApp()
const alice = await app.as(ALICE)

const login = ({ username, password }: Pick<Person, 'username' | 'password'>) =>
  app.anonymous.post('/api/v1/auth/login', { username, password })

/** Somebody whom no other test knows. */
function newcomer(username: string): Promise<Account> {
  return app.as({ username, email: `${username}@example.org`, password: `the password of ${username}` })
}

const deleteAccount = (account: Account, password: string) =>
  call(account.server, endpoints.deleteAccount, { body: { password } }).catch((error: unknown) => error)

describe('the own account', () => {
  test('is read with its settings', async () => {
    const { body, status } = await alice.get('/api/v1/users/me')

    expect(status).toBe(200)
    expect(body).toEqual({ ...alice.tokens.user, share_location: false, default_author_id: null })
  })

  test('is changed in what is given and keeps the rest', async () => {
    const dora = await newcomer('dora')

    const changed = await dora.put('/api/v1/users/me', { display_name: 'Dora Ødegård' })

    expect(changed).toMatchObject({
      status: 200,
      body: { username: 'dora', email: 'dora@example.org', display_name: 'Dora Ødegård' },
    })
    expect((await dora.get('/api/v1/users/me')).body).toEqual(changed.body)
    expect((await dora.get('/api/v1/auth/me')).body).toMatchObject({ display_name: 'Dora Ødegård' })
  })

  test('is signed in to by another username and address once they are changed', async () => {
    const emil = await newcomer('emil')

    await emil.put('/api/v1/users/me', { username: 'Emilia', email: 'Emilia@example.org' })

    const password = 'the password of emil'
    const logins = ['emilia', 'emilia@example.org', 'emil', 'emil@example.org'].map((username) =>
      login({ username, password }),
    )
    expect((await Promise.all(logins)).map(({ status }) => status)).toEqual([200, 200, 401, 401])
  })

  test('may change the case of its own names', async () => {
    const frida = await newcomer('frida')

    const reply = await frida.put('/api/v1/users/me', { username: 'Frida', email: 'Frida@Example.org' })

    expect(reply).toMatchObject({ status: 200, body: { username: 'Frida', email: 'Frida@Example.org' } })
  })

  test.each([
    ['username', { username: 'ALICE' }, 'username_taken'],
    ['e-mail address', { email: 'Alice@Example.org' }, 'email_taken'],
  ])('is not given a %s that somebody has', async (_what, change, code) => {
    const bob = await app.as(BOB)
    const before = (await bob.get('/api/v1/users/me')).body

    const reply = await bob.put('/api/v1/users/me', { display_name: 'changed', ...change })

    expect(reply).toMatchObject({ status: 409, body: { code } })
    expect((await bob.get('/api/v1/users/me')).body).toEqual(before)
  })

  test('is the only one of several to get a name that all ask for at once', async () => {
    const several = await Promise.all(['g1', 'g2', 'g3', 'g4'].map(newcomer))

    const replies = await Promise.all(
      several.map((one) => one.put('/api/v1/users/me', { username: 'wanted' })),
    )

    expect(replies.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409])
  })

  test.each([
    ['a reserved name', { username: 'Me' }, 'validation_failed'],
    ['what is no address', { email: 'nobody' }, 'validation_failed'],
    ['an empty display name', { display_name: '' }, 'validation_failed'],
    ['null', { share_location: null }, 'validation_failed'],
    ['a right', { is_admin: true }, 'unknown_field'],
    ['a password', { password: 'another password' }, 'unknown_field'],
  ])('is not changed to %s', async (_what, body, code) => {
    const bob = await app.as(BOB)

    expect(await bob.put('/api/v1/users/me', body)).toMatchObject({ status: 422, body: { code } })
    expect((await bob.get('/api/v1/auth/me')).body).toMatchObject({ is_admin: false })
  })

  test('names an author whom photos credit that name nobody', async () => {
    const bob = await app.as(BOB)
    const { id } = (await bob.post('/api/v1/authors', { name: 'Bob Behind The Camera' })).body as {
      id: number
    }
    const creditOf = async (egg: object) => {
      const photo = await bob.create({ ...anEgg(), ...egg })
      return ((await bob.get(`/api/v1/photos/${photo.id}`)).body as { author: { name: string } | null })
        .author?.name
    }

    const before = await creditOf({})
    const set = await bob.put('/api/v1/users/me', { default_author_id: id })
    const [silent, saying] = [await creditOf({}), await creditOf({ creator: 'Somebody Else' })]
    const cleared = await bob.put('/api/v1/users/me', { default_author_id: null })

    expect(set).toMatchObject({ status: 200, body: { default_author_id: id } })
    expect([before, silent, saying]).toEqual([undefined, 'Bob Behind The Camera', 'Somebody Else'])
    expect(cleared.body).toMatchObject({ default_author_id: null })
    expect(await creditOf({})).toBeUndefined()
  })

  test('forgets its author when that one is deleted', async () => {
    const bob = await app.as(BOB)
    const { id } = (await bob.post('/api/v1/authors', { name: 'For a while' })).body as { id: number }
    await bob.put('/api/v1/users/me', { default_author_id: id })

    await bob.delete(`/api/v1/authors/${id}`)

    expect((await bob.get('/api/v1/users/me')).body).toMatchObject({ default_author_id: null })
  })

  test("credits nobody with another's author, nor with one who is not there", async () => {
    const bob = await app.as(BOB)
    const { id } = (await alice.post('/api/v1/authors', { name: "Alice's friend" })).body as { id: number }

    for (const default_author_id of [id, 987_654])
      expect(await bob.put('/api/v1/users/me', { default_author_id })).toMatchObject({
        status: 422,
        body: { code: 'author_not_found' },
      })

    expect((await bob.get('/api/v1/users/me')).body).toMatchObject({ default_author_id: null })
  })

  test('lets others see where photos were taken only while it says so', async () => {
    const bob = await app.as(BOB)
    const egg = anEgg({ visibility: 'public', metadata: { gps_latitude: 59.9, gps_longitude: 10.7 } })
    const { id } = await bob.create(egg)
    const seen = async () => (await alice.get(`/api/v1/photos/${id}`)).body

    const before = await seen()
    await bob.put('/api/v1/users/me', { share_location: true })
    const shared = await seen()
    await bob.put('/api/v1/users/me', { share_location: false })

    expect(before).not.toHaveProperty('gps_latitude')
    expect(before).not.toHaveProperty('has_gps')
    expect(shared).toMatchObject({ gps_latitude: 59.9, gps_longitude: 10.7, has_gps: true })
    expect(await seen()).toEqual(before)
  })
})

describe('changing the password', () => {
  const change = (caller: Account, current_password: string, new_password = 'another password') =>
    caller.post('/api/v1/users/me/change-password', { current_password, new_password })

  test('opens the account by that one and no longer by the old one', async () => {
    const hans = await newcomer('hans')

    const reply = await change(hans, 'the password of hans')

    expect(reply.status).toBe(204)
    expect((await login({ username: 'hans', password: 'another password' })).status).toBe(200)
    expect((await login({ username: 'hans', password: 'the password of hans' })).status).toBe(401)
  })

  test('ends every other session with its tokens and cookie at once, and not this one or an API key', async () => {
    const ida = await newcomer('ida')
    const elsewhere = await login({ username: 'ida', password: 'the password of ida' })
    const other = elsewhere.body as typeof ida.tokens
    const { key } = await call(ida.server, endpoints.createApiKey, { body: { name: 'nas', scope: 'full' } })

    await change(ida, 'the password of ida')

    const refresh = ({ refresh_token }: { refresh_token: string }) =>
      app.anonymous.post('/api/v1/auth/refresh', { refresh_token })
    const browser = browserAt(app.origin, cookieFrom(elsewhere) ?? '')
    expect((await callerAt(app.origin, other.access_token).get('/api/v1/auth/me')).status).toBe(401)
    expect((await browser.get('/api/v1/auth/me')).status).toBe(401)
    expect((await refresh(other)).status).toBe(401)
    expect((await ida.get('/api/v1/auth/me')).status).toBe(200)
    expect((await refresh(ida.tokens)).status).toBe(200)
    expect((await callerAt(app.origin, key).get('/api/v1/auth/me')).status).toBe(200)
  })

  test('leaves the sessions of others alone', async () => {
    const bob = await app.as(BOB)
    const jo = await newcomer('jo')

    await change(jo, 'the password of jo')

    expect((await bob.get('/api/v1/auth/me')).status).toBe(200)
  })

  test('needs the current one, and changes nothing without it', async () => {
    const kari = await newcomer('kari')
    const elsewhere = await login({ username: 'kari', password: 'the password of kari' })

    const reply = await change(kari, 'a guess')

    expect(reply).toMatchObject({ status: 403, body: { code: 'wrong_password' } })
    const { access_token } = elsewhere.body as { access_token: string }
    expect((await callerAt(app.origin, access_token).get('/api/v1/auth/me')).status).toBe(200)
    expect((await login({ username: 'kari', password: 'the password of kari' })).status).toBe(200)
  })

  test.each([
    ['shorter than 8 bytes', 'short12', 422],
    ['of 4 letters that are 8 bytes', 'øøøø', 204],
    ['longer than 72 bytes', 'ø'.repeat(36) + 'x', 422],
    ['of 72 bytes', 'ø'.repeat(36), 204],
    ['with a NUL', 'password\0more', 422],
    ['with half a character', 'password\ud800', 422],
  ])('to one %s', async (what, wanted, status) => {
    const somebody = await newcomer(`l${what.replace(/\W/g, '').slice(0, 30)}`)

    const reply = await change(somebody, `the password of ${somebody.tokens.user.username}`, wanted)

    expect(reply.status).toBe(status)
  })

  test('is not for a page of another site', async () => {
    const cookie = cookieFrom(await login(ALICE)) ?? ''
    const body = { current_password: ALICE.password, new_password: 'another password' }

    const reply = await app.anonymous.post('/api/v1/users/me/change-password', body, {
      cookie,
      origin: 'https://elsewhere.example',
    })

    expect(reply).toMatchObject({ status: 403, body: { code: 'origin_not_allowed' } })
    expect((await login(ALICE)).status).toBe(200)
  })
})

describe('deleting the account', () => {
  test('removes all that it owns, signs it out everywhere, and frees its names', async () => {
    const mona = await newcomer('mona')
    const { hothash, id } = await mona.create(
      withColdpreview(anEgg({ visibility: 'public', tags: ['sea'], taken_at: '1999-05-01T10:00:00' })),
    )
    const { key } = await call(mona.server, endpoints.createApiKey, { body: { name: 'nas', scope: 'full' } })
    await call(mona.server, endpoints.createVolume, { body: { label: 'disk' } })
    await call(mona.server, endpoints.createImportSession, { body: { title: 'import' } })
    expect((await alice.get(`/api/v1/photos/${id}`)).status).toBe(200)
    expect((await alice.get('/api/v1/timeline')).body).toMatchObject({ data: [{ year: 1999, count: 1 }] })

    expect(await deleteAccount(mona, 'the password of mona')).toBeUndefined()

    expect((await mona.get('/api/v1/auth/me')).status).toBe(401)
    expect((await callerAt(app.origin, key).get('/api/v1/timeline')).status).toBe(401)
    const { refresh_token } = mona.tokens
    expect((await app.anonymous.post('/api/v1/auth/refresh', { refresh_token })).status).toBe(401)
    expect((await login({ username: 'mona', password: 'the password of mona' })).status).toBe(401)
    expect((await alice.get(`/api/v1/photos/${hothash}`)).status).toBe(404)
    expect((await alice.get('/api/v1/timeline')).body).toMatchObject({ data: [] })
    expect(await rowsOf(mona.id)).toEqual([])
    const again = await app.anonymous.post('/api/v1/auth/register', {
      username: 'mona',
      email: 'mona@example.org',
      password: 'the password of mona',
    })
    expect(again).toMatchObject({ status: 201, body: { is_admin: false } })
  })

  test('leaves the same picture of somebody else with its previews', async () => {
    const [nils, bob] = [await newcomer('nils'), await app.as(BOB)]
    const egg = withColdpreview(anEgg())
    await nils.create(egg)
    const { id } = await bob.create(egg)

    await deleteAccount(nils, 'the password of nils')

    expect((await bob.get(`/api/v1/photos/${id}/hotpreview`)).status).toBe(200)
    expect((await bob.get(`/api/v1/photos/${id}/coldpreview`)).status).toBe(200)
  })

  test('clears the cookie and the cache of its browser', async () => {
    await newcomer('olga')
    const cookie = cookieFrom(await login({ username: 'olga', password: 'the password of olga' })) ?? ''

    const response = await fetch(`${app.origin}/api/v1/users/me`, {
      method: 'DELETE',
      headers: { cookie, origin: app.origin, 'content-type': 'application/json' },
      body: JSON.stringify({ password: 'the password of olga' }),
    })

    expect(response.status).toBe(204)
    expect(cookieFrom(response)).toBe('imalink_session=')
    expect(response.headers.get('clear-site-data')).toBe('"cache"')
  })

  test('needs the password', async () => {
    const paul = await newcomer('paul')

    expect(await deleteAccount(paul, 'a guess')).toMatchObject({ status: 403, code: 'wrong_password' })
    expect(await paul.delete('/api/v1/users/me')).toMatchObject({ status: 422 })
    expect((await paul.get('/api/v1/auth/me')).status).toBe(200)
  })
})

/** Tables in which there is still something of a user. */
async function rowsOf(userId: number): Promise<string[]> {
  const tables = ['photos', 'sessions', 'api_keys', 'tags', 'import_sessions', 'volumes'] as const
  const owned = await Promise.all(
    [...tables, 'image_files' as const, 'known_addresses' as const].map(async (table) => {
      const row = await app.db
        .selectFrom(table)
        .select('user_id')
        .where('user_id', '=', userId)
        .executeTakeFirst()
      return row ? [table] : []
    }),
  )
  return owned.flat()
}

describe('the last administrator', () => {
  test('cannot be deleted while others have accounts, and can afterwards; nobody inherits the place', async () => {
    const lonely = await testApp()
    const [admin, other] = [await lonely.as(ALICE), await lonely.as(BOB)]

    const refused = await deleteAccount(admin, ALICE.password)
    await deleteAccount(other, BOB.password)
    const done = await deleteAccount(admin, ALICE.password)
    const next = await lonely.anonymous.post('/api/v1/auth/register', { ...BOB })

    expect(refused).toBeInstanceOf(ApiError)
    expect(refused).toMatchObject({ status: 409, code: 'last_administrator' })
    expect(done).toBeUndefined()
    expect(next).toMatchObject({ status: 201, body: { is_admin: false } })
  })

  test('is one of two who delete their accounts at once', async () => {
    const crowded = await testApp()
    const [one, two] = [await crowded.as(ALICE), await crowded.as(BOB)]
    await crowded.as({ username: 'carol', email: 'carol@example.org', password: 'the password' })
    await one.patch(`/api/v1/users/${two.id}`, { is_admin: true })

    const ends = await Promise.all([deleteAccount(one, ALICE.password), deleteAccount(two, BOB.password)])

    expect(ends.filter((end) => end === undefined)).toHaveLength(1)
    expect(ends.find((end) => end !== undefined)).toMatchObject({ code: 'last_administrator' })
  })
})
