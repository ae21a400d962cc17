import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ImportSession } from '@imalink/contract'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { ALICE, BOB, type Reply, testApp } from './test-app.ts'

const disk = await mkdtemp(join(tmpdir(), 'imalink-roots-'))
const [root, other, outside] = ['root', 'other', 'outside'].map((name) => join(disk, name)) as [
  string,
  string,
  string,
] // As many as there are names.
for (const folder of [root, other, outside, join(root, 'empty'), join(disk, 'root-but-longer')])
  await mkdir(folder)
await writeFile(join(root, 'picture.jpg'), 'no picture')
await symlink(outside, join(root, 'way-out'))
await symlink(join(outside, 'missing'), join(root, 'way-to-nothing'))
await symlink(root, join(outside, 'way-in'))
afterAll(() => rm(disk, { recursive: true }))

const app = await testApp({ IMALINK_IMPORT_ROOTS: [root, other, join(disk, 'unplugged')].join(delimiter) })
const [alice, bob] = [await app.as(ALICE), await app.as(BOB)]
const path = '/api/v1/import-sessions'

const begin = (source_path: string, wishes: object = {}): Promise<Reply> =>
  alice.post(path, { mode: 'folder', source_path, ...wishes })
const begun = async (...args: Parameters<typeof begin>) => {
  const reply = await begin(...args)
  expect(reply.status).toBe(201)
  return reply.body as ImportSession
}
const read = async (id: number) => (await alice.get(`${path}/${id}`)).body as ImportSession
const setStatus = (id: number, status: string) => alice.patch(`${path}/${id}`, { status })

/** The session as soon as it is in this state. */
async function reached(id: number, status: string): Promise<ImportSession> {
  for (let waited = 0; waited < 10_000; waited += 50) {
    const session = await read(id)
    if (session.status === status) return session
    await sleep(50)
  }
  throw new Error(`the session is ${(await read(id)).status}, not ${status}`)
}

const leaseOf = (id: number) =>
  app.db
    .selectFrom('import_sessions')
    .select(['lease_owner', 'lease_expires_at'])
    .where('id', '=', id)
    .executeTakeFirst()

async function letGo(id: number): Promise<void> {
  for (let waited = 0; waited < 10_000; waited += 50) {
    if (!(await leaseOf(id))?.lease_owner) return
    await sleep(50)
  }
  throw new Error('the session is still worked on')
}

afterEach(async () => {
  await app.emptyLibrary()
  await app.db.updateTable('users').set({ is_active: 1 }).execute()
})

describe('a folder', () => {
  const refusals: [string, string][] = [
    ['outside every root', outside],
    ['outside that is not there', join(outside, 'missing')],
    ['whose name begins like a root', join(disk, 'root-but-longer')],
    ['reached by steps up', `${root}/../outside`],
    ['that a link in a root leads out to', join(root, 'way-out')],
    ['behind a link that leads out', join(root, 'way-out', 'missing')],
    ['that a link leads to where nothing is', join(root, 'way-to-nothing')],
    ['in a root that is not there', join(root, 'missing')],
    ['on a root that is not plugged in', join(disk, 'unplugged', 'photos')],
    ['that is a file', join(root, 'picture.jpg')],
    ['that is not absolute', 'root'],
    ['that is not said', ''],
  ]

  test('is refused in the same words, whatever is wrong with it and whether it is there or not', async () => {
    const bodies: unknown[] = []
    for (const [, folder] of refusals) {
      const reply = await begin(folder)
      expect([folder, reply.status]).toEqual([folder, 422])
      bodies.push(reply.body)
    }

    expect(bodies[0]).toMatchObject({ code: 'path_not_allowed' })
    expect(new Set(bodies.map((body) => JSON.stringify(body))).size).toBe(1)
    expect((await alice.post(path, { mode: 'folder' })).body).toEqual(bodies[0])
    expect(JSON.stringify(bodies)).not.toContain(disk)
    expect((await alice.get(path)).body).toMatchObject({ data: [] })
  })

  test('is accepted where it is a root, in one, or leads into one', async () => {
    for (const folder of [root, `${root}/`, join(root, 'empty'), other, join(outside, 'way-in', 'empty')]) {
      const session = await begun(folder)
      expect(session).toMatchObject({ mode: 'folder', source_path: folder, status: 'pending' })
      await setStatus(session.id, 'cancelled')
    }
  })

  test('is nothing to a server without roots, which says so', async () => {
    const closed = await testApp()
    const owner = await closed.as(ALICE)

    const reply = await owner.post(path, { mode: 'folder', source_path: root })

    expect(reply).toMatchObject({ status: 422, body: { code: 'path_not_allowed' } })
    expect((await closed.anonymous.get('/api/v1/capabilities')).body).toMatchObject({ folder_import: false })
    expect((await app.anonymous.get('/api/v1/capabilities')).body).toMatchObject({ folder_import: true })
  })
})

