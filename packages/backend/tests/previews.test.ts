import { readdir } from 'node:fs/promises'
import { beforeEach, describe, expect, test } from 'vitest'
import { call } from '@imalink/client'
import { type CreatedPhoto, type Photo, endpoints } from '@imalink/contract'
import { type AnEgg, anEgg, sha256, withColdpreview } from './an-egg.ts'
import {
  ALICE,
  type Account,
  BOB,
  browserAt,
  type Caller,
  cookieFrom,
  type Reply,
  testApp,
} from './test-app.ts'

const app = await testApp()
beforeEach(app.emptyLibrary)

const FOR_GOOD = 'private, max-age=31536000, immutable'
const GUESTS_PASSWORD = 'the password of a guest'
const FOR_OTHERS = 'private, max-age=600'

const hot = (ref: number | string) => `/api/v1/photos/${ref}/hotpreview`
const cold = (ref: number | string) => `/api/v1/photos/${ref}/coldpreview`
const bytesOf = (base64: string) => Buffer.from(base64, 'base64')
const caching = ({ headers }: Reply) => headers.get('cache-control')
const aPublic = (wishes: object = {}) => withColdpreview(anEgg({ visibility: 'public', ...wishes }))

describe('a hotpreview', () => {
  test('is answered as it came, by id and by hothash', async () => {
    const alice = await app.as(ALICE)
    const egg = anEgg()
    const { id } = await alice.create(egg)

    for (const ref of [id, egg.hothash]) {
      const reply = await alice.get(hot(ref))

      expect(reply.status).toBe(200)
      expect(reply.bytes).toEqual(bytesOf(egg.hotpreview_base64))
      expect(Object.fromEntries(reply.headers)).toMatchObject({
        'content-type': 'image/jpeg',
        'content-length': String(reply.bytes.length),
        'x-content-type-options': 'nosniff',
        etag: `"${egg.hothash}"`,
        vary: expect.stringContaining('Authorization, Cookie') as string,
      })
    }
  })

  test('may be kept for good by its owner, and ten minutes by everybody else', async () => {
    const alice = await app.as(ALICE)
    const { id } = await alice.create(aPublic())

    const viewers: Caller[] = [alice, await app.as(BOB), app.anonymous]
    const replies = await Promise.all(viewers.map((viewer) => viewer.get(hot(id))))

    expect(replies.map(caching)).toEqual([FOR_GOOD, FOR_OTHERS, FOR_OTHERS])
    for (const { headers } of replies) expect(headers.get('vary')).toContain('Authorization, Cookie')
  })

  test.each([
    ['its tag', (tag: string) => tag, 304],
    ['its tag, weakly', (tag: string) => `W/${tag}`, 304],
    ['its tag among others', (tag: string) => `"a", ${tag}, "b"`, 304],
    ['any tag', () => '*', 304],
    ['another tag', () => '"another"', 200],
    ['its tag without quotes', (tag: string) => tag.replaceAll('"', ''), 200],
  ])('is not sent again to who has %s, where it is the same', async (_what, given, status) => {
    const alice = await app.as(ALICE)
    const egg = anEgg()
    await alice.create(egg)

    const reply = await alice.get(hot(egg.hothash), { 'if-none-match': given(`"${egg.hothash}"`) })

    expect(reply.status).toBe(status)
    expect(reply.bytes).toHaveLength(status === 304 ? 0 : bytesOf(egg.hotpreview_base64).length)
    expect(Object.fromEntries(reply.headers)).toMatchObject({
      'cache-control': FOR_GOOD,
      etag: `"${egg.hothash}"`,
    })
  })

  test('is the same each time, and by id does not take the id for its tag', async () => {
    const alice = await app.as(ALICE)
    const egg = anEgg()
    const { id } = await alice.create(egg)

    const replies = []
    for (const ref of [egg.hothash, egg.hothash, id, egg.hothash])
      replies.push(await alice.get(hot(ref), { 'if-none-match': `"${id}"` }))

    for (const { status, bytes, headers } of replies) {
      expect(status).toBe(200)
      expect(bytes).toEqual(bytesOf(egg.hotpreview_base64))
      expect(headers.get('etag')).toBe(`"${egg.hothash}"`)
    }
  })

  test('is hidden from others however often its owner has looked, and from them too once it is gone', async () => {
    const [alice, bob] = [await app.as(ALICE), await app.as(BOB)]
    const { id, hothash } = await alice.create(anEgg({ visibility: 'authenticated' }))
    for (const viewer of [alice, bob, alice]) expect((await viewer.get(hot(hothash))).status).toBe(200)

    await alice.patch(`/api/v1/photos/${id}`, { visibility: 'private' })
    const ofBob = await bob.get(hot(hothash))
    await alice.delete(`/api/v1/photos/${id}?permanent=true`)
    const ofAlice = await alice.get(hot(hothash))

    for (const reply of [ofBob, ofAlice])
      expect(reply).toMatchObject({ status: 404, body: { code: 'photo_not_found' } })
  })

  test('is hidden from who may not see it, whatever they say they have', async () => {
    const egg = anEgg()
    await (await app.as(ALICE)).create(egg)

    const reply = await (await app.as(BOB)).get(hot(egg.hothash), { 'if-none-match': `"${egg.hothash}"` })

    expect(reply).toMatchObject({ status: 404, body: { code: 'photo_not_found' } })
    expect(caching(reply)).toBe('no-store')
    expect(reply.headers.get('etag')).toBeNull()
  })

  test('is shown to its owner’s browser by the cookie', async () => {
    const alice = await app.as(ALICE)
    const { id } = await alice.create(anEgg())
    const login = await app.anonymous.post('/api/v1/auth/login', {
      email: ALICE.email,
      password: ALICE.password,
    })

    const reply = await browserAt(app.origin, cookieFrom(login) ?? '').get(hot(id))

    expect([reply.status, caching(reply)]).toEqual([200, FOR_GOOD])
  })

  const users = () => app.db.updateTable('users')
  test.each([
    ['whose session has ended', (guest: Account) => guest.post('/api/v1/auth/logout')],
    [
      'whose session is over',
      ({ id }: Account) =>
        app.db
          .updateTable('sessions')
          .set({ expires_at: '2020-01-01T00:00:00.000Z' })
          .where('user_id', '=', id)
          .execute(),
    ],
    [
      'whose account is not active',
      ({ id }: Account) => users().set({ is_active: 0 }).where('id', '=', id).execute(),
    ],
    [
      'whose account is gone',
      ({ server }: Account) => call(server, endpoints.deleteAccount, { body: { password: GUESTS_PASSWORD } }),
    ],
  ])('is refused at once to a token %s, also where anybody may see it', async (what, end) => {
    const { id, hothash } = await (await app.as(ALICE)).create(aPublic())
    const name = what.replaceAll(' ', '-')
    const guest = await app.as({ username: name, email: `${name}@example.org`, password: GUESTS_PASSWORD })
    const before = await guest.get(hot(hothash))

    await end(guest)

    expect(before.status).toBe(200)
    const expected = { status: 401, body: { code: 'credentials_invalid' } }
    for (const ref of [id, hothash, 999_999_999, 'none'])
      expect(await guest.get(hot(ref))).toMatchObject(expected)
    expect((await app.anonymous.get(hot(hothash))).status).toBe(200)
  })
})

