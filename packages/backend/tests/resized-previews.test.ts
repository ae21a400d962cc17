import { readdir, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { beforeEach, describe, expect, test } from 'vitest'
import { aJpeg, anEgg, sha256 } from './an-egg.ts'
import { startCore } from './running-core.ts'
import { ALICE, BOB, type Caller, type Reply, testApp } from './test-app.ts'

const core = await startCore()
const guarded = await startCore({ IMALINK_CORE_TOKEN: 'a token of sixteen letters' })
const app = await testApp({ IMALINK_CORE_URL: core.url })
beforeEach(app.emptyLibrary)

const [WIDTH, HEIGHT] = [1000, 600]
const FOR_GOOD = 'private, max-age=31536000, immutable'
const cold = (ref: number | string, query = '') => `/api/v1/photos/${ref}/coldpreview${query}`
const caching = ({ headers }: Reply) => headers.get('cache-control')

let painted = 0
/** A picture that no other test has. */
function paint(): Promise<Buffer> {
  const number = ++painted
  const background = { r: (number * 37) % 256, g: (number * 101) % 256, b: (number * 7) % 256 }
  return sharp({ create: { width: WIDTH, height: HEIGHT, channels: 3, background } })
    .jpeg()
    .toBuffer()
}

async function aPhoto(wishes: Parameters<typeof anEgg>[0] = {}) {
  const alice = await app.as(ALICE)
  const picture = await paint()
  const { id } = await alice.create(anEgg({ ...wishes, coldpreview_base64: picture.toString('base64') }))
  return { alice, id, picture, hash: sha256(picture) }
}

async function sizeOf({ bytes }: Reply): Promise<[number, number]> {
  const { width, height } = await sharp(bytes).metadata()
  return [width, height]
}

const cached = (name = '') =>
  readdir(app.config.resizedFolder, { recursive: true }).then(
    (names) => names.filter((one) => one.includes(name) && one.endsWith('.jpg')),
    () => [],
  )

describe('a coldpreview in another size', () => {
  test.each([
    ['?width=500', 500, 300, '500'],
    ['?width=450', 500, 300, '500'],
    ['?width=401', 500, 300, '500'],
    ['?height=300', 500, 300, 'x300'],
    ['?height=201', 500, 300, 'x300'],
    ['?width=500&height=200', 333, 200, '500x200'],
    ['?width=200&height=2000', 200, 120, '200x2000'],
    ['?width=2000', WIDTH, HEIGHT, '2000'],
    ['?width=1000&height=600', WIDTH, HEIGHT, '1000x600'],
  ])('is fitted inside %s, in steps of 100 px, and never enlarged', async (query, width, height, size) => {
    const { alice, id, hash } = await aPhoto()

    const reply = await alice.get(cold(id, query))

    expect(await sizeOf(reply)).toEqual([width, height])
    expect(Object.fromEntries(reply.headers)).toMatchObject({
      'content-type': 'image/jpeg',
      'content-length': String(reply.bytes.length),
      etag: `"${hash}-${size}"`,
      'cache-control': 'private, no-cache',
    })
  })

  test.each([
    '?width=99',
    '?width=2001',
    '?height=0',
    '?width=wide',
    '?height=1.5',
    '?width=',
    '?width=-500',
  ])('is refused for %s', async (query) => {
    const { alice, id } = await aPhoto()

    expect(await alice.get(cold(id, query))).toMatchObject({
      status: 422,
      body: { code: 'validation_failed' },
    })
  })

  test('may be kept for good under the address that names its bytes, and is not sent again', async () => {
    const { alice, id, hash } = await aPhoto({ visibility: 'public' })
    const named = cold(id, `?width=300&v=${hash.slice(0, 16)}`)

    const viewers: Caller[] = [alice, await app.as(BOB), app.anonymous]
    const replies = await Promise.all(viewers.map((viewer) => viewer.get(named)))
    const again = await alice.get(named, { 'if-none-match': `"${hash}-300"` })
    const other = await alice.get(named, { 'if-none-match': `"${hash}"` })

    expect(replies.map(caching)).toEqual([FOR_GOOD, 'private, max-age=600', 'private, max-age=600'])
    expect([again.status, again.bytes.length, other.status]).toEqual([304, 0, 200])
  })

  test('is hidden from who may not see the photo, also when it has been made', async () => {
    const { alice, id } = await aPhoto()
    await alice.get(cold(id, '?width=300'))

    for (const viewer of [await app.as(BOB), app.anonymous])
      expect(await viewer.get(cold(id, '?width=300'))).toMatchObject({ body: { code: 'photo_not_found' } })
  })

  test('is made once, however many ask for it, at once and later', async () => {
    const { alice, id } = await aPhoto()
    const before = await core.timesAsked()

    const queries = ['?width=300', '?width=250', '?width=201']
    const asked = Array.from({ length: 30 }, (_, number) => alice.get(cold(id, queries[number % 3])))
    const replies = [...(await Promise.all(asked)), await alice.get(cold(id, '?width=300'))]

    expect(new Set(replies.map(({ bytes }) => sha256(bytes))).size).toBe(1)
    expect(await core.timesAsked()).toBe(before + 1)
  })

  test('is made once for all boxes that it fits in alike', async () => {
    const { alice, id, hash } = await aPhoto()
    const before = await core.timesAsked()
    const boxes = ['?width=300', '?width=300&height=200', '?width=300&height=2000', '?width=250&height=180']

    const replies = await Promise.all(boxes.map((box) => alice.get(cold(id, box))))

    expect(new Set(replies.map(({ bytes }) => sha256(bytes))).size).toBe(1)
    expect(await sizeOf(replies[1] ?? (await alice.get(cold(id))))).toEqual([300, 180])
    expect([await core.timesAsked(), await cached(hash)]).toEqual([
      before + 1,
      [expect.stringContaining(hash)],
    ])
  })

  test('is made again where what was kept of it is damaged', async () => {
    const { alice, id, hash } = await aPhoto()
    const { bytes } = await alice.get(cold(id, '?width=300'))
    const [name = ''] = await cached(hash)
    await writeFile(join(app.config.resizedFolder, name), bytes.subarray(0, 100))

    const reply = await alice.get(cold(id, '?width=300'))

    expect(reply.bytes.equals(bytes)).toBe(true)
  })

  test('of a picture that core cannot decode is refused, and the picture itself is not', async () => {
    const alice = await app.as(ALICE)
    const broken = aJpeg('no scan', { width: 900, height: 600 })
    const head = broken.subarray(0, broken.indexOf(Buffer.from([0xff, 0xda])))
    const picture = Buffer.concat([head, Buffer.from([0xff, 0xd9])])
    const { id } = await alice.create(anEgg({ coldpreview_base64: picture.toString('base64') }))

    const [small, whole] = [await alice.get(cold(id, '?width=300')), await alice.get(cold(id))]

    expect(small).toMatchObject({ status: 422, body: { code: 'corrupt_image' } })
    expect([small, whole].map(caching)).toEqual(['no-store', 'private, no-cache'])
    expect(whole.bytes.equals(picture)).toBe(true)
  })
})

describe('sizes go with their source', () => {
  test('when it is replaced or taken away', async () => {
    const { alice, id, hash } = await aPhoto()
    await alice.get(cold(id, '?width=300'))
    await alice.get(cold(id, '?height=200'))
    expect(await cached(hash)).toHaveLength(2)

    const next = await paint()
    await alice.upload(cold(id), next)
    const replaced = await cached(hash)
    await alice.get(cold(id, '?width=300'))
    await alice.delete(cold(id))

    expect([replaced, await cached(sha256(next))]).toEqual([[], []])
  })

  test('but stay as long as another photo has the same', async () => {
    const { alice, id, picture, hash } = await aPhoto()
    const bob = await app.as(BOB)
    const his = await bob.create(anEgg({ coldpreview_base64: picture.toString('base64') }))
    await alice.get(cold(id, '?width=300'))

    await alice.delete(cold(id))

    expect(await cached(hash)).toHaveLength(1)
    expect((await bob.get(cold(his.id, '?width=300'))).status).toBe(200)
  })
})

describe('while core is away', () => {
  test('sizes that are there are answered, others say when to try again, and all else works', async () => {
    const { alice, id, picture, hash } = await aPhoto()
    const made = await alice.get(cold(id, '?width=300'))
    await core.stop()

    const there = await alice.get(cold(id, '?width=300'))
    const missing = await alice.get(cold(id, '?width=400'))
    const known = await alice.get(cold(id, '?width=400'), { 'if-none-match': `"${hash}-400"` })
    const whole = await alice.get(cold(id))
    const larger = await alice.get(cold(id, '?width=1500'))
    const created = await alice.create(anEgg({ coldpreview_base64: picture.toString('base64') }))

    expect(there.bytes.equals(made.bytes)).toBe(true)
    expect(missing).toMatchObject({ status: 503, body: { code: 'core_unreachable' } })
    expect(Number(missing.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(known.status).toBe(304)
    for (const reply of [whole, larger]) expect(reply.bytes.equals(picture)).toBe(true)
    expect(created.is_duplicate).toBe(false)
    expect((await alice.get('/ready')).status).toBe(200)

    await core.startAgain()
    expect(await sizeOf(await alice.get(cold(id, '?width=400')))).toEqual([400, 240])
  })

  test('or asks for a token that is not the one of the settings', async () => {
    const [with_, without] = [
      await testApp({ IMALINK_CORE_URL: guarded.url, IMALINK_CORE_TOKEN: 'a token of sixteen letters' }),
      await testApp({ IMALINK_CORE_URL: guarded.url }),
    ]
    const coldpreview_base64 = (await paint()).toString('base64')

    const replies: Reply[] = []
    for (const { as } of [with_, without]) {
      const alice = await as(ALICE)
      const { id } = await alice.create(anEgg({ coldpreview_base64 }))
      replies.push(await alice.get(cold(id, '?width=300')))
    }

    expect(replies.map(({ status }) => status)).toEqual([200, 503])
    expect(replies[1]?.body).toMatchObject({ code: 'core_unreachable' })
  })
})

describe('the cache', () => {
  const KIB = 1024

  /** Noise is as large as its pixels. */
  async function noisy(): Promise<Buffer> {
    const seed = ++painted
    const pixels = Buffer.from(Array.from({ length: 700 * 700 }, (_, at) => (at * at * seed) % 251))
    return sharp(pixels, { raw: { width: 700, height: 700, channels: 1 } })
      .jpeg({ quality: 95 })
      .toBuffer()
  }

  test('stays within its bound, and what is used stays in it', async () => {
    const small = await testApp({ IMALINK_CORE_URL: core.url, IMALINK_PREVIEW_CACHE_MIB: '1' })
    const alice = await small.as(ALICE)
    const used: number[] = []
    const totals: number[] = []
    for (let number = 0; number < 12; number++) {
      const { id } = await alice.create(anEgg({ coldpreview_base64: (await noisy()).toString('base64') }))
      used.push(id)
      expect((await alice.get(cold(id, '?width=600'))).status).toBe(200)
      expect((await alice.get(cold(used[0] ?? 0, '?width=600'))).status).toBe(200)
      totals.push(await bytesIn(small.config.resizedFolder))
    }
    const before = await core.timesAsked()

    await alice.get(cold(used[0] ?? 0, '?width=600'))
    await alice.get(cold(used[1] ?? 0, '?width=600'))

    expect(Math.max(...totals)).toBeLessThanOrEqual(1024 * KIB)
    expect(Math.max(...totals)).toBeGreaterThan(700 * KIB)
    expect(await core.timesAsked()).toBe(before + 1)
  })

  test('of no size keeps nothing', async () => {
    const none = await testApp({ IMALINK_CORE_URL: core.url, IMALINK_PREVIEW_CACHE_MIB: '0' })
    const alice = await none.as(ALICE)
    const { id } = await alice.create(anEgg({ coldpreview_base64: (await paint()).toString('base64') }))

    const replies = [await alice.get(cold(id, '?width=300')), await alice.get(cold(id, '?width=300'))]

    expect(replies.map(({ status }) => status)).toEqual([200, 200])
    expect(await bytesIn(none.config.resizedFolder)).toBe(0)
  })

  test('that cannot be used costs nobody a picture', async () => {
    const without = await testApp({ IMALINK_CORE_URL: core.url })
    const alice = await without.as(ALICE)
    const { id } = await alice.create(anEgg({ coldpreview_base64: (await paint()).toString('base64') }))
    await rm(without.config.resizedFolder, { recursive: true, force: true })
    await writeFile(without.config.resizedFolder, 'a file where the folder was')

    const reply = await alice.get(cold(id, '?width=300'))

    expect(await sizeOf(reply)).toEqual([300, 180])
    expect((await alice.delete(cold(id))).status).toBe(204)
  })
})

async function bytesIn(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true }).catch(() => [])
  const sizes = await Promise.all(names.map((name) => stat(join(folder, name))))
  return sizes.reduce((sum, found) => sum + (found.isFile() ? found.size : 0), 0)
}
