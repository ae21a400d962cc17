import { mkdir, rename, rmdir, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Photo } from '@imalink/contract'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { Wire } from './broken-network.ts'
import { type RunningImport, runImport, startImport } from './command-line.ts'
import { endState } from './end-state.ts'
import { type Account, type Installation, startInstallation } from './installation.ts'
import { putPictures } from './made-pictures.ts'
import { allPhotos } from './photos-of.ts'
import { until } from './programs.ts'

const FILES = 40
/** One after the other and large enough that there is a middle. */
const LARGE = { width: 2400, height: 1800 }
const ONE_BY_ONE = ['--jobs', '1']
const OUTAGE_MS = 60_000
const DISK_FILES = 24
/** With what is behind their pictures, more than an import holds in memory: it still reads when the disk goes. */
const DISK_FILE_BYTES = 16 * 1024 * 1024

let installation: Installation
let library: string
let undisturbed: unknown
let account: Account

beforeAll(async () => {
  installation = await startInstallation()
  library = join(installation.place, 'library')
  await putPictures(library, FILES, LARGE)
  account = await installation.newAccount()
  await runImport(installation, account, [library])
  undisturbed = endState(await allPhotos(account.server))
})
afterAll(() => installation.end())

beforeEach(async () => {
  account = await installation.newAccount()
})

async function begin(
  reach: Parameters<typeof startImport>[0] = installation,
  options: readonly string[] = [],
): Promise<RunningImport> {
  const running = startImport(reach, account, [...ONE_BY_ONE, ...options, library])
  await until(() => running.settled().length >= 3, { what: 'the import is in the middle' })
  return running
}

async function expectAllOf(running: RunningImport): Promise<void> {
  const { code, report } = await running.ended
  expect(code).toBe(0)
  expect(report).toMatchObject({ status: 'completed', done: FILES, refused: 0 })
  await expectEndState()
}

async function expectEndState(): Promise<void> {
  const photos: Photo[] = await allPhotos(account.server)
  expect(photos).toHaveLength(FILES)
  expect(endState(photos)).toEqual(undisturbed)
}

/** Run again, the import brings in what is missing, and what is there it leaves as it is. */
async function expectRepeatToComplete(): Promise<void> {
  const { code, report } = await runImport(installation, account, [library])
  expect(code).toBe(0)
  expect(report).toMatchObject({ status: 'completed', done: FILES, refused: 0 })
  await expectEndState()
}

test('core killed and started again leaves no trace', async () => {
  const running = await begin()

  await installation.core.stop('SIGKILL')
  await installation.core.start()

  await expectAllOf(running)
})

test('the backend killed and started again leaves no trace', async () => {
  const running = await begin()

  await installation.backend.stop('SIGKILL')
  await installation.backend.start()

  await expectAllOf(running)
})

test('a network that is gone for a minute leaves no trace', { timeout: 240_000 }, async () => {
  const toBackend = await Wire.to(installation.backend.address)
  const toCore = await Wire.to(installation.core.address)
  try {
    const reach = { place: installation.place, backend: toBackend }
    const running = await begin(reach, ['--core', toCore.address])

    toBackend.cut()
    toCore.cut()
    await delay(OUTAGE_MS)
    expect(running.hasEnded()).toBe(false)
    toBackend.mend()
    toCore.mend()

    await expectAllOf(running)
  } finally {
    await Promise.all([toBackend.end(), toCore.end()])
  }
})

test('a disk unplugged in the middle takes nothing away, and plugged in again it is completed', async () => {
  const disk = join(installation.place, 'disk')
  const aside = join(installation.place, 'unplugged')
  for (const path of await putPictures(disk, DISK_FILES)) await truncate(path, DISK_FILE_BYTES)
  const other = await installation.newAccount()
  await runImport(installation, other, [disk])
  const whole = endState(await allPhotos(other.server))
  const running = startImport(installation, account, [...ONE_BY_ONE, disk])
  await until(() => running.settled().length >= 3, { what: 'the import is in the middle' })
  const acknowledged = running.settled().flatMap(({ hothash }) => hothash ?? [])

  await rename(disk, aside)
  // What is left of a disk that was pulled out: the empty folder that it was mounted on.
  await mkdir(disk)
  const { code, report } = await running.ended
  const there = new Set((await allPhotos(account.server)).map(({ hothash }) => hothash))
  const meanwhile = await runImport(installation, account, [disk])
  const still = (await allPhotos(account.server)).length
  await rmdir(disk)
  await rename(aside, disk)
  const { report: repeat } = await runImport(installation, account, [disk])

  expect(code).toBe(3)
  expect(report?.refused).toBeGreaterThan(0)
  expect(there.size).toBeLessThan(DISK_FILES)
  expect([...there]).toEqual(expect.arrayContaining(acknowledged))
  expect(meanwhile.report).toMatchObject({ done: 0 })
  expect(still).toBe(there.size)
  expect(repeat).toMatchObject({ status: 'completed', done: DISK_FILES, refused: 0 })
  expect(endState(await allPhotos(account.server))).toEqual(whole)
})

test.each([
  { signal: 'SIGINT', what: 'Ctrl-C' },
  { signal: 'SIGKILL', what: 'kill -9' },
] as const)(
  '$what in the middle keeps what was acknowledged, and a repeat completes the rest',
  async ({ signal }) => {
    const running = await begin()

    running.kill(signal)
    await running.ended

    const acknowledged = running.settled().flatMap(({ hothash }) => hothash ?? [])
    const there = (await allPhotos(account.server)).map(({ hothash }) => hothash)
    expect(there.length).toBeLessThan(FILES)
    expect(there).toEqual(expect.arrayContaining(acknowledged))
    await expectRepeatToComplete()
  },
)