describe('a coldpreview', () => {
  test('is answered as it came, with the hash of its bytes for a tag', async () => {
    const alice = await app.as(ALICE)
    const egg = aPublic()
    const { id } = await alice.create(egg)
    const bytes = bytesOf(egg.coldpreview_base64)

    const reply = await alice.get(cold(id))

    expect(reply.status).toBe(200)
    expect(reply.bytes).toEqual(bytes)
    expect(Object.fromEntries(reply.headers)).toMatchObject({
      'content-type': 'image/jpeg',
      'content-length': String(bytes.length),
      'x-content-type-options': 'nosniff',
      etag: `"${sha256(bytes)}"`,
    })
  })

  test('is for good at the address that names its bytes, and asked for again at any other', async () => {
    const alice = await app.as(ALICE)
    const { id } = await alice.create(aPublic())
    const { coldpreview_url } = (await alice.get(`/api/v1/photos/${id}`)).body as Photo
    const named = coldpreview_url ?? ''

    const cachings = async (path: string) => {
      const viewers: Caller[] = [alice, await app.as(BOB), app.anonymous]
      return (await Promise.all(viewers.map((viewer) => viewer.get(path)))).map(caching)
    }

    expect(named).toMatch(/\/coldpreview\?v=[0-9a-f]{16}$/)
    expect(await cachings(named)).toEqual([FOR_GOOD, FOR_OTHERS, FOR_OTHERS])
    for (const path of [cold(id), `${cold(id)}?v=${'0'.repeat(16)}`, `${cold(id)}?v=`])
      expect(await cachings(path)).toEqual(Array.from({ length: 3 }, () => 'private, no-cache'))
  })

  test('is not sent again to who has it', async () => {
    const alice = await app.as(ALICE)
    const { id } = await alice.create(aPublic())
    const etag = (await alice.get(cold(id))).headers.get('etag') ?? ''

    const reply = await alice.get(cold(id), { 'if-none-match': etag })

    expect([reply.status, reply.bytes.length, caching(reply)]).toEqual([304, 0, 'private, no-cache'])
  })

  test('that was never sent is missing, which is said only to who may see the photo', async () => {
    const alice = await app.as(ALICE)
    const open = await alice.create(anEgg({ visibility: 'public' }))
    const hidden = await alice.create(anEgg())

    const missing = await app.anonymous.get(cold(open.id))
    const unseen = await app.anonymous.get(cold(hidden.id))

    expect(missing).toMatchObject({ status: 404, body: { code: 'preview_not_found' } })
    expect(unseen).toMatchObject({ status: 404, body: { code: 'photo_not_found' } })
    expect([caching(missing), caching(unseen)]).toEqual(['no-store', 'no-store'])
  })

  test('of the same bytes is kept once for everybody', async () => {
    const [alice, bob] = [await app.as(ALICE), await app.as(BOB)]
    const eggs: AnEgg[] = [anEgg(), anEgg()]
    const [first, second] = eggs.map((egg) => withColdpreview(egg, 'one large picture'))
    const photos: CreatedPhoto[] = []
    if (first && second) photos.push(await alice.create(first), await bob.create(second))

    await alice.delete(`/api/v1/photos/${photos[0]?.id}?permanent=true`)

    const reply = await bob.get(cold(photos[1]?.id ?? 0))
    const { bytes } = reply
    const folder = `${app.config.previewsFolder}/${sha256(bytes).slice(0, 2)}`
    expect(reply.status).toBe(200)
    expect((await readdir(folder)).filter((name) => name.startsWith(sha256(bytes)))).toHaveLength(1)
  })
})

