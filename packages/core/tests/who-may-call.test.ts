import { connect } from 'node:net'
import { describe, expect, test } from 'vitest'
import { fixture, plainRequest, sharedCore, startCore } from './running-core.ts'

const PAGE = 'http://localhost:8000'
const TOKEN = 'a token of some length'

const core = sharedCore()
const locked = sharedCore({ token: TOKEN })

const paths = [
  '/',
  '/metrics',
  '/openapi.json',
  '/docs',
  '/docs/static/swagger-ui.css',
  '/v1/process',
  '/nothing-here',
]

describe('a web page', () => {
  test.each(['http://localhost:8000', 'http://127.0.0.1:8000'])('at %s may call', async (origin) => {
    const egg = await core.post(fixture('plain.png'), { headers: { origin } })

    expect(egg.status).toBe(200)
    expect(egg.headers.get('access-control-allow-origin')).toBe(origin)
    expect(egg.headers.get('vary')).toContain('Origin')
  })

  test.each([
    'https://evil.example',
    'http://localhost:8001',
    'https://localhost:8000',
    'null',
    'http://localhost:8000.evil.example',
  ])('at %s may not, and an image that it sends is not looked at', async (origin) => {
    const reply = await core.post(fixture('plain.png'), { headers: { origin } })

    expect(reply.status).toBe(403)
    expect(await reply.json()).toMatchObject({ code: 'origin_not_allowed' })
    expect(reply.headers.get('access-control-allow-origin')).toBeNull()
  })

  test.each(paths)('of a foreign origin gets nothing from %s', async (path) => {
    const reply = await plainRequest(core.url + path, { headers: { origin: 'https://evil.example' } })

    expect(reply.status).toBe(403)
    expect(JSON.parse(reply.text)).toMatchObject({ code: 'origin_not_allowed' })
  })

  test('may be told whether core is alive, but a foreign one may not read it', async () => {
    const own = await plainRequest(`${core.url}/health`, { headers: { origin: PAGE } })
    const foreign = await plainRequest(`${core.url}/health`, { headers: { origin: 'https://evil.example' } })

    expect([own.status, own.headers['access-control-allow-origin']]).toEqual([200, PAGE])
    expect([foreign.status, foreign.headers['access-control-allow-origin']]).toEqual([200, undefined])
  })

  test('may be allowed by setting', async () => {
    const wider = await startCore({ allowedOrigins: ['https://photos.example'] })

    const reply = await wider.post(fixture('plain.png'), { headers: { origin: 'https://photos.example' } })
    await wider.close()

    expect(reply.status).toBe(200)
  })
})

describe('a preflight', () => {
  const ask = (origin: string, extra: Record<string, string> = {}) =>
    plainRequest(`${core.url}/v1/process`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST', ...extra },
    })

  test('of an allowed page is granted, from the local network as well', async () => {
    const reply = await ask(PAGE, { 'access-control-request-private-network': 'true' })

    expect(reply.status).toBe(204)
    expect(reply.headers).toMatchObject({
      'access-control-allow-origin': PAGE,
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-private-network': 'true',
    })
    expect(reply.headers['access-control-allow-headers']).toContain('Authorization')
  })

  test('does not speak of private networks unless asked', async () => {
    expect((await ask(PAGE)).headers['access-control-allow-private-network']).toBeUndefined()
  })

  test('of a foreign page is refused', async () => {
    const reply = await ask('https://evil.example')

    expect(reply.status).toBe(403)
    expect(reply.headers['access-control-allow-origin']).toBeUndefined()
  })

  test('needs no token: browsers never send it one', async () => {
    const reply = await plainRequest(`${locked.url}/v1/process`, {
      method: 'OPTIONS',
      headers: {
        origin: PAGE,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization',
      },
    })

    expect(reply.status).toBe(204)
  })
})

describe('a host name', () => {
  test.each(['localhost', 'LOCALHOST:1234', '127.0.0.1', '127.0.0.1:8001', '[::1]:8001'])(
    '%s is one of ours',
    async (host) => {
      expect((await plainRequest(core.url, { headers: { host } })).status).toBe(200)
    },
  )

  test.each(
    paths.flatMap((path) =>
      ['evil.example', 'localhost.evil.example:8001', '192.168.1.5'].map((host) => [host, path]),
    ),
  )('%s is not, at %s', async (host, path) => {
    const reply = await plainRequest(`${core.url}${path}`, { headers: { host } })

    expect(reply.status).toBe(403)
    expect(JSON.parse(reply.text)).toMatchObject({ code: 'host_not_allowed' })
  })

  test('does not matter for the health of the process', async () => {
    expect((await plainRequest(`${core.url}/health`, { headers: { host: 'evil.example' } })).status).toBe(200)
  })

  test('that is missing is refused', async () => {
    const reply = await new Promise<string>((resolve) => {
      const socket = connect(core.port, '127.0.0.1', () => socket.write('GET / HTTP/1.0\r\n\r\n'))
      socket.once('data', (data) => {
        socket.destroy()
        resolve(data.toString())
      })
    })

    expect(reply).toMatch(/^HTTP\/1\.1 403 /)
  })
})

describe('with a token set', () => {
  test.each(paths)('%s needs it', async (path) => {
    const reply = await plainRequest(locked.url + path)

    expect(reply.status).toBe(401)
    expect(reply.headers['www-authenticate']).toBe('Bearer')
    expect(JSON.parse(reply.text)).toMatchObject({ code: 'credentials_required' })
  })

  test('another one is refused', async () => {
    const reply = await locked.post(fixture('plain.png'), { headers: { authorization: `Bearer ${TOKEN}x` } })

    expect(reply.status).toBe(401)
    expect(await reply.json()).toMatchObject({ code: 'credentials_invalid' })
  })

  test('it opens the door, and a foreign page stays outside all the same', async () => {
    const authorization = `Bearer ${TOKEN}`

    expect((await locked.post(fixture('plain.png'), { headers: { authorization } })).status).toBe(200)
    const foreign = { authorization, origin: 'https://evil.example' }
    expect((await locked.post(fixture('plain.png'), { headers: foreign })).status).toBe(403)
  })

  test('health is free', async () => {
    expect((await plainRequest(`${locked.url}/health`)).status).toBe(200)
  })
})

describe('metrics are told', () => {
  const metricsToken = 'for-the-metrics-alone'
  const remote = { 'x-forwarded-for': '192.0.2.7' }
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
  const open = sharedCore({ metricsToken })
  const closed = sharedCore({ token: TOKEN, metricsToken })

  test.each<[string, () => string, Record<string, string>, number]>([
    ['to this machine', () => open.url, {}, 200],
    ['not to another machine', () => open.url, remote, 401],
    ['to another machine for their token', () => open.url, { ...remote, ...bearer(metricsToken) }, 200],
    ['not for another token', () => open.url, bearer('another-token-as-long'), 401],
    ['not to this machine without a token, where all need one', () => closed.url, {}, 401],
    ['to this machine for their token, where all need one', () => closed.url, bearer(metricsToken), 200],
    ['for the token of everything', () => closed.url, { ...remote, ...bearer(TOKEN) }, 200],
  ])('%s', async (_whom, url, headers, status) => {
    const reply = await plainRequest(`${url()}/metrics`, { headers })

    expect(reply.status).toBe(status)
    expect(reply.text.includes('imalink_core_workers_busy')).toBe(status === 200)
  })

  test('and nothing else is, for their token', async () => {
    const reply = await closed.post(fixture('plain.png'), { headers: bearer(metricsToken) })

    expect(await reply.json()).toMatchObject({ status: 401, code: 'credentials_invalid' })
  })
})
