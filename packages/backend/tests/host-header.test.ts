import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { ALICE, cookieFrom, testApp } from './test-app.ts'

const app = await testApp()
const EVIL = 'evil.example'
const cookie = cookieFrom(await app.anonymous.post('/api/v1/auth/register', ALICE)) ?? ''

/** One request as a program can send it that sets `Host` itself; the whole answer as text. */
function send(method: string, path: string, headers: Record<string, string>, body?: string) {
  return new Promise<{ status: number; answer: string }>((resolve, reject) => {
    const call = request(app.origin + path, { method, headers }, (response) => {
      text(response).then((content) => {
        const status = response.statusCode ?? 0
        resolve({ status, answer: JSON.stringify(response.headers) + content })
      }, reject)
    })
    call.once('error', reject).end(body)
  })
}

test.each([
  '/',
  '/docs',
  '/docs/',
  '/api/v1/openapi.json',
  '/api/v1/capabilities',
  '/nothing',
  '/api/v1/auth/me',
])('nothing that is answered at %s is made from the Host that a caller names', async (path) => {
  const headers = {
    host: EVIL,
    cookie,
    accept: 'text/html',
    'x-forwarded-host': EVIL,
    forwarded: `host=${EVIL}`,
  }

  const { status, answer } = await send('GET', path, headers)

  expect(status).toBeLessThan(500)
  expect(answer).not.toContain(EVIL)
})

test.each(['[::1', 'a@b', 'a b', '127.0.0.1:99999', 'ü', '.', '-'.repeat(5000)])(
  'a Host that is none does no harm: %s',
  async (host) => {
    // Bytes of a header are Latin-1.
    const { status } = await send('GET', '/api/v1/capabilities', { host })

    expect(status).toBeLessThan(500)
  },
)

test('a page is not believed to be of this server because it says by which name it came through a proxy', async () => {
  const headers = {
    cookie,
    origin: `https://${EVIL}`,
    'x-forwarded-host': EVIL,
    'x-forwarded-proto': 'https',
    'content-type': 'application/json',
  }

  const { status, answer } = await send('POST', '/api/v1/import-sessions', headers, '{}')

  expect(status).toBe(403)
  expect(answer).toContain('origin_not_allowed')
})
