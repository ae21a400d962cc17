import { once } from 'node:events'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { limits } from '@imalink/contract'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { buildApp } from '../src/app.ts'
import type { Config } from '../src/config.ts'
import { openDiskPreviewStore } from '../src/storage/previews/disk-preview-store.ts'
import { anEgg, withColdpreview } from './an-egg.ts'
import { ALICE, callerAt, fetchReply, testApp } from './test-app.ts'
import { engine } from './test-database.ts'

const app = await testApp()

/** Another process on the same installation; `config` differs where the test says so. */
async function anotherProcess(first: Awaited<ReturnType<typeof testApp>>, config: Partial<Config> = {}) {
  const { storage } = first
  const previews = openDiskPreviewStore(first.config.previewsFolder)
  const another = await buildApp({ config: { ...first.config, ...config }, storage, previews, logger: false })
  const origin = await another.listen({ host: '127.0.0.1', port: 0 })
  afterAll(() => another.close())
  return callerAt(origin)
}

describe('readiness', () => {
  test('is told once database and previews answer', async () => {
    const [health, ready] = [await app.anonymous.get('/health'), await app.anonymous.get('/ready')]

    expect(health).toMatchObject({ status: 200, body: { status: 'ok' } })
    expect(ready).toMatchObject({ status: 200, body: { status: 'ready', database: 'ok', previews: 'ok' } })
  })

  test('is denied while a migration is missing; the process is alive all the same', async () => {
    const behind = await testApp()
    await behind.db.schema.dropTable('kysely_migration').execute()

    const [ready, health] = [await behind.anonymous.get('/ready'), await behind.anonymous.get('/health')]

    expect(ready).toMatchObject({
      status: 503,
      body: { code: 'not_ready', errors: [{ path: 'migrations' }] },
    })
    expect(Number(ready.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(health.status).toBe(200)
  })

  test('is denied while previews cannot be written, without telling where they are', async () => {
    const { anonymous, config } = await testApp()
    await rm(config.previewsFolder, { recursive: true, force: true })
    await writeFile(config.previewsFolder, 'a file where the folder was')

    const ready = await anonymous.get('/ready')

    expect(ready).toMatchObject({ status: 503, body: { code: 'not_ready', errors: [{ path: 'previews' }] } })
    expect(ready.bytes.toString()).not.toContain(config.previewsFolder)
  })

  test('tells everything that is amiss, and is there again when nothing is', async () => {
    const { anonymous, config, db } = await testApp()
    await rm(config.previewsFolder, { recursive: true, force: true })
    await writeFile(config.previewsFolder, 'a file where the folder was')
    await db.schema.alterTable('kysely_migration').renameTo('put_aside').execute()

    const amiss = await anonymous.get('/ready')
    await rm(config.previewsFolder)
    await db.schema.alterTable('put_aside').renameTo('kysely_migration').execute()

    expect(amiss.body).toMatchObject({ errors: [{ path: 'migrations' }, { path: 'previews' }] })
    expect((await anonymous.get('/ready')).status).toBe(200)
  })
})

describe('capabilities', () => {
  test('tell anybody what this installation is and can do', async () => {
    const reply = await app.anonymous.get('/api/v1/capabilities')

    expect(reply).toMatchObject({
      status: 200,
      body: {
        version: expect.stringMatching(/^\d+\.\d+\.\d+/) as string,
        installation_id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
        restore_epoch: 0,
        registration: 'open',
        folder_import: false,
        limits: { eggBodyBytes: limits.eggBodyBytes, batchItems: 200 },
        core: { reachable: false, recipe: null, local_url: 'http://127.0.0.1:1' },
      },
    })
  })

  test('ignore credentials that nobody needs', async () => {
    const reply = await app.anonymous.get('/api/v1/capabilities', { authorization: 'Bearer nonsense' })

    expect(reply.status).toBe(200)
  })

  test('say that registration is closed, and it is', async () => {
    const { anonymous } = await testApp({ IMALINK_REGISTRATION: 'closed' })

    const capabilities = await anonymous.get('/api/v1/capabilities')
    const registered = await anonymous.post('/api/v1/auth/register', ALICE)

    expect(capabilities.body).toMatchObject({ registration: 'closed' })
    expect(registered).toMatchObject({ status: 403, body: { code: 'registration_closed' } })
  })

  test('keep the address of a core that is elsewhere to themselves', async () => {
    const { anonymous } = await testApp({ IMALINK_CORE_URL: 'http://core.invalid:8001' })

    const { body } = await anonymous.get('/api/v1/capabilities')

    expect(body).toMatchObject({ core: { reachable: false, local_url: null } })
  })
})

describe('passing an image through to core', () => {
  const anImage = () => {
    const form = new FormData()
    form.set('file', new Blob(['bytes']), 'a.jpg')
    return form
  }
  const process = (headers: Record<string, string>) =>
    fetchReply(`${app.origin}/api/v1/core/process`, { method: 'POST', headers, body: anImage() })

  test('needs somebody who is signed in', async () => {
    expect(await process({})).toMatchObject({ status: 401, body: { code: 'credentials_required' } })
  })

  test('says when to try again where no core answers', async () => {
    const { tokens } = await app.as(ALICE)

    const reply = await process({ authorization: `Bearer ${tokens.access_token}` })

    expect(reply).toMatchObject({ status: 503, body: { code: 'core_unreachable' } })
    expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0)
  })
})

test('core is told the number of the request that it is asked for', async () => {
  const numbers: unknown[] = []
  const standIn = createServer((request, response) => {
    numbers.push(request.headers['x-request-id'])
    request.resume().once('end', () => response.end('{}'))
  })
  await once(standIn.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => void standIn.close())
  const { port } = standIn.address() as AddressInfo // It listens on TCP.
  const { as, origin } = await testApp({ IMALINK_CORE_URL: `http://127.0.0.1:${port}` })
  const { tokens } = await as(ALICE)
  const body = new FormData()
  body.set('file', new Blob(['bytes']), 'a.jpg')

  const reply = await fetchReply(`${origin}/api/v1/core/process`, {
    method: 'POST',
    headers: { authorization: `Bearer ${tokens.access_token}` },
    body,
  })

  expect(numbers).toEqual([reply.headers.get('x-request-id')])
})

describe('the rate limit', () => {
  test('counts the calls of an address in the database, for all processes together', async () => {
    const limited = await testApp({ IMALINK_AUTH_RATE_LIMIT: '3' })
    const second = await anotherProcess(limited)
    const refresh = (caller = limited.anonymous) =>
      caller.post('/api/v1/auth/refresh', { refresh_token: 'unknown' })

    const within = [await refresh(), await refresh(second), await refresh()]
    const beyond = [await refresh(), await refresh(second)]

    expect(within.map((reply) => reply.status)).toEqual([401, 401, 401])
    for (const reply of beyond) {
      expect(reply).toMatchObject({ status: 429, body: { code: 'rate_limited' } })
      expect(reply.headers.get('content-type')).toContain('problem+json')
      const seconds = Number(reply.headers.get('retry-after'))
      expect(seconds).toBeGreaterThan(0)
      expect(seconds).toBeLessThanOrEqual(60)
    }
  })

  test('ends with its minute, and is each endpoint’s own', async () => {
    const limited = await testApp({ IMALINK_AUTH_RATE_LIMIT: '1' })
    const refresh = () => limited.anonymous.post('/api/v1/auth/refresh', { refresh_token: 'unknown' })
    await refresh()
    expect((await refresh()).status).toBe(429)

    const elsewhere = await limited.anonymous.post('/api/v1/auth/login', {})
    await limited.db
      .updateTable('rate_limits')
      .set({ resets_at: Date.now() - 1 })
      .execute()
    const later = await refresh()

    expect(elsewhere.status).toBe(422)
    expect(later.status).toBe(401)
  })

  test('believes no stranger about an address', async () => {
    const limited = await testApp({ IMALINK_AUTH_RATE_LIMIT: '1' })
    const from = (address: string) =>
      limited.anonymous.post('/api/v1/auth/refresh', { refresh_token: 'x' }, { 'x-forwarded-for': address })

    const replies = [await from('192.0.2.1'), await from('192.0.2.2')]

    expect(replies.map((reply) => reply.status)).toEqual([401, 429])
  })
})

describe('the web app', () => {
  const html = { accept: 'text/html,application/xhtml+xml' }

  async function withPages() {
    const webFolder = join(app.folder, 'web')
    await mkdir(join(webFolder, 'assets'), { recursive: true })
    await writeFile(join(webFolder, 'index.html'), '<!doctype html><title>pages</title>')
    await writeFile(join(webFolder, 'assets/app-1a2b3c.js'), 'export {}')
    return anotherProcess(app, { webFolder })
  }

  test('is what a browser gets at the root; a program gets name and version', async () => {
    const server = await withPages()

    const [page, name] = [await server.get('/', html), await server.get('/')]

    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(page.bytes.toString()).toContain('<title>pages</title>')
    expect(name.body).toMatchObject({ name: 'imalink-backend', api: '/api/v1', docs: '/docs' })
  })

  test('answers its own addresses, and none of the API’s', async () => {
    const server = await withPages()

    const [own, api, asset] = [
      await server.get('/photos/12', html),
      await server.get('/api/v1/nothing-here', html),
      await server.get('/assets/nothing-here.js', html),
    ]

    expect(own).toMatchObject({ status: 200 })
    expect(api).toMatchObject({ status: 404, body: { code: 'not_found' } })
    expect(asset.status).toBe(404)
  })

  test('is kept by browsers as long as its name stands for its content', async () => {
    const server = await withPages()

    const [page, script] = [await server.get('/', html), await server.get('/assets/app-1a2b3c.js')]

    expect(page.headers.get('cache-control')).toBe('no-cache')
    expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
  })

  test('runs no script but its own files, in no frame', async () => {
    const server = await withPages()

    const { headers } = await server.get('/', html)

    const policy = headers.get('content-security-policy') ?? ''
    const directives = Object.fromEntries(
      policy.split(';').map((part) => [part.split(' ', 1)[0] ?? '', part.split(' ').slice(1).join(' ')]),
    )
    expect(directives).toMatchObject({
      'default-src': "'self'",
      'script-src': "'self'",
      'style-src': "'self'",
      'object-src': "'none'",
      'frame-ancestors': "'none'",
      'base-uri': "'none'",
    })
    expect(policy).not.toContain('unsafe')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('strict-transport-security')).toBeNull()
  })
})

