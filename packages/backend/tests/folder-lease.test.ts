import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type ServerResponse, createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ImportSession } from '@imalink/contract'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { aJpeg, anEgg, sha256 } from './an-egg.ts'
import { ALICE, testApp } from './test-app.ts'

const root = await mkdtemp(join(tmpdir(), 'imalink-root-'))
const picture = aJpeg('one')
await writeFile(join(root, 'one.jpg'), picture)

/** A core that answers when it is told to. */
const asked: ServerResponse[] = []
const core = createServer((request, response) => {
  request.resume()
  request.once('end', () => asked.push(response))
}).listen(0, '127.0.0.1')
await once(core, 'listening')
const address = core.address()
if (address === null || typeof address === 'string') throw new Error('A TCP server has a port')
afterAll(async () => {
  core.closeAllConnections()
  core.close()
  await rm(root, { recursive: true })
})

const app = await testApp({ IMALINK_IMPORT_ROOTS: root, IMALINK_CORE_PORT: String(address.port) })
const alice = await app.as(ALICE)
const path = '/api/v1/import-sessions'
const egg = anEgg({ seed: 'one', file_sha256: sha256(picture) })

async function eventually<T>(look: () => Promise<T | undefined> | T | undefined): Promise<T> {
  for (let waited = 0; waited < 10_000; waited += 25) {
    const found = await look()
    if (found !== undefined) return found
    await sleep(25)
  }
  throw new Error('it did not happen')
}

const read = async (id: number) => (await alice.get(`${path}/${id}`)).body as ImportSession
const photoCount = async () => (await app.db.selectFrom('photos').select('id').execute()).length
const change = (id: number, fields: { lease_owner?: string; lease_expires_at?: number; status?: 'paused' }) =>
  app.db.updateTable('import_sessions').set(fields).where('id', '=', id).execute()
const workerOf = async (id: number) => {
  const row = await app.db
    .selectFrom('import_sessions')
    .select('lease_owner')
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  return row.lease_owner
}

/** An import of the one picture, which core has and has not answered. */
async function atCore(): Promise<{ id: number; answer: () => void }> {
  const reply = await alice.post(path, { mode: 'folder', source_path: root })
  const { id } = reply.body as ImportSession
  const response = await eventually(() => asked.shift())
  const answer = () => void response.setHeader('content-type', 'application/json').end(JSON.stringify(egg))
  return { id, answer }
}

beforeEach(() => app.emptyLibrary())

test('an import keeps what core makes of its files', async () => {
  const { id, answer } = await atCore()

  answer()

  const session = await eventually(async () => {
    const now = await read(id)
    return now.finished_at === null ? undefined : now
  })
  expect(session).toMatchObject({
    status: 'completed',
    created_photos: 1,
    processed_files: 1,
    known_files: 0,
  })
  expect(await photoCount()).toBe(1)
})

test('writes nothing from the moment that another process has taken it over', async () => {
  const { id, answer } = await atCore()
  await change(id, { lease_owner: 'another process', lease_expires_at: Date.now() + 60_000 })

  answer()
  await sleep(1500)

  expect(await photoCount()).toBe(0)
  expect(await read(id)).toMatchObject({ status: 'running', processed_files: 0 })
  expect(await workerOf(id)).toBe('another process')
})

test('writes nothing from the moment that it is paused, by whichever process', async () => {
  const { id, answer } = await atCore()
  await change(id, { status: 'paused' })

  answer()
  await eventually(async () => ((await workerOf(id)) === null ? true : undefined))

  expect(await photoCount()).toBe(0)
  expect(await read(id)).toMatchObject({ status: 'paused', processed_files: 0 })
})

test('writes nothing from the moment that its owner is deactivated', async () => {
  const { id, answer } = await atCore()
  await app.db.updateTable('users').set({ is_active: 0 }).execute()

  answer()
  await eventually(async () => ((await workerOf(id)) === null ? true : undefined))
  await app.db.updateTable('users').set({ is_active: 1 }).execute()

  expect(await photoCount()).toBe(0)
  expect(await read(id)).toMatchObject({ status: 'paused', processed_files: 0 })
})
