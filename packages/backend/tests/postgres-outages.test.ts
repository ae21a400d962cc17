import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { type AnEgg, anEgg } from './an-egg.ts'
import { holdLock } from './hold-lock.ts'
import { ALICE, type Reply, testApp } from './test-app.ts'
import { TcpProxy } from './tcp-proxy.ts'
import { engine, makeDatabaseOn } from './test-database.ts'

const CREATE = '/api/v1/photos/photoegg'
const LOCK_PHOTO = 'select 1 from photos where id = $1 for update'
/** The setting here, so that a silent server costs the test no minute. */
const TIMEOUT_S = 2
/** A restart of its machine. */
const AWAY_MS = 30_000
/** The longest that anybody waits: for a connection, and then for a statement; the rest is for a busy machine. */
const ANSWERED_WITHIN_MS = 12_000

describe.runIf(engine === 'postgres')('PostgreSQL', async () => {
  if (engine !== 'postgres') return
  const folder = await mkdtemp(join(tmpdir(), 'imalink-test-'))
  const database = await makeDatabaseOn('postgres', folder)
  const proxy = await TcpProxy.to(database.url)
  // Of what is to be done at the end, the last that was said is done first: the app goes before its database.
  afterAll(async () => {
    await database.drop()
    await rm(folder, { recursive: true })
  })
  const app = await testApp({ DATABASE_URL: proxy.url, IMALINK_DATABASE_TIMEOUT: String(TIMEOUT_S) })
  const alice = await app.as(ALICE)

  const post = (egg: AnEgg) => alice.post(CREATE, egg)
  const eggs = (count: number) => Array.from({ length: count }, () => anEgg())
  const countPhotos = async () =>
    ((await alice.get('/api/v1/photos?limit=1')).body as { meta: { total: number } }).meta.total

  const expectToldToComeBack = (reply: Reply) => {
    expect(reply).toMatchObject({ status: 503, body: { code: 'not_ready' } })
    expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0)
  }

  /** What was acknowledged is there; the rest can be sent again; nothing is there twice. */
  const expectNothingLost = async (sent: readonly AnEgg[], replies: readonly Reply[], before: number) => {
    const acknowledged = sent.filter((_, index) => replies[index]?.status === 201)
    for (const egg of acknowledged)
      expect((await alice.get(`/api/v1/photos/${egg.hothash}`)).status).toBe(200)
    const repeated = await Promise.all(sent.map(post))
    expect(repeated.filter(({ status }) => status !== 200 && status !== 201)).toEqual([])
    expect(await countPhotos()).toBe(before + sent.length)
  }

  afterEach(async () => {
    expect((await app.anonymous.get('/ready')).status).toBe(200)
    // Idle connections are no more than a pool has: none is lost to an outage.
    expect(proxy.connections).toBeLessThanOrEqual(10)
  })

  test('that goes in the middle of requests and comes back costs a repeat and nothing else', async () => {
    const before = await countPhotos()
    const sent = eggs(300)

    const replies = Promise.all(sent.map(post))
    await delay(60)
    await proxy.cut()
    const during = await Promise.all([alice.get('/api/v1/photos'), app.anonymous.get('/ready')])
    const health = await app.anonymous.get('/health')
    await delay(AWAY_MS)
    const after = await alice.get('/api/v1/photos')
    await proxy.open()

    ;[...during, after].forEach(expectToldToComeBack)
    expect(health.status).toBe(200)
    const refused = (await replies).filter(({ status }) => status !== 201)
    expect(refused.length).toBeGreaterThan(0)
    refused.forEach(expectToldToComeBack)
    await expectNothingLost(sent, await replies, before)
  }, 90_000)

  test('that falls silent in the middle of requests is given up in bounded time', async () => {
    const before = await countPhotos()
    const sent = eggs(60)

    const replies = Promise.all(sent.map(post))
    await delay(30)
    proxy.fallSilent()
    const asked = performance.now()
    const late = await Promise.all([alice.get('/api/v1/photos'), app.anonymous.get('/ready'), replies])
    const answeredMs = performance.now() - asked
    const health = await app.anonymous.get('/health')
    proxy.speakAgain()

    expectToldToComeBack(late[0])
    expectToldToComeBack(late[1])
    expect(answeredMs).toBeLessThan(ANSWERED_WITHIN_MS)
    expect(health.status).toBe(200)
    const refused = late[2].filter(({ status }) => status !== 201)
    expect(refused.length).toBeGreaterThan(0)
    refused.forEach(expectToldToComeBack)
    await expectNothingLost(sent, late[2], before)
  })

  test('does not do later what it was given up for', async () => {
    const { id } = await alice.create(anEgg())
    const letGo = await holdLock(database.url, LOCK_PHOTO, [id])

    const refused = await alice.patch(`/api/v1/photos/${id}`, { title: 'too late' })
    await letGo()
    await delay(200)

    expectToldToComeBack(refused)
    expect((await alice.get(`/api/v1/photos/${id}`)).body).toMatchObject({ title: null })
  })

  test('whose every connection waits for a lock refuses in bounded time, and then is there again', async () => {
    const { id } = await alice.create(anEgg())
    const letGo = await holdLock(database.url, LOCK_PHOTO, [id])

    const asked = performance.now()
    const edits = Array.from({ length: 30 }, (_, index) =>
      alice.patch(`/api/v1/photos/${id}`, { title: `edit ${index}` }),
    )
    const replies = await Promise.all(edits)
    const answeredMs = performance.now() - asked
    await letGo()
    const edited = await alice.patch(`/api/v1/photos/${id}`, { title: 'at last' })

    replies.forEach(expectToldToComeBack)
    expect(answeredMs).toBeLessThan(ANSWERED_WITHIN_MS)
    expect(edited).toMatchObject({ status: 200, body: { title: 'at last' } })
  })
})
