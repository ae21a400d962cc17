import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { endpoints } from '@imalink/contract'
import { backendAt, call } from '@imalink/client'
import { sql } from 'kysely'
import { afterAll, expect, onTestFinished, test } from 'vitest'
import { anEgg } from './an-egg.ts'
import { ALICE, BOB, CAROL, browserAt, callerAt, cookieFrom } from './test-app.ts'
import { openDatabase } from '../src/storage/open-database.ts'
import { engine, makeDatabase } from './test-database.ts'

const SECRET = 'the secret of the server, 32 bytes long'
const folder = await mkdtemp(join(tmpdir(), 'imalink-test-'))
const database = await makeDatabase(folder)
let written = ''
const server = start()
const origin = (await told(/"address":"([^"]+)"/))[1] ?? ''
afterAll(async () => {
  await stop()
  await database.drop()
  await rm(folder, { recursive: true })
})

/** The program itself, telling all that it ever tells. */
function start(): ChildProcess {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../src/main.ts')], {
    env: {
      IMALINK_DATA: folder,
      DATABASE_URL: database.url,
      IMALINK_SECRET: SECRET,
      IMALINK_PORT: '0',
      IMALINK_CORE_PORT: '1',
      IMALINK_AUTH_RATE_LIMIT: '0',
      IMALINK_LOG_LEVEL: 'trace',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (written += String(chunk)))
  return child
}

/** Waits until the log tells of this: it may be a moment later than an answer. */
async function told(pattern: RegExp): Promise<RegExpExecArray> {
  for (;;) {
    const found = pattern.exec(written)
    if (found) return found
    if (server.exitCode !== null) throw new Error(`the server ended with ${server.exitCode}: ${written}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

async function stop(): Promise<void> {
  if (server.exitCode !== null) return
  server.kill('SIGTERM')
  await once(server, 'close')
}

/** All that people do with secrets, and do wrong; the secrets by what they are. */
async function liveOneDay(): Promise<Record<string, string>> {
  const nobody = callerAt(origin)
  const registered = await nobody.post('/api/v1/auth/register', ALICE)
  const login = { username: ALICE.username, password: ALICE.password }
  const first = await call(backendAt(origin), endpoints.login, { body: login })
  const { refresh_token } = first
  const second = await call(backendAt(origin), endpoints.refresh, { body: { refresh_token } })
  const alice = callerAt(origin, second.access_token)
  const { key } = await call(alice.server, endpoints.createApiKey, { body: { name: 'nas', scope: 'full' } })
  const { code } = await call(alice.server, endpoints.createInvite, { body: { note: 'for Bob' } })
  const cookie = cookieFrom(registered) ?? ''

  await browserAt(origin, cookie).get('/api/v1/users/me/sessions')
  await callerAt(origin, key).get('/api/v1/photos')
  await nobody.post('/api/v1/auth/register', { ...BOB, invite: code })
  await nobody.post('/api/v1/auth/register', { ...BOB, invite: code })
  await nobody.post('/api/v1/auth/login', { username: ALICE.username, password: 'a wrong password of hers' })
  await nobody.post('/api/v1/auth/login', `{"username": "alice", "password": "a torn password of hers`)
  await nobody.post('/api/v1/auth/refresh', { refresh_token: 'a made up refresh token' })
  await callerAt(origin, 'a.made.up-access-token').get('/api/v1/auth/me')
  await callerAt(origin, key).get(`/api/v1/photos?cursor=${second.refresh_token}&offset=1`)
  await alice.get(`/api/v1/nothing?access_token=${second.access_token}`)
  await alice.post('/api/v1/photos/photoegg', anEgg())
  await alice.get('/api/v1/users?q=alice@example.org')
  await alice.post('/api/v1/users/me/change-password', {
    current_password: ALICE.password,
    new_password: 'a later password of hers',
  })
  return {
    'the secret of the server': SECRET,
    'her password': ALICE.password,
    'her next password': 'a later password of hers',
    'a wrong password': 'a wrong password of hers',
    'a password in a torn body': 'a torn password of hers',
    'her address': ALICE.email,
    'an access token': first.access_token,
    'the next access token': second.access_token,
    'a refresh token': refresh_token,
    'the next refresh token': second.refresh_token,
    'a made up refresh token': 'a made up refresh token',
    'a made up access token': 'a.made.up-access-token',
    'an API key': key,
    'an invitation': code,
    'a cookie': cookie.replace('imalink_session=', ''),
  }
}

/** PostgreSQL names the whole row that it refuses. */
const refuseUsers = {
  sqlite: "create trigger full_house before insert on users begin select raise(abort, 'no more users'); end",
  postgres: 'alter table users add constraint full_house check (id < 0) not valid',
} as const
const takeUsers = {
  sqlite: 'drop trigger full_house',
  postgres: 'alter table users drop constraint full_house',
} as const

test('a failure is told without the row that the database would not take', async () => {
  const storage = openDatabase(database.url)
  onTestFinished(async () => {
    await sql.raw(takeUsers[engine]).execute(storage.db)
    await storage.close()
  })
  await sql.raw(refuseUsers[engine]).execute(storage.db)

  const reply = await callerAt(origin).post('/api/v1/auth/register', CAROL)

  expect(reply.status).toBe(500)
  await told(/request failed/)
  expect(written).not.toContain(CAROL.email)
  expect(written).not.toMatch(/\$2[aby]\$/)
})

test('no password, token, key, invitation, cookie or address is ever in the log', async () => {
  const secrets = await liveOneDay()
  await stop()

  // The log tells of every request, so that silence about secrets means something.
  expect(written.match(/request served/g)?.length).toBeGreaterThanOrEqual(18)
  expect(written).toContain('/api/v1/users/me/change-password')
  const known = Object.entries(secrets).filter(([, secret]) => secret.length < 8 || written.includes(secret))
  expect(known.map(([what]) => what)).toEqual([])
  expect(written).not.toMatch(/eyJ[\w-]{10,}\.|imk_|Bearer |\$2[aby]\$/)
})
