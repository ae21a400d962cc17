import { execFileSync } from 'node:child_process'
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { type AnEgg, aJpeg, anEgg, withColdpreview } from './an-egg.ts'
import { ALICE, type Account, type Reply, testApp } from './test-app.ts'

const app = await testApp()
beforeEach(app.emptyLibrary)
const { previewsFolder } = app.config
await mkdir(previewsFolder, { recursive: true })

const cold = (ref: number | string) => `/api/v1/photos/${ref}/coldpreview`
/** A kilobyte and more, so that it takes room on any disk. */
const large = (words: string) => aJpeg(words, { width: 640, height: 640 })

/** Whether a small disk can be put in the place of a folder here: as root on Linux. */
function canMount(): boolean {
  const place = join(tmpdir(), `imalink-mount-${process.pid}`)
  try {
    execFileSync('mkdir', [place])
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', place], { stdio: 'ignore' })
    execFileSync('umount', [place])
    return true
  } catch {
    // Whatever the reason: those tests are skipped, and said to be.
    return false
  } finally {
    execFileSync('rm', ['-rf', place])
  }
}
const mountable = canMount()

/** What must not go through while coldpreviews cannot be stored. */
async function attempts(alice: Account, photo: number, egg: AnEgg): Promise<Reply[]> {
  return [
    await alice.post('/api/v1/photos/photoegg', egg),
    await alice.post('/api/v1/photos/photoegg/batch', { photos: [anEgg(), egg] }),
    await alice.upload(cold(photo), large('sent to a disk that is full')),
  ]
}

async function photosOf(alice: Account): Promise<number> {
  return ((await alice.get('/api/v1/photos')).body as { meta: { total: number } }).meta.total
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.flatMap((entry) => (entry.isFile() ? [entry.name] : []))
}

/** Nothing half stored while it lasts, all else works, and it ends by itself. */
async function expectToLiveThrough(trouble: { begin(): Promise<void>; end(): Promise<void> }): Promise<void> {
  const alice = await app.as(ALICE)
  const before = await alice.create(anEgg())
  const egg = withColdpreview(anEgg(), 'large')
  const filesBefore = await filesIn(previewsFolder)
  await trouble.begin()

  for (const reply of await attempts(alice, before.id, egg)) {
    expect(reply).toMatchObject({ status: 503, body: { code: 'storage_unavailable' } })
    expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(reply.bytes.toString()).not.toContain(previewsFolder)
  }
  expect(await photosOf(alice)).toBe(1)
  expect((await alice.get(cold(before.id))).body).toMatchObject({ code: 'preview_not_found' })
  expect((await alice.get('/ready')).body).toMatchObject({ errors: [{ path: 'previews' }] })
  const without = await alice.create(anEgg())
  expect((await alice.get(`/api/v1/photos/${without.id}/hotpreview`)).status).toBe(200)

  await trouble.end()
  expect(await filesIn(previewsFolder)).toEqual(filesBefore)
  expect((await alice.get('/ready')).status).toBe(200)
  const replies = await attempts(alice, before.id, egg)
  expect(replies.map(({ status }) => status)).toEqual([201, 200, 200])
  expect((await alice.get(cold(before.id))).bytes.equals(large('sent to a disk that is full'))).toBe(true)
}

test('a preview folder that is no folder is told as such, and lived through', async () => {
  const aside = `${previewsFolder}-aside`

  await expectToLiveThrough({
    async begin() {
      await rename(previewsFolder, aside)
      await writeFile(previewsFolder, 'a file where the folder was')
    },
    async end() {
      await rm(previewsFolder)
      await rename(aside, previewsFolder)
    },
  })
})

test('a preview that cannot be read for a while is no missing preview', async () => {
  const alice = await app.as(ALICE)
  const egg = withColdpreview(anEgg())
  const { id } = await alice.create(egg)
  const aside = `${previewsFolder}-aside`
  await rename(previewsFolder, aside)

  const away = await alice.get(cold(id))
  const resized = await alice.get(`${cold(id)}?width=200`)
  await rename(aside, previewsFolder)

  for (const reply of [away, resized])
    expect(reply).toMatchObject({ status: 503, body: { code: 'storage_unavailable' } })
  expect(Number(away.headers.get('retry-after'))).toBeGreaterThan(0)
  expect((await alice.get(cold(id))).status).toBe(200)
})

describe.skipIf(!mountable)('a disk of its own for previews', () => {
  const mount = (...args: string[]) => execFileSync('mount', args)
  beforeEach(() => {
    mount('-t', 'tmpfs', '-o', 'size=256k,mode=700', 'tmpfs', previewsFolder)
    return () => void execFileSync('umount', [previewsFolder])
  })

  test('that is full is told as such, and lived through', async () => {
    const ballast = join(previewsFolder, 'ballast')

    await expectToLiveThrough({
      begin: () =>
        writeFile(ballast, Buffer.alloc(1024 * 1024)).catch((error: unknown) => {
          expect(error).toMatchObject({ code: 'ENOSPC' })
        }),
      end: () => rm(ballast),
    })
  })

  test('that can only be read is told as such, and lived through', async () => {
    await expectToLiveThrough({
      begin: async () => void mount('-o', 'remount,ro', previewsFolder),
      end: async () => void mount('-o', 'remount,rw', previewsFolder),
    })
  })
})
