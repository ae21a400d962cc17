import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, rename, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { PreviewSweeper, sweepPreviews } from '../src/features/previews/preview-sweeper.service.ts'
import { openDiskPreviewStore } from '../src/storage/previews/disk-preview-store.ts'
import { ResizedCache } from '../src/storage/previews/resized-cache.ts'
import { aJpeg, anEgg, sha256, withColdpreview } from './an-egg.ts'
import { ALICE, BOB, testApp } from './test-app.ts'

const app = await testApp()
const { previewsFolder, resizedFolder } = app.config
const previews = openDiskPreviewStore(previewsFolder)
const cache = new ResizedCache(resizedFolder, 1024 * 1024)
const everything = Array.from({ length: 256 }, (_, number) => number.toString(16).padStart(2, '0'))

const cold = (ref: number | string) => `/api/v1/photos/${ref}/coldpreview`
const DAY_MS = 24 * 60 * 60 * 1000
const large = (words: string) => aJpeg(words, { width: 320, height: 160 })

/** Everything that is unused goes, however new it is. */
const sweep = (untouchedSince = Date.now() + DAY_MS) =>
  sweepPreviews({ db: app.db, previews, cache }, everything, { untouchedSince, mayGoOn: () => true })

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  return entries.flatMap((entry) => (entry.isFile() ? [entry.name] : []))
}

beforeEach(async () => {
  await app.emptyLibrary()
  await sweep()
})

const fileOf = (hash: string) => join(previewsFolder, hash.slice(0, 2), `${hash}.jpg`)

describe('coldpreviews that no photo refers to any more', () => {
  test('go after a purge, a replacement and an upload that failed; the others stay', async () => {
    const [alice, bob] = [await app.as(ALICE), await app.as(BOB)]
    const shared = [withColdpreview(anEgg(), 'shared'), withColdpreview(anEgg(), 'shared')] as const
    const [purged, kept] = [await alice.create(shared[0]), await bob.create(shared[1])]
    const replaced = await alice.create(withColdpreview(anEgg(), 'before'))
    const trashed = await alice.create(withColdpreview(anEgg(), 'in the trash'))
    await previews.put(sha256(large('of a create that failed')), large('of a create that failed'))
    await alice.delete(`/api/v1/photos/${purged.id}?permanent=true`)
    await alice.upload(cold(replaced.id), large('after'))
    await alice.delete(`/api/v1/photos/${trashed.id}`)

    const removed = await sweep()

    const names = ['shared', 'after', 'in the trash'].map((words) => `${sha256(large(words))}.jpg`)
    expect(removed).toBe(2)
    expect((await filesIn(previewsFolder)).sort()).toEqual(names.sort())
    for (const [caller, id] of [
      [bob, kept.id],
      [alice, replaced.id],
      [alice, trashed.id],
    ] as const)
      expect((await caller.get(cold(id))).status).toBe(200)
  })

  test('stay for a day after they were last sent', async () => {
    const [fresh, old] = [large('sent just now'), large('sent the day before yesterday')]
    for (const bytes of [fresh, old]) await previews.put(sha256(bytes), bytes)
    const then = new Date(Date.now() - 2 * DAY_MS)
    await utimes(fileOf(sha256(old)), then, then)

    await sweep(Date.now() - DAY_MS)

    expect(await filesIn(previewsFolder)).toEqual([`${sha256(fresh)}.jpg`])
  })

  test('take what is kept of them in other sizes with them, and leave what is somebody’s', async () => {
    const alice = await app.as(ALICE)
    const egg = withColdpreview(anEgg())
    await alice.create(egg)
    const mine = sha256(Buffer.from(egg.coldpreview_base64, 'base64'))
    for (const hash of [mine, sha256('nobody’s')]) await cache.put(hash, '300', large('small'))

    await sweep()

    expect(await filesIn(resizedFolder)).toEqual([`${mine}-300.jpg`])
  })

  test('go together with what killed uploads left half written', async () => {
    const folder = join(previewsFolder, '00')
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, '.0b5e9d5c-1111-4222-8333-444455556666.part'), 'half')

    await sweep()

    expect(await filesIn(folder)).toEqual([])
  })
})