describe('how much there is', () => {
  test('is told to administrators: rows and bytes of tables and previews', async () => {
    const fresh = await testApp()
    const [alice, bob] = [
      await fresh.as(ALICE),
      await fresh.as({ ...ALICE, username: 'bob', email: 'bob@example.org' }),
    ]
    await alice.create(withColdpreview(anEgg()))
    await bob.create(anEgg())

    const [reply, refused] = [
      await alice.get('/api/v1/database-stats'),
      await bob.get('/api/v1/database-stats'),
    ]

    expect(reply.status).toBe(200)
    const { data } = reply.body as { data: DatabaseSizes }
    const rowsOf = (name: string) => data.tables.find((table) => table.name === name)?.rows
    expect([rowsOf('photos'), rowsOf('users'), rowsOf('hotpreviews')]).toEqual([2, 2, 2])
    expect(data.tables.every(({ bytes }) => bytes > 0)).toBe(true)
    expect(data.database_bytes).toBe(data.tables.reduce((sum, { bytes }) => sum + bytes, 0))
    expect(data.preview_files).toBe(1)
    expect(data.preview_bytes).toBeGreaterThan(100)
    expect(data.engine).toBe(engine)
    expect(refused).toMatchObject({ status: 403, body: { code: 'administrators_only' } })
  })
})

interface DatabaseSizes {
  readonly engine: string
  readonly tables: readonly { readonly name: string; readonly rows: number; readonly bytes: number }[]
  readonly database_bytes: number
  readonly preview_files: number
  readonly preview_bytes: number
}
