import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type DiskPath, joinPath } from './disk-path.ts'
import { type Look, isStatus, lookAt } from './look.ts'
import { Lookout } from './lookout.ts'
import { type FolderWishes, listFolder, readFolder } from './read-folder.ts'
import type { SharedLooks } from './shared-looks.ts'
import { Walk } from './walk.ts'

let top: string

beforeEach(async () => {
  top = await mkdtemp(join(tmpdir(), 'imalink-lookout-'))
})
afterEach(() => rm(top, { recursive: true, force: true }))

const wishes: FolderWishes = {
  filter: { wantsFile: () => true, entersFolder: () => true },
  ...{ sinceMs: null, crossMounts: false, maxUnnamedBytes: 1000, listLeftOut: true },
  named: new Set(),
}

const bytes = Buffer.from([0x66, 0xff, 0xe9])

/** A folder of 400 files, and of one of everything else that lies on disks. */
async function fill(): Promise<void> {
  const names = Array.from({ length: 400 }, (_, number) => `IMG_${number}.JPG`)
  for (const [size, name] of names.entries()) {
    await writeFile(join(top, name), Buffer.alloc(size))
    await utimes(join(top, name), 1, size + 0.125)
  }
  await mkdir(join(top, 'folder'))
  await symlink('nowhere', join(top, 'link'))
  await writeFile(join(top, '.hidden'), 'x')
  await writeFile(join(top, 'IMG_1.xmp'), 'x')
  await writeFile(join(top, 'notes.txt'), 'x')
  await writeFile(joinPath(top, bytes), 'x')
}

const seen = ({ isWatched }: SharedLooks) => expect(isWatched).toBe(false)

function told(look: Look) {
  if (!isStatus(look)) return look
  const { mode, dev, size, mtimeNs, ctimeMs } = look
  return { mode, dev, size, mtimeNs, ctimeMs }
}

test('sees from another thread what a look at the same path sees, and leaves alone what it cannot say', async () => {
  await fill()
  const files = Array.from({ length: 50 }, (_, number) => `IMG_${number}.JPG`)
  const names: DiskPath[] = ['gone', '.hidden', 'IMG_3.JPG/below', 'folder', 'link', bytes, ...files]

  const looks = new Lookout().lookAt(top, names)
  if (looks === null) throw new Error('It does not look at so many names')
  await vi.waitFor(() => seen(looks), 10_000)

  const [gone, hidden, problem, ...others] = names.map((_, index) => looks.told(index))
  expect([gone, hidden, problem]).toEqual([null, null, null])
  expect(others).toEqual(names.slice(3).map((name) => told(lookAt(joinPath(top, name)))))
})

test('leaves a name to whoever comes to it first', async () => {
  await fill()
  const names = Array.from({ length: 400 }, (_, number) => `IMG_${number}.JPG`)

  const looks = new Lookout().lookAt(top, names)
  const untold = [399, 398, 397].map((index) => looks?.told(index))
  await vi.waitFor(() => looks && seen(looks), 10_000)

  // The thread has yet to start by then, and finds the last one taken.
  expect(untold).toEqual([null, null, null])
  expect(looks?.told(0)).toBe(null)
})

test('reads a folder by two threads as by one', async () => {
  await fill()
  const folder = { folder: top, volume: '', below: '', device: (lookAt(top) as { dev: bigint }).dev } // It is there.
  const chosen: FolderWishes = {
    ...wishes,
    filter: { wantsFile: (path) => path !== 'IMG_300.JPG', entersFolder: () => true },
    sinceMs: 100_000,
    named: new Set([join(top, 'IMG_399.JPG'), join(top, 'IMG_200.JPG')]),
  }
  const lookout = new Lookout()
  const names = listFolder(folder, new Lookout()).names
  const first = lookout.lookAt(top, Array<string>(50).fill('gone'))
  await vi.waitFor(() => first && seen(first), 10_000)

  const byOne = readFolder(folder, { names, looks: null }, chosen)
  const byTwo = Array.from({ length: 20 }, () => readFolder(folder, listFolder(folder, lookout), chosen))

  expect(byOne.files).toHaveLength(298)
  for (const contents of byTwo) expect(contents).toEqual(byOne)
})

test('is not asked about the few names of a small folder', () => {
  expect(new Lookout().lookAt(top, ['a.jpg', 'b.jpg'])).toBe(null)
})

test('looks again at a folder that was seen ahead of time, where the walk has rested in between', async () => {
  for (const name of ['a', 'b']) await mkdir(join(top, name))
  const roots = [{ path: top, isFolder: true }]
  const walk = new Walk(roots, { ...wishes, volume: 'card' }, new Lookout())
  const names = () => {
    const step = walk.next()
    return step && 'contents' in step ? step.contents.files.map(({ filename }) => filename) : step
  }
  expect([names(), names()]).toEqual([[], []])

  await new Promise((resolve) => setTimeout(resolve, 1100))
  for (const name of ['a', 'b']) await writeFile(join(top, name, 'IMG_1.JPG'), 'x')

  expect([names(), names()]).toEqual([['IMG_1.JPG'], null])
})