describe('a sweep that was killed in the middle', () => {
  /** As it leaves a preview that it is about to look at for the last time. */
  async function halfGone(hash: string): Promise<void> {
    const file = fileOf(hash)
    await rename(file, join(file, `../.${hash}.0b5e9d5c-1111-4222-8333-444455556666.gone`))
  }

  test('leaves a preview that can be read, sent again, and is put back by the next one', async () => {
    const alice = await app.as(ALICE)
    const egg = withColdpreview(anEgg())
    const { id } = await alice.create(egg)
    const picture = Buffer.from(egg.coldpreview_base64, 'base64')
    await halfGone(sha256(picture))

    const meanwhile = await alice.get(cold(id))
    await sweep()

    expect(meanwhile.bytes.equals(picture)).toBe(true)
    expect(await filesIn(previewsFolder)).toEqual([`${sha256(picture)}.jpg`])
    expect((await alice.upload(cold(id), picture)).status).toBe(200)
  })

  test('is finished by the next one where nobody wants the preview', async () => {
    const bytes = large('unwanted')
    await previews.put(sha256(bytes), bytes)
    await halfGone(sha256(bytes))

    await sweep()

    expect(await filesIn(previewsFolder)).toEqual([])
  })
})

test('each hour has its share of the store, and a day has all of it', async () => {
  const names = everything.map((prefix) => `${prefix}${'0'.repeat(62)}`)
  for (const name of names) await previews.put(name, large('of nobody'))
  const then = new Date(Date.now() - 2 * DAY_MS)
  for (const name of names) await utimes(fileOf(name), then, then)
  vi.useFakeTimers({ toFake: ['Date'] })
  onTestFinished(() => void vi.useRealTimers())

  const left: number[] = []
  for (let hour = 0; hour < 24; hour++) {
    await oneSweep()
    left.push((await filesIn(previewsFolder)).length)
    vi.setSystemTime(Date.now() + DAY_MS / 24)
  }

  const shares = [256, ...left].map((before, hour) => before - (left[hour] ?? before)).slice(0, 24)
  expect(left.at(-1)).toBe(0)
  expect(Math.max(...shares)).toBeLessThanOrEqual(11)
})

/** What a running server does once an hour. */
async function oneSweep(): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const log = { info: () => resolve(), error: (facts: object) => reject(new Error(JSON.stringify(facts))) }
  const sweeper = new PreviewSweeper({ db: app.db, previews, cache, log })
  sweeper.start(0)
  await promise
  await sweeper.stop()
}

/** Old enough to be swept as soon as it is unused, new enough while an upload is under way. */
const UNTOUCHED_MS = 1000

function startSweeping(): ChildProcess {
  const { databaseUrl } = app.config
  const args = [databaseUrl, previewsFolder, resizedFolder, String(UNTOUCHED_MS)]
  return spawn(process.execPath, [fileURLToPath(new URL('./sweep-loop.ts', import.meta.url)), ...args], {
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

test('two processes that sweep without pause and are killed again and again take nothing that is acknowledged', async () => {
  const alice = await app.as(ALICE)
  const { id } = await alice.create(anEgg())
  const pictures = [large('one'), large('other')] as const
  for (const bytes of pictures) await previews.put(sha256(bytes), bytes)
  let isOver = false
  const killing = Array.from({ length: 2 }, async (_, number) => {
    for (let life = 0; !isOver; life++) {
      const sweeper = startSweeping()
      await once(sweeper.stdout ?? sweeper, 'data')
      await setTimeout(50 + (((life * 2 + number) * 97) % 400))
      sweeper.kill('SIGKILL')
      await once(sweeper, 'exit')
    }
  })

  // Each picture is wanted, given up, and wanted again at about the age at which it is swept.
  let last = pictures[0]
  for (let round = 0; round < 10; round++) {
    last = pictures[round % 2 === 0 ? 0 : 1]
    expect((await alice.upload(cold(id), last)).status).toBe(200)
    for (let read = 0; read < 3; read++) {
      const reply = await alice.get(cold(id))
      expect([reply.status, reply.bytes.equals(last)]).toEqual([200, true])
      await setTimeout(UNTOUCHED_MS / 6 - 8 + (round % 8))
    }
  }
  isOver = true
  await Promise.all(killing)

  await sweep()
  expect(await filesIn(previewsFolder)).toEqual([`${sha256(last)}.jpg`])
})
