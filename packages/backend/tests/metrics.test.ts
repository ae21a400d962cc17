import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { anEgg, withColdpreview } from './an-egg.ts'
import { ALICE, type Reply, testApp } from './test-app.ts'

const TOKEN = 'a-token-for-the-metrics'
const app = await testApp({ IMALINK_METRICS_TOKEN: TOKEN })

const metrics = async (headers: Record<string, string> = {}) => app.anonymous.get('/metrics', headers)
const valueOf = (reply: Reply, line: string) =>
  Number(
    reply.bytes
      .toString()
      .split('\n')
      .find((one) => one.startsWith(line))
      ?.split(' ')
      .at(-1) ?? 0,
  )
const SECONDS = 'imalink_http_request_duration_seconds_count'

describe('metrics', () => {
  test('count requests by route and status, with their times', async () => {
    const alice = await app.as(ALICE)
    const { id } = await alice.create(anEgg())
    const line = (status: number) =>
      `${SECONDS}{method="GET",route="/api/v1/photos/:ref/hotpreview",status="${status}"}`
    const before = await metrics()

    for (const ref of [id, id, id + 999]) await alice.get(`/api/v1/photos/${ref}/hotpreview`)

    await expect.poll(async () => valueOf(await metrics(), line(200))).toBe(valueOf(before, line(200)) + 2)
    await expect.poll(async () => valueOf(await metrics(), line(404))).toBe(valueOf(before, line(404)) + 1)
    const after = await metrics()
    expect(after.headers.get('content-type')).toContain('text/plain')
    expect(after.headers.get('cache-control')).toBe('no-store')
    const sum = line(200).replace('_count', '_sum')
    expect(valueOf(after, sum)).toBeGreaterThan(0)
  })

  test('count photos that were created, and no duplicates', async () => {
    const alice = await app.as(ALICE)
    const egg = anEgg()
    const before = valueOf(await metrics(), 'imalink_photos_created_total')

    await alice.create(egg)
    await alice.create(egg)
    await alice.post('/api/v1/photos/photoegg/batch', {
      photos: [anEgg(), egg, anEgg(), { hothash: 'no egg' }],
    })

    expect(valueOf(await metrics(), 'imalink_photos_created_total')).toBe(before + 3)
  })

  test('tell of the event loop and of memory', async () => {
    const reply = await metrics()

    expect(valueOf(reply, 'process_resident_memory_bytes')).toBeGreaterThan(10_000_000)
    expect(valueOf(reply, 'nodejs_heap_size_used_bytes')).toBeGreaterThan(1_000_000)
    expect(reply.bytes.toString()).toMatch(/^nodejs_eventloop_lag_p99_seconds [\d.e-]+$/m)
  })

  test('tell nothing of who asked for what', async () => {
    const alice = await app.as(ALICE)
    const egg = withColdpreview(anEgg({ title: 'a secret title' }))
    const { id } = await alice.create(egg)
    await alice.get(`/api/v1/photos/${id}?include=secret-word`)
    await alice.get(`/api/v1/photos/${egg.hothash}/coldpreview`)
    await alice.get('/secret-path/of/nothing')

    const said = (await metrics()).bytes.toString()

    expect(said).toContain('route="/api/v1/photos/:ref/coldpreview"')
    expect(said).toContain('route="none"')
    for (const secret of ['secret', egg.hothash, ALICE.username, ALICE.email, `/${id}"`])
      expect(said).not.toContain(secret)
  })
})

describe('metrics are told', () => {
  const remote = { 'x-forwarded-for': '192.0.2.7' }
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

  test.each<[string, Record<string, string>, number]>([
    ['to this machine', {}, 200],
    ['to another machine with the token', { ...remote, ...bearer(TOKEN) }, 200],
    ['not to another machine', remote, 401],
    ['not to another machine whose proxy says so otherwise', { forwarded: 'for=192.0.2.7' }, 401],
    ['not to another machine that claims to be this one', { 'x-forwarded-for': '127.0.0.1' }, 401],
    ['not for another token', { ...remote, ...bearer('another-token-as-long-as') }, 401],
    ['not for another token on this machine', bearer('x'), 401],
  ])('%s', async (_whom, headers, status) => {
    const reply = await metrics(headers)

    expect(reply.status).toBe(status)
    if (status !== 200) expect(reply.headers.get('www-authenticate')).toBe('Bearer')
    expect(reply.bytes.toString().includes('process_cpu')).toBe(status === 200)
  })

  test('not for any token where the settings have none', async () => {
    const without = await testApp()

    for (const token of ['undefined', 'null', TOKEN])
      expect((await without.anonymous.get('/metrics', bearer(token))).status).toBe(401)
    expect((await without.anonymous.get('/metrics')).status).toBe(200)
  })

  test('to a client whose address a known proxy tells, if that is this machine', async () => {
    const behind = await testApp({ IMALINK_TRUSTED_PROXIES: '127.0.0.1' })
    const from = async (address: string) =>
      (await behind.anonymous.get('/metrics', { 'x-forwarded-for': address })).status

    expect([await from('127.0.0.1'), await from('192.0.2.7'), await from('127.0.0.1, 192.0.2.7')]).toEqual([
      200, 401, 401,
    ])
  })
})

describe('every answer has a number', () => {
  test.each(['/health', '/ready', '/metrics', '/', '/nothing', '/api/v1/openapi.json', '/%zz', '/docs'])(
    'at %s',
    async (path) => {
      const { headers } = await app.anonymous.get(path)

      expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
    },
  )

  test.each([
    ['no HTTP at all', 'hello\r\n\r\n', 400],
    ['a header without end', `GET / HTTP/1.1\r\nHost: a\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    ['two lengths', 'GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', 400],
  ])('also where a caller sends %s', async (_what, sent, status) => {
    const { hostname, port } = new URL(app.origin)
    const socket = connect(Number(port), hostname)
    socket.write(sent)

    const answer = await text(socket)

    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    expect(answer).toMatch(/\r\nX-Request-Id: [0-9a-f-]{36}\r\n/)
    expect(answer).toContain('application/problem+json')
    expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toMatchObject({ status, code: 'malformed_request' })
  })
})