test('an egg that is refused leaves no coldpreview behind', async () => {
  const alice = await app.as(ALICE)
  const egg = aPublic({ hothash: sha256('wrong') })

  await alice.post('/api/v1/photos/photoegg', egg)

  const hash = sha256(bytesOf(egg.coldpreview_base64))
  const files = await readdir(app.config.previewsFolder, { recursive: true })
  expect(files.filter((name) => name.includes(hash))).toEqual([])
})

test('previews of a photo in the trash are its owner’s alone', async () => {
  const alice = await app.as(ALICE)
  const { id, hothash } = await alice.create(aPublic())
  await alice.delete(`/api/v1/photos/${id}`)
  const viewers: Caller[] = [alice, await app.as(BOB), app.anonymous]

  for (const path of [hot(id), hot(hothash), cold(id), cold(hothash)]) {
    const replies = await Promise.all(viewers.map((viewer) => viewer.get(path)))
    expect(replies.map(({ status }) => status)).toEqual([200, 404, 404])
  }
})

test('previews of one picture in two accounts are the own one first', async () => {
  const [alice, bob] = [await app.as(ALICE), await app.as(BOB)]
  const egg = anEgg({ visibility: 'public' })
  await alice.create(withColdpreview(egg, 'large, of alice'))
  const his = withColdpreview(egg, 'large, of bob')
  await bob.create(his)

  const reply = await bob.get(cold(egg.hothash))

  expect(reply.bytes).toEqual(bytesOf(his.coldpreview_base64))
  expect(caching(await bob.get(hot(egg.hothash)))).toBe(FOR_GOOD)
})

test('the address of a large preview leads to that very photo, also where the viewer has the picture too', async () => {
  const [alice, bob] = [await app.as(ALICE), await app.as(BOB)]
  const egg = anEgg({ visibility: 'public' })
  const hers = withColdpreview(egg, 'large, of alice')
  const { id } = await alice.create(hers)
  await bob.create(egg)

  for (const viewer of [alice, bob, app.anonymous]) {
    const { coldpreview_url } = (await viewer.get(`/api/v1/photos/${id}`)).body as Photo
    const reply = await viewer.get(coldpreview_url ?? '')

    expect(reply).toMatchObject({ status: 200, bytes: bytesOf(hers.coldpreview_base64) })
    expect(caching(reply)).toBe(viewer === alice ? FOR_GOOD : FOR_OTHERS)
  }
})
