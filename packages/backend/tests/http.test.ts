import { type Problem, problem } from '@imalink/contract'
import { describe, expect, test } from 'vitest'
import { anEgg } from './an-egg.ts'
import { ALICE, fetchReply, type Reply, testApp } from './test-app.ts'

const app = await testApp()
const alice = await app.as(ALICE)
const send = (method: string, path: string, init: RequestInit = {}) =>
  fetchReply(app.origin + path, { method, ...init })
const json = { 'content-type': 'application/json' }
const login = (body: string, headers: Record<string, string> = json) =>
  send('POST', '/api/v1/auth/login', { headers, body })

/** Whatever is refused is refused in the same form. */
function expectProblem(reply: Reply, status: number, code: string): Problem {
  expect(reply).toMatchObject({ status, body: { status, code } })
  expect(reply.headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
  expect(reply.headers.get('cache-control')).toBe('no-store')
  expect(reply.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
  expect(reply.headers.get('x-content-type-options')).toBe('nosniff')
  const told = problem.strict().parse(reply.body)
  expect(told.detail).toMatch(/\.$/)
  return told
}

describe('problem details tell of', () => {
  test('a path that does not exist', async () => {
    expectProblem(await send('GET', '/api/v1/nothing-here'), 404, 'not_found')
  })

  test('a path that cannot be decoded', async () => {
    expectProblem(await send('GET', '/api/v1/photos/%zz'), 400, 'malformed_request')
  })

  test('a photo that does not exist, by whatever it is called', async () => {
    const replies = await Promise.all(
      ['999999', 'no-photo', '0', '9'.repeat(40), 'x'.repeat(5000), 'a%2Fb', '%00'].map((ref) =>
        send('GET', `/api/v1/photos/${ref}`),
      ),
    )

    for (const reply of replies) expectProblem(reply, 404, 'photo_not_found')
    expect(new Set(replies.map((reply) => reply.bytes.toString())).size).toBe(1)
  })

  test.each([
    ['PUT', '/api/v1/auth/login', 'POST'],
    ['DELETE', '/api/v1/photos', 'GET, HEAD, POST'],
    ['PUT', '/api/v1/import-sessions/1', 'DELETE, GET, HEAD, PATCH'],
    ['POST', '/api/v1/photos/trash', 'DELETE, GET, HEAD, PATCH, PUT'],
    ['POST', '/api/v1/timeline/', 'GET, HEAD'],
    ['PATCH', '/health', 'GET, HEAD'],
  ])('the method %s of %s, with those that are answered', async (method, path, allow) => {
    const reply = await send(method, path)

    expectProblem(reply, 405, 'method_not_allowed')
    expect(reply.headers.get('allow')).toBe(allow)
  })

  test.each(['{"username": ', '{', 'no json', '{"a": 1} x', ''])('JSON that is damaged: %j', async (body) => {
    expectProblem(await login(body), 400, 'malformed_json')
  })

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'application/xml', 'nonsense'])(
    'a body of type %s',
    async (type) => {
      expectProblem(await login('username=a', { 'content-type': type }), 415, 'unsupported_media_type')
    },
  )

  test('a form where JSON is read', async () => {
    const form = new FormData()
    form.set('username', 'alice')

    expectProblem(await send('POST', '/api/v1/auth/login', { body: form }), 415, 'unsupported_media_type')
  })

  test('JSON where a form is read', async () => {
    const headers = { ...json, authorization: `Bearer ${alice.tokens.access_token}` }

    const reply = await send('POST', '/api/v1/core/process', { headers, body: '{}' })

    expectProblem(reply, 415, 'unsupported_media_type')
  })

  test('a body larger than its endpoint takes', async () => {
    const fits = JSON.stringify({ username: 'alice', password: 'x'.repeat(60_000) })
    const tooLarge = JSON.stringify({ username: 'alice', password: 'x'.repeat(64 * 1024) })

    expectProblem(await login(fits), 422, 'validation_failed')
    expectProblem(await login(tooLarge), 413, 'body_too_large')
  })

  test('a body that is missing', async () => {
    expectProblem(await send('POST', '/api/v1/auth/login'), 422, 'validation_failed')
  })

  test.each(['null', '[]', '"text"', '7'])('a body that is %s', async (body) => {
    expectProblem(await login(body), 422, 'validation_failed')
  })

  test('every field that does not fit, by its path', async () => {
    const reply = await alice.post('/api/v1/import-sessions', {
      title: 'x'.repeat(256),
      default_tags: ['fine', 'a,b'],
      total_files: -1,
    })

    const { errors } = expectProblem(reply, 422, 'validation_failed')
    expect(errors?.map((error) => error.path).sort()).toEqual([
      'body.default_tags.1',
      'body.title',
      'body.total_files',
    ])
    expect(errors?.every((error) => error.message !== '')).toBe(true)
  })

  test('a field that does not exist', async () => {
    const reply = await alice.post('/api/v1/import-sessions', { title: 'x', colour: 'red' })

    const { errors } = expectProblem(reply, 422, 'unknown_field')
    expect(errors?.[0]?.message).toContain('colour')
  })

  test.each(['/api/v1/photos?ratin=5', '/api/v1/timeline?yaer=2024', '/api/v1/timeline/photos?day_=1'])(
    'a filter that does not exist: %s',
    async (path) => {
      expectProblem(await send('GET', path), 422, 'unknown_field')
    },
  )

  test.each([
    'limit=0',
    'limit=501',
    'limit=ten',
    'limit=1.5',
    'offset=-1',
    'limit=1&limit=2',
    'scope=a%00b',
  ])('a parameter out of its range: %s', async (query) => {
    expectProblem(await send('GET', `/api/v1/photos?${query}`), 422, 'validation_failed')
  })

  test.each(['abc', '1.5', '0', '-1', '99999999999999999999'])('an id that is none: %s', async (id) => {
    const reply = await alice.get(`/api/v1/import-sessions/${id}`)

    expect([404, 422]).toContain(reply.status)
    expectProblem(
      reply,
      reply.status,
      reply.status === 404 ? 'import_session_not_found' : 'validation_failed',
    )
  })

  test('credentials that are missing, with how to bring them', async () => {
    const reply = await send('GET', '/api/v1/auth/me')

    expectProblem(reply, 401, 'credentials_required')
    expect(reply.headers.get('www-authenticate')).toBe('Bearer')
  })
})

