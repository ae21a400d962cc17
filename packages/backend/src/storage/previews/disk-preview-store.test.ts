import { createHash } from 'node:crypto'
import { mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openDiskPreviewStore } from './disk-preview-store.ts'
import { previewStoreSuite } from './preview-store.suite.ts'

const BYTES = Buffer.from('the bytes of a picture')
const SHA256 = createHash('sha256').update(BYTES).digest('hex')

async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'imalink-previews-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}

previewStoreSuite('disk', async () => {
  const folder = join(await emptyFolder(), 'previews')
  return { store: openDiskPreviewStore(folder), reopen: () => openDiskPreviewStore(folder) }
})

test('a preview that is put again looks new to whoever removes what is unused', async () => {
  const folder = await emptyFolder()
  const store = openDiskPreviewStore(folder)
  const file = join(folder, SHA256.slice(0, 2), `${SHA256}.jpg`)
  await store.put(SHA256, BYTES)
  await utimes(file, new Date(0), new Date(0))

  await store.put(SHA256, BYTES)

  expect(Date.now() - (await stat(file)).mtimeMs).toBeLessThan(60_000)
})

test('a preview is readable by its owner only, and nothing is left beside it', async () => {
  const folder = await emptyFolder()

  await openDiskPreviewStore(folder).put(SHA256, BYTES)

  const inside = join(folder, SHA256.slice(0, 2))
  expect(await readdir(inside)).toEqual([`${SHA256}.jpg`])
  expect((await stat(join(inside, `${SHA256}.jpg`))).mode & 0o777).toBe(0o600)
})

test('a folder that cannot be one is told before anything is put into it', async () => {
  const folder = await emptyFolder()
  const file = join(folder, 'a-file')
  await writeFile(file, '')

  await expect(openDiskPreviewStore(file).check()).rejects.toThrow()
  await expect(openDiskPreviewStore(file).put(SHA256, BYTES)).rejects.toThrow()
})
