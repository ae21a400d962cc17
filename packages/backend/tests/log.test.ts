import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { endpoints } from '@imalink/contract'
import { backendAt, call } from '@imalink/client'
import { afterAll, expect, test } from 'vitest'
import { anEgg, withColdpreview } from './an-egg.ts'
import { ALICE, callerAt } from './test-app.ts'
import { makeDatabase } from './test-database.ts'

type Line = Readonly<Record<string, unknown>>

const folder = await mkdtemp(join(tmpdir(), 'imalink-test-'))
const database = await makeDatabase(folder)
const lines: Line[] = []
const server = start()
const origin = String((await lineWhere((line) => line['msg'] === 'backend listens'))['address'])
afterAll(async () => {
  server.kill('SIGTERM')
  if (server.exitCode === null) await once(server, 'exit')
  await database.drop()
  await rm(folder, { recursive: true })
})

/** The program itself, on a free port; whatever it writes is a line of JSON. */
function start(): ChildProcess {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../src/main.ts')], {
    env: {
      IMALINK_DATA: folder,
      DATABASE_URL: database.url,
      IMALINK_SECRET: 'a secret for tests, 32 bytes long.',
      IMALINK_PORT: '0',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(JSON.parse(line) as Line))
  return child
}

async function lineWhere(matches: (line: Line) => boolean): Promise<Line> {
  for (;;) {
    const found = lines.find(matches)
    if (found) return found
    if (server.exitCode !== null) throw new Error(`the server ended with ${server.exitCode}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

test('the log tells what went wrong under the number that the answer carries, and the answer tells nothing', async () => {
  await call(backendAt(origin), endpoints.register, { body: ALICE })
  const { access_token } = await call(backendAt(origin), endpoints.login, {
    body: { username: ALICE.username, password: ALICE.password },
  })
  const alice = callerAt(origin, access_token)
  const { id } = await call(alice.server, endpoints.createPhoto, { body: withColdpreview(anEgg()) })
  await rm(join(folder, 'previews'), { recursive: true })

  const reply = await alice.get(`/api/v1/photos/${id}/coldpreview`)

  const requestId = reply.headers.get('x-request-id')
  const failure = await lineWhere((line) => line['reqId'] === requestId && line['msg'] === 'request failed')
  expect(failure).toMatchObject({
    level: 50,
    err: { message: expect.stringContaining('missing from the preview store') as string },
  })
  expect(reply).toMatchObject({ status: 503, body: { code: 'storage_unavailable' } })
  expect(reply.bytes.toString()).not.toMatch(/preview store|\/src\/| {4}at |previews\//)
})

test('each request leaves one line, without who it was and what it sent', async () => {
  const { headers } = await callerAt(origin).post('/api/v1/auth/login', {
    email: 'secret@example.org',
    password: 'very secret',
  })

  const requestId = headers.get('x-request-id')
  const served = await lineWhere((line) => line['reqId'] === requestId && line['msg'] === 'request served')
  expect(served).toMatchObject({ method: 'POST', route: '/api/v1/auth/login', status: 401 })
  expect(lines.filter((line) => line['reqId'] === requestId)).toHaveLength(1)
  expect(JSON.stringify(lines)).not.toMatch(/secret@example|very secret|eyJ|Bearer/)
})
