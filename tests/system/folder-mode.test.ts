import { copyFile, mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type Server, backendAt, call } from '@imalink/client'
import { type ImportSession, endpoints } from '@imalink/contract'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { setup as startPostgres } from '../postgres-server.ts'
import { endState } from './end-state.ts'
import { type Account, type Installation, startInstallation } from './installation.ts'
import { madePicture, putPictures } from './made-pictures.ts'
import { allPhotos } from './photos-of.ts'
import { ServerProgram, freePort, until } from './programs.ts'

const PICTURES = 30
/** Large enough that there is a middle. */
const LARGE = { width: 2400, height: 1800 }
/** The pictures, a copy of one of them in another folder, and one that is broken. */
const FILES = PICTURES + 2
/** Longer than a lease lasts. */
const FROZEN_MS = 8000

let place: string
let library: string

beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'imalink-folder-mode-'))
  library = join(place, 'root', 'library')
  const [first = ''] = await putPictures(library, PICTURES, LARGE)
  await mkdir(join(library, 'again'))
  await copyFile(first, join(library, 'again', 'copy.jpg'))
  await writeFile(join(library, 'again', 'broken.jpg'), 'no picture at all')
  await mkdir(join(place, 'outside'))
  await writeFile(join(place, 'outside', 'secret.jpg'), await madePicture(9999))
  await symlink(join(place, 'outside'), join(library, 'way-out'))
  await symlink(join(place, 'outside', 'secret.jpg'), join(library, 'secret.jpg'))
})
afterAll(() => rm(place, { recursive: true }))

const roots = () => ({ IMALINK_IMPORT_ROOTS: join(place, 'root') })

async function begin({ server }: Pick<Account, 'server'>, source_path = library): Promise<ImportSession> {
  return call(server, endpoints.createImportSession, { body: { mode: 'folder', source_path } })
}

function read(server: Server, { id }: ImportSession): Promise<ImportSession> {
  return call(server, endpoints.getImportSession, { params: { id } })
}

function change(server: Server, { id }: ImportSession, status: ImportSession['status']) {
  return call(server, endpoints.updateImportSession, { params: { id }, body: { status } })
}

/** Until so many files are settled; there are more. */
async function middle(server: Server, session: ImportSession, settled = 3): Promise<void> {
  await until(async () => (await read(server, session)).processed_files >= settled, {
    what: 'the import is in its middle',
    withinMs: 40_000,
  })
  expect((await read(server, session)).status).toBe('running')
}

async function end(server: Server, session: ImportSession): Promise<ImportSession> {
  await until(async () => (await read(server, session)).finished_at !== null, {
    what: 'the import is finished',
    withinMs: 60_000,
    everyMs: 100,
  })
  return read(server, session)
}

/** Every file once: a file worked on twice would be a duplicate, a known one, or an error more. */
const everyFileOnce = {
  status: 'completed',
  total_files: FILES,
  processed_files: FILES,
  created_photos: PICTURES,
  duplicates: 0,
  known_files: 1,
  failed_files: 1,
}

