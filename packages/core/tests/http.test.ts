import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { fixture, plainRequest, readProblem, sharedCore } from './running-core.ts'

const core = sharedCore()

const get = (path: string, headers: Record<string, string> = {}) => fetch(core.url + path, { headers })

describe('core', () => {
  test.each(['/', '/health', '/health/'])('says at %s what it is and what it reads', async (path) => {
    const reply = await get(path)

    expect(reply.status).toBe(200)
    expect(await reply.json()).toEqual({
      status: 'ok',
      name: 'imalink-core',
      version: '0.1.0',
      recipe: 'h1',
      formats: [
        ...['JPEG', 'PNG', 'WebP', 'TIFF', 'AVIF', 'GIF', 'HEIC', 'JXL', 'BMP'],
        ...['CR2', 'CR3', 'CRW', 'NEF', 'NRW', 'ARW', 'SR2', 'SRF', 'DNG', 'GPR', 'RAF', 'ORF', 'RW2', 'RWL'],
        ...['PEF', 'SRW', '3FR', 'X3F', 'IIQ', 'MRW', 'KDC', 'DCR', 'ERF', 'MEF', 'MOS', 'RAW'],
      ],
    })
  })

  test.each(['/v1/process', '/v1/process/', '/api/v1/process'])('takes images at %s', async (path) => {
    const form = new FormData()
    form.set('file', new Blob([new Uint8Array(fixture('plain.png'))]), 'a.png')

    expect((await fetch(core.url + path, { method: 'POST', body: form })).status).toBe(200)
  })

  test('describes itself in OpenAPI 3.1, with every path that it serves', async () => {
    const document = (await (await get('/openapi.json')).json()) as { openapi: string; paths: object }

    expect(document.openapi).toMatch(/^3\.1\./)
    expect(Object.keys(document.paths)).toEqual(['/v1/process', '/v1/resize', '/health', '/api/v1/process'])
  })

  test('shows the description on a page that runs no inline script', async () => {
    const page = await get('/docs')

    expect(page.status).toBe(200)
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self';")
    const html = await page.text()
    expect(html).toContain('swagger-ui')
    expect(html).not.toMatch(/<script(?![^>]*src=)[^>]*>/)
  })

  test('counts its answers for Prometheus', async () => {
    await core.refusal(fixture('words.jpg'))

    const text = await (await get('/metrics')).text()

    expect(text).toMatch(/imalink_core_answers_total\{route="\/v1\/process",status="422"\} [1-9]/)
    expect(text).toMatch(/imalink_core_answer_duration_seconds_count\{route="\/v1\/process"\} [1-9]/)
    for (const name of ['workers_busy', 'images_waiting', 'uploads_inside', 'uploads_waiting'])
      expect(text).toContain(`imalink_core_${name} 0`)
    expect(text).toMatch(/nodejs_eventloop_lag_p99_seconds \d/)
    expect(text).toMatch(/process_resident_memory_bytes \d/)
  })

  test('answers to what is not there as a problem', async () => {
    expect(await readProblem(await get('/v2/process'))).toMatchObject({ code: 'not_found', status: 404 })
  })

  test.each([
    ['/v1/process', 'GET', 'POST'],
    ['/v1/resize', 'PUT', 'POST'],
    ['/health', 'POST', 'GET, HEAD'],
    ['/', 'DELETE', 'GET, HEAD'],
  ])('refuses at %s the method %s and says which it takes', async (path, method, allowed) => {
    const reply = await fetch(core.url + path, { method })

    expect(reply.headers.get('allow')).toBe(allowed)
    expect(await readProblem(reply)).toMatchObject({ code: 'method_not_allowed', status: 405 })
  })

  test('gives every answer an id, the caller’s own where it has one', async () => {
    expect((await get('/health')).headers.get('x-request-id')).toMatch(/^[\w-]{36}$/)
    expect((await get('/nothing', { 'x-request-id': 'abc-1' })).headers.get('x-request-id')).toBe('abc-1')
    const odd = await plainRequest(`${core.url}/health`, { headers: { 'x-request-id': '{"a": 1}' } })
    expect(odd.headers['x-request-id']).toMatch(/^[\w-]{36}$/)
  })
})

describe('resize', () => {
  const resize = (query: string, body: Buffer = fixture('camera.jpg'), type = 'image/jpeg') =>
    fetch(`${core.url}/v1/resize${query}`, {
      method: 'POST',
      body: new Uint8Array(body),
      headers: { 'content-type': type },
    })
  const large = () =>
    sharp({ create: { width: 900, height: 300, channels: 3, background: '#468' } })
      .jpeg()
      .toBuffer()
  const sizeOf = async (reply: Response) => {
    const { width, height, format } = await sharp(Buffer.from(await reply.arrayBuffer())).metadata()
    return { width, height, format }
  }

  test.each([
    ['?width=300', 300, 100],
    ['?height=150', 450, 150],
    ['?width=300&height=300', 300, 100],
    ['?width=2000&height=2000', 900, 300],
  ])('fits inside %s and never enlarges', async (query, width, height) => {
    const reply = await resize(query, await large())

    expect(reply.headers.get('content-type')).toBe('image/jpeg')
    expect(await sizeOf(reply)).toEqual({ width, height, format: 'jpeg' })
  })

  test.each(['', '?width=99', '?width=2001', '?height=abc', '?depth=100'])(
    'refuses the sides of "%s"',
    async (query) => {
      expect(await readProblem(await resize(query))).toMatchObject({ code: 'validation_failed', status: 422 })
    },
  )

  test('refuses what is no JPEG', async () => {
    expect(await readProblem(await resize('?width=200', fixture('plain.png')))).toMatchObject({
      code: 'not_an_image',
    })
    expect(await readProblem(await resize('?width=200', fixture('cut-in-half.jpg')))).toMatchObject({
      code: 'corrupt_image',
    })
    expect(await readProblem(await resize('?width=200', fixture('plain.png'), 'image/png'))).toMatchObject({
      code: 'unsupported_media_type',
    })
  })

  test('strips what the camera wrote', async () => {
    const reply = await resize('?width=100')

    expect((await sharp(Buffer.from(await reply.arrayBuffer())).metadata()).exif).toBeUndefined()
  })
})
