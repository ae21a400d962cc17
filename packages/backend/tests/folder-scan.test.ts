import { mkdir, mkdtemp, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ImportErrors, SourceGroup } from '@imalink/client'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { FolderProgress } from '../src/features/import-sessions/folder-progress.ts'
import { scanFolder } from '../src/features/import-sessions/folder-scan.ts'
import { ImportRoots } from '../src/features/import-sessions/import-roots.ts'
import { anEgg, sha256 } from './an-egg.ts'
import { ALICE, BOB, testApp } from './test-app.ts'

const app = await testApp()
const [alice, bob] = [await app.as(ALICE), await app.as(BOB)]
const disk = await mkdtemp(join(tmpdir(), 'imalink-scan-'))
const [root, outside] = [join(disk, 'root'), join(disk, 'outside')]
const TIME = new Date('2024-06-01T10:00:00.123Z')
afterAll(() => rm(disk, { recursive: true }))

async function put(path: string | Buffer, text: string | Buffer = 'a picture'): Promise<void> {
  await writeFile(path, text)
  await utimes(path, TIME, TIME)
}

beforeEach(async () => {
  await app.emptyLibrary()
  await rm(root, { recursive: true, force: true })
  await rm(outside, { recursive: true, force: true })
  for (const folder of [root, join(root, 'a'), outside]) await mkdir(folder)
})

async function scan(owner = alice, sessionId = 0) {
  const progress = new FolderProgress(async () => undefined)
  const errors: ImportErrors = []
  const groups: SourceGroup[] = []
  const viewer = { userId: owner.id, credential: { kind: 'server' } } as const
  const wishes = {
    db: app.db,
    owner: viewer,
    roots: new ImportRoots([root]),
    sessionId,
    signal: new AbortController().signal,
    progress,
    report: async (more: ImportErrors) => void errors.push(...more),
  }
  for await (const group of scanFolder(root, wishes)) groups.push(group)
  await progress.end()
  const names = groups.map(({ files }) => files.map(({ filename }) => filename))
  return { groups, names, errors, settled: progress.files }
}

/** What a scan says of the one file there is, as a record of a photo of the owner's. */
async function record(wishes: object = {}): Promise<void> {
  const [group] = (await scan(bob)).groups
  const [file] = group?.files ?? []
  if (!file) throw new Error('there is no file to record')
  const image_file = {
    filename: file.filename,
    file_path: file.path,
    volume: file.volume,
    file_size: file.size,
    file_sha256: sha256('a picture'),
    modified_at: file.modifiedAt,
    ...wishes,
  }
  const { file_sha256: _other, ...egg } = anEgg()
  await alice.create({ ...egg, image_file })
}

test('hands on what may be one photo together, and leaves out what is none', async () => {
  for (const name of ['IMG_1.JPG', 'IMG_1.CR2', 'IMG_2.JPG', 'notes.txt', 'film.mp4'])
    await put(join(root, 'a', name))

  const { names, errors } = await scan()

  expect(names.sort()).toEqual([['IMG_1.JPG', 'IMG_1.CR2'], ['IMG_2.JPG']])
  expect(errors).toEqual([])
})

test('counts as settled what a record of the owner vouches for, for nobody else', async () => {
  await put(join(root, 'a', 'one.jpg'))
  await record()

  expect(await scan(alice)).toMatchObject({ names: [], settled: 1 })
  expect(await scan(bob)).toMatchObject({ names: [['one.jpg']], settled: 0 })
})

test.each([
  ['size', { file_size: 1 }],
  ['time', { modified_at: '2024-06-01T10:00:00.124Z' }],
  ['path', { file_path: '/elsewhere/one.jpg' }],
  ['disk', { volume: 'another' }],
])('looks again at a file whose record has another %s', async (_what, wishes) => {
  await put(join(root, 'a', 'one.jpg'))
  await record(wishes)

  expect(await scan(alice)).toMatchObject({ names: [['one.jpg']], settled: 0 })
})

test('takes no file for another whose name is shown alike, because neither is UTF-8', async () => {
  const pathOf = (byte: number) =>
    Buffer.concat([Buffer.from(`${root}/a/`), Buffer.from([byte]), Buffer.from('.bmp')])
  await put(pathOf(0xe6))
  await record()
  await put(pathOf(0xf8), 'a PICTURE')

  expect(await scan(alice)).toMatchObject({ names: [['\uFFFD.bmp'], ['\uFFFD.bmp']], settled: 0 })
})

test('counts as settled what the session has reported, unless a partner has come since', async () => {
  const { body } = await alice.post('/api/v1/import-sessions', {})
  const { id } = body as { id: number }
  const errors = [{ filename: join(root, 'a', 'IMG_1.CR2'), code: 'no_preview_in_raw', detail: 'None.' }]
  await alice.post(`/api/v1/import-sessions/${id}/errors`, { errors })
  await put(join(root, 'a', 'IMG_1.CR2'))

  const alone = await scan(alice, id)
  const elsewhere = await scan(alice, id + 1)
  await put(join(root, 'a', 'IMG_1.JPG'))
  const together = await scan(alice, id)

  expect(alone).toMatchObject({ names: [], settled: 1 })
  expect(elsewhere.names).toEqual([['IMG_1.CR2']])
  expect(together).toMatchObject({ names: [['IMG_1.JPG', 'IMG_1.CR2']], settled: 0 })
})

test('reads nothing of a folder that has become a link out since it was found', async () => {
  await put(join(root, 'a', 'one.jpg'))
  await put(join(outside, 'one.jpg'))
  const { groups } = await scan()
  const read = () => groups[0]?.files[0]?.read(new AbortController().signal)
  const before = await read()

  await rename(join(root, 'a'), join(disk, 'moved'))
  await symlink(outside, join(root, 'a'))

  await expect(read()).rejects.toThrow(/leads out/)
  expect(Buffer.from(before as Uint8Array).toString()).toBe('a picture')
  await rm(join(disk, 'moved'), { recursive: true })
})

test('reads files of folders whose names are not UTF-8', async () => {
  const folder = Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0x66, 0xfc])])
  await mkdir(folder)
  await writeFile(Buffer.concat([folder, Buffer.from('/one.jpg')]), 'a picture')

  const { groups } = await scan()
  const bytes = await groups[0]?.files[0]?.read(new AbortController().signal)

  expect(Buffer.from(bytes as Uint8Array).toString()).toBe('a picture')
})
