import { setTimeout as delay } from 'node:timers/promises'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import type { Tokens } from '@imalink/contract'
import { Client } from 'pg'
import { describe, expect, test } from 'vitest'
import { sql } from 'kysely'
import { anEgg, withColdpreview } from './an-egg.ts'
import { ALICE, BOB, callerAt, type Reply, testApp } from './test-app.ts'
import { engine } from './test-database.ts'

const app = await testApp()

const CREATE = '/api/v1/photos/photoegg'
/** What a transaction waits for the lock, and what the requests behind it need on a busy machine. */
const ANSWERED_WITHIN_MS = 9000

async function photos(): Promise<number> {
  const alice = await app.as(ALICE)
  return ((await alice.get('/api/v1/photos')).body as { meta: { total: number } }).meta.total
}

function expectToldToComeBack(reply: Reply): void {
  expect(reply).toMatchObject({ status: 503, body: { code: 'not_ready' } })
  expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0)
}

describe.runIf(engine === 'sqlite')('a file of SQLite that another process has locked', () => {
  const lockFile = () => {
    const other = new Sqlite(join(app.config.databaseUrl.slice('sqlite:'.length)))
    other.exec('begin immediate')
    return () => {
      other.exec('rollback')
      other.close()
    }
  }

  test('is waited for, while the server answers others', async () => {
    const alice = await app.as(ALICE)
    const before = await photos()
    const unlock = lockFile()

    const created = alice.post(CREATE, anEgg())
    await delay(100)
    const asked = performance.now()
    const health = await app.anonymous.get('/health')
    const answeredMs = performance.now() - asked
    unlock()

    expect(health.status).toBe(200)
    expect(answeredMs).toBeLessThan(900)
    expect((await created).status).toBe(201)
    expect(await photos()).toBe(before + 1)
  })

  test('is waited for by what is no transaction too, while the server answers others', async () => {
    const { username, password } = BOB
    await app.as(BOB)
    const tokens = (await app.anonymous.post('/api/v1/auth/login', { username, password })).body as Tokens
    const program = callerAt(app.origin, tokens.access_token)
    const unlock = lockFile()

    const ended = program.post('/api/v1/auth/logout')
    await delay(100)
    const asked = performance.now()
    const health = await app.anonymous.get('/health')
    const answeredMs = performance.now() - asked
    unlock()

    expect(health.status).toBe(200)
    expect(answeredMs).toBeLessThan(900)
    expect((await ended).status).toBe(204)
    expect((await program.get('/api/v1/auth/me')).status).toBe(401)
  })

  test('for too long is told to all who wait, in bounded time, and lived through', async () => {
    const alice = await app.as(ALICE)
    const before = await photos()
    const eggs = Array.from({ length: 20 }, () => anEgg())
    const unlock = lockFile()

    const asked = performance.now()
    const refused = await Promise.all(eggs.map((egg) => alice.post(CREATE, egg)))
    const answeredMs = performance.now() - asked
    const during = await photos()
    unlock()
    const repeated = await Promise.all(eggs.map((egg) => alice.post(CREATE, egg)))

    refused.forEach(expectToldToComeBack)
    expect(answeredMs).toBeLessThan(ANSWERED_WITHIN_MS)
    expect(during).toBe(before)
    expect(repeated.map(({ status }) => status)).toEqual(eggs.map(() => 201))
    expect(await photos()).toBe(before + eggs.length)
  })
})

describe.runIf(engine === 'sqlite')('a disk without room for the database', () => {
  const pages = async (name: 'page_count' | 'max_page_count', value?: number) => {
    const set = value === undefined ? '' : ` = ${value}`
    const { rows } = await sql.raw<Record<string, number>>(`pragma ${name}${set}`).execute(app.db)
    return Object.values(rows[0] ?? {})[0] ?? NaN
  }

  test('is told to who writes, keeps nothing by half, and is forgotten when there is room again', async () => {
    const alice = await app.as(ALICE)
    const before = await photos()
    const eggs = Array.from({ length: 40 }, () =>
      withColdpreview(
        anEgg({ taken_at: '2024-05-06T07:08:09', description: 'x'.repeat(3000), tags: ['sea'] }),
      ),
    )
    const unlimited = await pages('max_page_count')
    await pages('max_page_count', (await pages('page_count')) + 8)

    const replies = []
    for (const egg of eggs) replies.push(await alice.post(CREATE, egg))
    const batch = await alice.post(`${CREATE}/batch`, { photos: eggs })
    const during = await photos()
    const timeline = await alice.get('/api/v1/timeline')
    await pages('max_page_count', unlimited)
    const repeated = await Promise.all(eggs.map((egg) => alice.post(CREATE, egg)))

    const refused = replies.filter(({ status }) => status !== 201)
    expect(refused.length).toBeGreaterThan(10)
    for (const reply of [...refused, batch]) expectToldToComeBack(reply)
    const kept = replies.filter(({ status }) => status === 201).length
    expect(during).toBe(before + kept)
    expect(timeline).toMatchObject({ status: 200, body: { meta: { total_photos: kept } } })
    expect(repeated.filter(({ status }) => status === 200)).toHaveLength(kept)
    expect(repeated.filter(({ status }) => status === 201)).toHaveLength(eggs.length - kept)
    expect(await photos()).toBe(before + eggs.length)
  })
})

describe.runIf(engine === 'postgres')('connections that PostgreSQL ends', () => {
  const endConnections = async () => {
    const admin = new Client({ connectionString: app.config.databaseUrl })
    await admin.connect()
    const { rowCount } = await admin.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid()`,
    )
    await admin.end()
    return rowCount ?? 0
  }

  test('cost the requests on them a repeat and nothing else', async () => {
    const alice = await app.as(ALICE)
    const before = await photos()
    const eggs = Array.from({ length: 300 }, () => anEgg())

    const sent = Promise.all(eggs.map((egg) => alice.post(CREATE, egg)))
    let ended = 0
    for (let round = 0; round < 5; round++) {
      await delay(50)
      ended += await endConnections()
    }
    const replies = await sent
    const repeated = await Promise.all(eggs.map((egg) => alice.post(CREATE, egg)))

    const refused = replies.filter(({ status }) => status !== 201)
    expect(ended).toBeGreaterThan(0)
    expect(refused.length).toBeGreaterThan(0)
    refused.forEach(expectToldToComeBack)
    const kept = replies.flatMap(({ status }, index) => (status === 201 ? [index] : []))
    expect(kept.filter((index) => repeated[index]?.status !== 200)).toEqual([])
    expect(repeated.every(({ status }) => status === 200 || status === 201)).toBe(true)
    expect(await photos()).toBe(before + eggs.length)
  })
})
