import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { holdLock } from '../../packages/backend/tests/hold-lock.ts'
import { TcpProxy } from '../../packages/backend/tests/tcp-proxy.ts'
import { startPostgres } from '../postgres-server.ts'
import { ServerProgram, freePort } from './programs.ts'

/** What is in flight may take five seconds, a silent database two more; the rest is for a busy machine. */
const STOPS_WITHIN_MS = 10_000

let folder: string
let postgres: Awaited<ReturnType<typeof startPostgres>>
let proxy: TcpProxy
let backend: ServerProgram

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'imalink-away-'))
  postgres = await startPostgres()
  proxy = await TcpProxy.to(postgres.url)
  const port = await freePort()
  backend = new ServerProgram('backend', port, {
    IMALINK_DATA: folder,
    IMALINK_PORT: String(port),
    IMALINK_SECRET: 'a secret for tests, 32 bytes long.',
    DATABASE_URL: proxy.url,
  })
})
afterAll(async () => {
  await backend.stop('SIGKILL')
  await proxy.cut()
  await postgres.stop()
  rmSync(folder, { recursive: true })
})

const ready = async () => (await fetch(`${backend.address}/ready`)).status

test('a backend that starts before its database waits for it, and says so', async () => {
  await proxy.cut()

  const started = backend.start()
  await delay(2500)
  const told = backend.output
  await proxy.open()
  await started

  expect(told).toContain('the database does not answer yet')
  expect(await ready()).toBe(200)
})

test('a backend stops in bounded time though its database is silent', async () => {
  proxy.fallSilent()
  const asked = fetch(`${backend.address}/api/v1/photos`).catch(() => undefined)
  await delay(200)

  const started = performance.now()
  const code = await backend.stop()

  expect(performance.now() - started).toBeLessThan(STOPS_WITHIN_MS)
  expect(code).toBe(0)
  await asked
})

test('a backend that is still at its first housekeeping stops as well', async () => {
  proxy.speakAgain()
  const letGo = await holdLock(postgres.url, 'lock table rate_limits')
  await backend.start()

  const started = performance.now()
  const code = await backend.stop()
  await letGo()

  expect(performance.now() - started).toBeLessThan(STOPS_WITHIN_MS)
  expect(code).toBe(0)
})

test('a backend whose database refuses it ends with a sentence that tells no password', async () => {
  const port = await freePort()
  const url = new URL(postgres.url)
  url.password = 'not the password'
  const refused = new ServerProgram('backend', port, {
    IMALINK_DATA: folder,
    IMALINK_PORT: String(port),
    IMALINK_SECRET: 'a secret for tests, 32 bytes long.',
    DATABASE_URL: url.href,
  })

  await expect(refused.start()).rejects.toThrow(/cannot be opened: password authentication failed/)
  expect(refused.output).not.toContain('not the password')
})
