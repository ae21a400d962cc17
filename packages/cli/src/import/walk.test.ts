import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type LeftOut, countFiles, nothingLeftOut, walk } from './walk.ts'

let top: string

beforeEach(async () => {
  top = await mkdtemp(join(tmpdir(), 'imalink-walk-'))
})
afterEach(() => rm(top, { recursive: true, force: true }))

async function put(...paths: string[]): Promise<void> {
  for (const path of paths) {
    await mkdir(join(top, path, '..'), { recursive: true })
    await writeFile(join(top, path), 'x')
  }
}

async function walked(leftOut: LeftOut = nothingLeftOut()): Promise<string[]> {
  const names: string[] = []
  const roots = [{ path: Buffer.from(top), isFolder: true }]
  for await (const { path } of walk(roots, leftOut, new AbortController().signal))
    names.push(path.toString('latin1').slice(top.length + 1))
  return names.sort()
}

test('finds photos at any depth, with any or no ending', async () => {
  await put('a.jpg', 'deep/er/b.NEF', 'no ending', 'odd.xyz')

  expect(await walked()).toEqual(['a.jpg', 'deep/er/b.NEF', 'no ending', 'odd.xyz'])
})

test('passes by what is hidden, caches, links and what is something else by its name, and counts it', async () => {
  await put(
    '.a.jpg',
    '.thumbnails/b.jpg',
    '@eaDir/c.jpg',
    'x.lrdata/d.jpg',
    'e.mp4',
    'f.MP4',
    'g.xmp',
    'h.jpg',
  )
  await symlink(top, join(top, 'loop'))
  const leftOut = nothingLeftOut()

  expect(await walked(leftOut)).toEqual(['h.jpg'])
  expect(leftOut).toMatchObject({ hidden: 4, links: 1 })
  expect([...leftOut.byExtension].sort()).toEqual([
    ['.mp4', 2],
    ['.xmp', 1],
  ])
})

test('keeps the bytes of a name that is not UTF-8', async () => {
  const name = Buffer.from([0x66, 0xff, 0xe9, 0x2e, 0x6a, 0x70, 0x67])
  await writeFile(Buffer.concat([Buffer.from(`${top}/`), name]), 'x')

  expect(await walked()).toEqual([name.toString('latin1')])
})

test.skipIf(process.getuid?.() === 0)('notes a folder that it may not read and goes on', async () => {
  await put('shut/a.jpg', 'open/b.jpg')
  await chmod(join(top, 'shut'), 0)
  const leftOut = nothingLeftOut()

  expect(await walked(leftOut)).toEqual(['open/b.jpg'])
  expect(leftOut.unreadableFolders).toEqual([{ path: join(top, 'shut'), detail: 'You may not read it' }])
})

test('notes a folder that vanished and goes on', async () => {
  await put('b.jpg')
  const leftOut = nothingLeftOut()
  const gone = { path: Buffer.from(join(top, 'gone')), isFolder: true }
  const here = { path: Buffer.from(top), isFolder: true }

  const found: string[] = []
  for await (const { name } of walk([gone, here], leftOut, new AbortController().signal)) found.push(name)

  expect(found).toEqual(['b.jpg'])
  expect(leftOut.unreadableFolders).toEqual([{ path: join(top, 'gone'), detail: 'It is gone' }])
})

test('counts what it would find, and gives up counting when told to', async () => {
  await put('a.jpg', 'b/c.jpg', 'd.txt')
  const roots = [{ path: Buffer.from(top), isFolder: true }]

  expect(await countFiles(roots, new AbortController().signal)).toBe(2)
  expect(await countFiles(roots, AbortSignal.abort())).toBeNull()
})