describe('the server imports a folder', () => {
  let installation: Installation
  let account: Account
  let undisturbed: unknown

  beforeAll(async () => {
    installation = await startInstallation(roots())
    account = await installation.newAccount()
    const session = await begin(account)
    expect(await end(account.server, session)).toMatchObject(everyFileOnce)
    undisturbed = endState(await allPhotos(account.server))
  })
  afterAll(() => installation.end())

  beforeEach(async () => {
    account = await installation.newAccount()
  })

  async function expectUndisturbed(session: ImportSession): Promise<void> {
    expect(await end(account.server, session)).toMatchObject(everyFileOnce)
    expect(endState(await allPhotos(account.server))).toEqual(undisturbed)
  }

  test('with where each original is, and the reason for each that is refused', async () => {
    const session = await begin(account)

    const { errors } = await end(account.server, session)

    expect(errors).toMatchObject([{ filename: join(library, 'again', 'broken.jpg'), code: 'not_an_image' }])
    const photos = await allPhotos(account.server)
    const paths = photos.flatMap(({ files = [] }) => files.map(({ file_path }) => file_path))
    expect(paths).toHaveLength(PICTURES + 1)
    expect(paths).toContain(join(library, 'again', 'copy.jpg'))
    expect(paths.filter((path) => !path.startsWith(library))).toEqual([])
    expect(photos.every(({ import_session_id }) => import_session_id === session.id)).toBe(true)
  })

  test('and reads nothing of it a second time, core or no core', async () => {
    await end(account.server, await begin(account))
    await installation.core.stop()

    const again = await begin(account, join(library, '0'))
    const session = await end(account.server, again)

    await installation.core.start()
    expect(session).toMatchObject({
      status: 'completed',
      created_photos: 0,
      known_files: 20,
      processed_files: 20,
    })
  })

  test('as long as it is let, and goes on where it was paused', async () => {
    const session = await begin(account)
    await middle(account.server, session)

    await change(account.server, session, 'paused')
    const photos = await allPhotos(account.server)
    await delay(1500)
    const later = await allPhotos(account.server)
    await change(account.server, session, 'running')

    expect(photos.length).toBeGreaterThan(0)
    expect(photos.length).toBeLessThan(PICTURES)
    expect(later).toHaveLength(photos.length)
    await expectUndisturbed(session)
  })

  test('until it is cancelled; what came in stays, and another import brings the rest', async () => {
    const session = await begin(account)
    await middle(account.server, session)

    await change(account.server, session, 'cancelled')
    const before = await allPhotos(account.server)
    await delay(1000)
    const rest = await end(account.server, await begin(account))

    expect(await read(account.server, session)).toMatchObject({
      status: 'cancelled',
      created_photos: before.length,
    })
    expect(rest).toMatchObject({
      status: 'completed',
      processed_files: FILES,
      created_photos: PICTURES - before.length,
    })
    expect(endState(await allPhotos(account.server))).toEqual(undisturbed)
  })

  test('and waits for a core that is away', async () => {
    const session = await begin(account)
    await middle(account.server, session)

    await installation.core.stop('SIGKILL')
    await delay(3000)
    const waiting = await read(account.server, session)
    await installation.core.start()

    expect(waiting.status).toBe('running')
    await expectUndisturbed(session)
  })

  test('and is killed in the middle of it, twice', async () => {
    const session = await begin(account)
    for (const settled of [3, 15]) {
      await middle(account.server, session, settled)
      await installation.backend.stop('SIGKILL')
      await installation.backend.start()
    }

    await expectUndisturbed(session)
  })

  test('and is stopped and started in the middle of it', async () => {
    const session = await begin(account)
    await middle(account.server, session)

    expect(await installation.backend.stop()).toBe(0)
    await installation.backend.start()
    const startedMs = Date.now()
    const before = (await read(account.server, session)).processed_files
    await middle(account.server, session, before + 1)

    // No lease of a process that is gone has to run out.
    expect(Date.now() - startedMs).toBeLessThan(5000)
    await expectUndisturbed(session)
  })

  test('but not what a link leads out to, also where the link takes the place of a folder meanwhile', async () => {
    const folder = join(place, 'root', 'changing')
    await putPictures(folder, PICTURES, LARGE)
    const last = join(folder, '1')
    const session = await begin(account, folder)
    await middle(account.server, session)

    await change(account.server, session, 'paused')
    await rename(last, join(place, 'moved'))
    await rename(join(folder, '0'), join(place, 'moved too'))
    for (const way of ['0', '1']) await symlink(join(place, 'outside'), join(folder, way))
    await change(account.server, session, 'running')
    const { errors } = await end(account.server, session)

    const photos = await allPhotos(account.server)
    const names = photos.flatMap(({ files = [] }) => files.map(({ filename }) => filename))
    expect(names).not.toContain('secret.jpg')
    expect(JSON.stringify(errors)).not.toContain('secret')
  })

  test('and tells of it as it goes', async () => {
    const session = await begin(account)
    const { baseUrl, token = '' } = account.server
    const response = await fetch(`${baseUrl}/import-sessions/${session.id}/events`, {
      headers: { authorization: `Bearer ${token}` },
    })

    const events = (await response.text())
      .split('\n\n')
      .filter((event) => event.startsWith('event: progress'))

    const seen = events.map((event) => JSON.parse(event.split('\ndata: ')[1] ?? '') as ImportSession)
    const numbers = seen.map(({ processed_files }) => processed_files)
    expect(numbers.length).toBeGreaterThan(2)
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b))
    expect(seen.at(-1)).toMatchObject(everyFileOnce)
  })
})

describe.each(['sqlite', 'postgres'] as const)('two backend processes on one database (%s)', (engine) => {
  let installation: Installation
  let second: ServerProgram
  let stopPostgres: (() => Promise<void>) | undefined

  beforeAll(async () => {
    const settings = { ...roots(), ...(engine === 'postgres' ? await aPostgresDatabase() : {}) }
    installation = await startInstallation(settings)
    const port = await freePort()
    second = new ServerProgram('backend', port, {
      IMALINK_DATA: join(installation.place, 'data'),
      IMALINK_PORT: String(port),
      IMALINK_CORE_PORT: new URL(installation.core.address).port,
      IMALINK_AUTH_RATE_LIMIT: '0',
      ...settings,
    })
    await second.start()
  })
  afterAll(async () => {
    await second.stop()
    await installation.end()
    await stopPostgres?.()
  })
  async function aPostgresDatabase(): Promise<Record<string, string>> {
    stopPostgres = await startPostgres()
    const url = process.env['IMALINK_TEST_POSTGRES_URL']
    if (!url) throw new Error('PostgreSQL was started without an address')
    return { DATABASE_URL: url, IMALINK_SECRET: 'a secret that both of them share, long' }
  }

  const throughSecond = ({ server }: Account) => backendAt(second.address, server.token)

  test('never work on one import at once, and work on two side by side', async () => {
    const [ana, ben] = [await installation.newAccount(), await installation.newAccount()]

    const sessions = [await begin(ana), await begin({ server: throughSecond(ben) })] as const
    await until(
      async () => {
        const [one, other] = [await read(ana.server, sessions[0]), await read(ben.server, sessions[1])]
        return one.status === 'running' && other.status === 'running'
      },
      { what: 'both imports run', everyMs: 50 },
    )

    expect(await end(ana.server, sessions[0])).toMatchObject(everyFileOnce)
    expect(await end(ben.server, sessions[1])).toMatchObject(everyFileOnce)
    expect(endState(await allPhotos(ana.server))).toEqual(endState(await allPhotos(ben.server)))
  })

  test('take over from each other what one was killed in the middle of', async () => {
    const account = await installation.newAccount()
    const session = await begin(account)
    await middle(account.server, session)

    await installation.backend.stop('SIGKILL')
    const finished = await end(throughSecond(account), session)
    await installation.backend.start()

    expect(finished).toMatchObject(everyFileOnce)
    expect(await allPhotos(account.server)).toHaveLength(PICTURES)
  })

  test('keep out of it after a stop so long that the other has taken over', async () => {
    const account = await installation.newAccount()
    const session = await begin(account)
    await middle(account.server, session)

    installation.backend.freeze()
    await delay(FROZEN_MS)
    installation.backend.thaw()

    expect(await end(throughSecond(account), session)).toMatchObject(everyFileOnce)
    expect(await allPhotos(account.server)).toHaveLength(PICTURES)
  })
})