describe('a folder import', () => {
  test('of nothing completes by itself', async () => {
    const { id } = await begun(join(root, 'empty'))

    expect(await reached(id, 'completed')).toMatchObject({
      total_files: 0,
      processed_files: 0,
      errors: [],
      started_at: expect.stringMatching(/Z$/) as string,
      finished_at: expect.stringMatching(/Z$/) as string,
    })
  })

  test('makes coldpreviews of the size that is asked for, the usual one, or none', async () => {
    const sizes = []
    for (const wishes of [{}, { coldpreview_size: 800 }, { coldpreview_size: null }])
      sizes.push((await begun(join(root, 'empty'), wishes)).coldpreview_size)

    expect(sizes).toEqual([1920, 800, null])
    expect((await begin(root, { coldpreview_size: 10 })).status).toBe(422)
  })

  test('waits for a core that is away, and is paused, resumed and cancelled meanwhile', async () => {
    const { id } = await begun(root)
    await reached(id, 'running')

    const paused = await setStatus(id, 'paused')
    await letGo(id)
    await sleep(300)
    expect(await read(id)).toMatchObject({ status: 'paused', processed_files: 0 })
    const resumed = await setStatus(id, 'running')
    await reached(id, 'running')
    const cancelled = await setStatus(id, 'cancelled')
    await letGo(id)

    expect([paused.status, resumed.status, cancelled.status]).toEqual([200, 200, 200])
    expect(await read(id)).toMatchObject({
      status: 'cancelled',
      finished_at: expect.stringMatching(/Z$/) as string,
    })
    expect(await setStatus(id, 'running')).toMatchObject({ status: 409, body: { code: 'session_finished' } })
  })

  test('waits its turn while the process works on another', async () => {
    const first = await begun(root)
    await reached(first.id, 'running')
    const second = await begun(join(root, 'empty'))

    await sleep(500)
    expect((await read(second.id)).status).toBe('pending')
    await setStatus(first.id, 'cancelled')

    await reached(second.id, 'completed')
  })

  test('that another process works on is left to it until its lease has run out', async () => {
    const { id } = await begun(root)
    await reached(id, 'running')
    await setStatus(id, 'paused')
    await letGo(id)
    const theirs = { lease_owner: 'another process', lease_expires_at: Date.now() + 3500 }
    await app.db
      .updateTable('import_sessions')
      .set({ ...theirs, status: 'running' })
      .where('id', '=', id)
      .execute()

    await sleep(2500)
    const before = await leaseOf(id)
    await sleep(4000)
    const after = await leaseOf(id)

    expect(before).toEqual(theirs)
    expect(after?.lease_owner).not.toBe('another process')
    expect(after?.lease_owner).toBeTruthy()
  })

  test('that another process has taken over is let go at once', async () => {
    const { id } = await begun(root)
    await reached(id, 'running')
    const theirs = { lease_owner: 'another process', lease_expires_at: Date.now() + 60_000 }
    await app.db.updateTable('import_sessions').set(theirs).where('id', '=', id).execute()
    const next = await begun(join(root, 'empty'))

    await reached(next.id, 'completed')

    expect(await leaseOf(id)).toEqual(theirs)
    expect((await read(id)).status).toBe('running')
  })

  test('stops when its owner is deactivated, and can be resumed when they are back', async () => {
    const { id } = await begun(root)
    await reached(id, 'running')

    await app.db.updateTable('users').set({ is_active: 0 }).where('id', '=', alice.id).execute()
    await letGo(id)
    await app.db.updateTable('users').set({ is_active: 1 }).execute()

    expect((await read(id)).status).toBe('paused')
    await setStatus(id, 'running')
    await reached(id, 'running')
  })

  test('is not begun for an owner who is deactivated', async () => {
    const running = await begun(root)
    await reached(running.id, 'running')
    const waiting = await begun(join(root, 'empty'))
    await app.db.updateTable('users').set({ is_active: 0 }).where('id', '=', alice.id).execute()
    await letGo(running.id)

    const theirs = await bob.post(path, { mode: 'folder', source_path: join(root, 'empty') })
    const { id } = theirs.body as ImportSession
    for (let waited = 0; waited < 10_000; waited += 50) {
      if (((await bob.get(`${path}/${id}`)).body as ImportSession).status === 'completed') break
      await sleep(50)
    }

    await app.db.updateTable('users').set({ is_active: 1 }).execute()
    expect((await bob.get(`${path}/${id}`)).body).toMatchObject({ status: 'completed' })
    await reached(waiting.id, 'completed')
  })

  test('ends when it is forgotten', async () => {
    const { id } = await begun(root)
    await reached(id, 'running')

    expect((await alice.delete(`${path}/${id}`)).status).toBe(204)

    const next = await begun(join(root, 'empty'))
    await reached(next.id, 'completed')
  })

  test('fails where its folder has gone meanwhile, and says so', async () => {
    const gone = join(root, 'gone')
    await mkdir(gone)
    const first = await begun(root)
    await reached(first.id, 'running')
    const { id } = await begun(gone)
    await rm(gone, { recursive: true })
    await symlink(outside, gone)
    await setStatus(first.id, 'cancelled')

    const session = await reached(id, 'failed')

    await rm(gone)
    expect(session).toMatchObject({
      errors: [{ filename: gone, code: 'path_not_allowed' }],
      finished_at: expect.stringMatching(/Z$/) as string,
    })
  })

  test('counts by itself', async () => {
    const { id } = await begun(root)

    for (const numbers of [{ known_files: 3 }, { total_files: 3 }])
      expect(await alice.patch(`${path}/${id}`, numbers)).toMatchObject({ status: 422 })
    expect((await alice.patch(`${path}/${id}`, { title: 'The attic' })).status).toBe(200)
  })
})