test('says nothing of its inside when it fails', async () => {
  const broken = await testApp()
  const bob = await broken.as(ALICE)
  await broken.db.schema.dropTable('import_errors').execute()
  const { body } = await bob.post('/api/v1/import-sessions', {})

  const reply = await bob.get(`/api/v1/import-sessions/${(body as { id: number }).id}`)

  expectProblem(reply, 500, 'internal_error')
  expect(reply.bytes.toString()).not.toMatch(/import_errors|select|\.ts|\bat\b .*:\d/)
})

describe('keys that could change what an object is', () => {
  const hostile = '{"__proto__": {"is_admin": true}, "username": "x", "password": "y"}'

  test('are refused in a body', async () => {
    expectProblem(await login(hostile), 400, 'malformed_json')
  })

  test('are refused inside an egg, and change nothing', async () => {
    const egg = JSON.stringify(anEgg()).replace(
      '"exif_dict":{',
      '"exif_dict":{"__proto__":{"polluted":true},',
    )

    const reply = await alice.post('/api/v1/photos/photoegg', egg)

    expectProblem(reply, 400, 'malformed_json')
    expect('polluted' in {}).toBe(false)
  })

  test.each(['constructor', 'hasOwnProperty', 'toString'])('are no fields either: %s', async (name) => {
    const body = JSON.stringify({ username: 'x', password: 'y', [name]: 1 })

    expectProblem(await login(body), 422, 'unknown_field')
  })
})

describe('every answer', () => {
  test('has a number of its own by which the log tells of it', async () => {
    const replies = [await send('GET', '/api/v1/capabilities'), await send('GET', '/api/v1/capabilities')]

    const ids = replies.map((reply) => reply.headers.get('x-request-id'))
    expect(new Set(ids).size).toBe(2)
    expect(ids.every((id) => /^[0-9a-f-]{36}$/.test(id ?? ''))).toBe(true)
  })

  test('keeps JSON out of caches unless it says otherwise', async () => {
    const reply = await alice.get('/api/v1/photos')

    expect(reply.headers.get('cache-control')).toBe('no-store')
    expect(reply.headers.get('content-type')).toBe('application/json; charset=utf-8')
  })

  test.each([
    '/api/v1/capabilities/',
    '/health/',
    '/api/v1/timeline/?granularity=year',
    '/api/v1/photos/?limit=1',
  ])('is the same with a slash at the end: %s', async (path) => {
    expect((await send('GET', path)).status).toBe(200)
  })

  test('to HEAD is the answer to GET without its body', async () => {
    const reply = await send('HEAD', '/api/v1/timeline')

    expect(reply).toMatchObject({ status: 200, bytes: Buffer.alloc(0) })
  })

  test('opens nothing to pages of other origins', async () => {
    const origin = 'https://elsewhere.example'
    const reply = await send('GET', '/api/v1/timeline', { headers: { origin } })

    expect(reply.headers.get('access-control-allow-origin')).toBeNull()
  })
})
