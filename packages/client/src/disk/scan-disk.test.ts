import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { addLeftOut } from './left-out.ts'
import { findRoots } from './roots.ts'
import { type ScanOptions, scanDisk, scanThread, startScan } from './scan-disk.ts'
import { noNews } from './scan-news.ts'

let top: string

beforeEach(async () => {
  top = await mkdtemp(join(tmpdir(), 'imalink-scan-'))
})
afterEach(() => rm(top, { recursive: true, force: true }))

async function put(...paths: string[]): Promise<void> {
  for (const path of paths) {
    await mkdir(join(top, path, '..'), { recursive: true })
    await writeFile(join(top, path), 'x')
  }
}

const everything: ScanOptions = {
  volume: null,
  sinceMs: null,
  crossMounts: false,
  maxUnnamedBytes: 1000,
  include: [],
  exclude: [],
  signal: new AbortController().signal,
  onNews: () => undefined,
}

/** The groups found, each as its files and side-cars below `top`, and all that was told. */
async function scan(wishes: Partial<ScanOptions> = {}, named: readonly string[] = [top]) {
  const news = noNews()
  const onNews: ScanOptions['onNews'] = (more) => {
    news.found += more.found
    news.total ??= more.total
    news.unreadableFolders.push(...more.unreadableFolders)
    addLeftOut(news.leftOut, more.leftOut)
  }
  const groups: string[] = []
  for await (const { files, sidecars } of scanDisk(await findRoots(named), {
    ...everything,
    ...wishes,
    onNews,
  })) {
    const paths = [files, sidecars].map((some) => some.map(({ path }) => path.slice(top.length + 1)))
    groups.push(paths.map((some) => some.join(' ')).join(' + '))
  }
  return { groups: groups.map((group) => group.replace(/ \+ $/, '')).sort(), news }
}

test('finds photos at any depth, with any or no ending, and counts them', async () => {
  await put('a.jpg', 'deep/er/b.NEF', 'no ending', 'odd.xyz')

  const { groups, news } = await scan()

  expect(groups).toEqual(['a.jpg', 'deep/er/b.NEF', 'no ending', 'odd.xyz'])
  expect(news).toMatchObject({ found: 4, total: 4 })
})

test('puts together what one folder holds of one photo', async () => {
  await put('IMG_1.CR2', 'img_1.jpg', 'IMG_1.xmp', 'IMG_1.CR2.xmp', 'other/IMG_1.jpg')

  const { groups, news } = await scan()

  expect(groups).toEqual(['img_1.jpg IMG_1.CR2 + IMG_1.CR2.xmp IMG_1.xmp', 'other/IMG_1.jpg'])
  expect(news.found).toBe(3)
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
  await symlink('nowhere', join(top, 'broken.jpg'))

  const { groups, news } = await scan()

  expect(groups).toEqual(['h.jpg'])
  expect(news.leftOut).toMatchObject({ hidden: 4, links: 2 })
  expect([...news.leftOut.byExtension].sort()).toEqual([
    ['.mp4', 2],
    ['.xmp', 1],
  ])
})

test('leaves out what has no photo’s name and is larger than core takes', async () => {
  await put('small')
  await writeFile(join(top, 'large'), Buffer.alloc(2000))
  await writeFile(join(top, 'large.jpg'), Buffer.alloc(2000))

  expect((await scan()).groups).toEqual(['large.jpg', 'small'])
})

test('leads to a file whose name is not UTF-8, in a folder whose name is not', async () => {
  const bytes = Buffer.from([0x66, 0xff, 0xe9])
  const folder = Buffer.concat([Buffer.from(`${top}/`), bytes])
  await mkdir(folder)
  await writeFile(Buffer.concat([folder, Buffer.from('/'), bytes, Buffer.from('.jpg')]), 'its bytes')

  for await (const { files } of scanDisk(await findRoots([top]), everything)) {
    const [file] = files
    expect(file?.path).toBe(join(top, 'f\uFFFD\uFFFD/f\uFFFD\uFFFD.jpg'))
    expect(file?.name).toEqual(Buffer.concat([bytes, Buffer.from('.jpg')]))
    expect(Buffer.from((await file?.read(everything.signal)) as Uint8Array).toString()).toBe('its bytes') // Of a DiskFile.
  }
  expect.assertions(3)
})

test('takes only what is included and not excluded, folders with all that is in them', async () => {
  await put('2024/a.JPG', '2024/b.png', '2024/raw/c.jpg', '2023/d.jpg', 'private/e.jpg', 'f.jpg')

  const { groups, news } = await scan({ include: ['*.jpg'], exclude: ['2024/raw', 'private', '/f.*'] })

  expect(groups).toEqual(['2023/d.jpg', '2024/a.JPG'])
  expect(news.leftOut.excluded).toBe(4)
})

test('takes only what was changed since a moment', async () => {
  await put('old.jpg', 'new.jpg')
  await utimes(join(top, 'old.jpg'), 1, Date.parse('2024-01-01T00:00:00Z') / 1000)

  const { groups, news } = await scan({ sinceMs: Date.parse('2024-01-02T00:00:00Z') })

  expect(groups).toEqual(['new.jpg'])
  expect(news.leftOut.older).toBe(1)
})

test('looks at a file that was named whatever is asked of names, once, with the side-car beside it', async () => {
  await put('a/x.zip', 'a/x.xmp', 'a/y.jpg', 'a/z.xmp')
  const named = [join(top, 'a/x.zip'), top, join(top, 'a')]

  const { groups, news } = await scan({ exclude: ['*.zip'] }, named)

  expect(groups).toEqual(['a/x.zip + a/x.xmp', 'a/y.jpg'])
  expect([...news.leftOut.byExtension]).toEqual([['.xmp', 2]])
})

test('notes a folder that vanished and goes on', async () => {
  await put('b.jpg', 'gone/c.jpg')
  const roots = await findRoots([join(top, 'gone'), top])
  await rename(join(top, 'gone'), `${top}/.hidden`)
  const problems: unknown[] = []

  const found: string[] = []
  const onNews: ScanOptions['onNews'] = (news) => problems.push(...news.unreadableFolders)
  for await (const { files } of scanDisk(roots, { ...everything, onNews }))
    found.push(...files.map(({ filename }) => filename))

  expect(found).toEqual(['b.jpg'])
  expect(problems).toEqual([{ path: join(top, 'gone'), detail: 'It is gone' }])
})

test.skipIf(process.getuid?.() === 0)('notes a folder that it may not read and goes on', async () => {
  await put('shut/a.jpg', 'open/b.jpg')
  await chmod(join(top, 'shut'), 0)

  const { groups, news } = await scan()

  expect(groups).toEqual(['open/b.jpg'])
  expect(news.unreadableFolders).toEqual([{ path: join(top, 'shut'), detail: 'You may not read it' }])
})

test('refuses to read what changed since it was found, became a link or went', async () => {
  await put('changed.jpg', 'gone.jpg', 'linked.jpg')
  const reasons: Record<string, string> = {}

  for await (const { files } of scanDisk(await findRoots([top]), everything)) {
    const [file] = files
    if (file?.filename === 'changed.jpg') await writeFile(file.path, 'y')
    else await rm(file?.path ?? '')
    if (file?.filename === 'linked.jpg') await symlink(join(top, 'changed.jpg'), file.path)
    await file?.read(everything.signal).catch((error: Error) => (reasons[file.filename] = error.message))
  }

  expect(reasons).toEqual({
    'changed.jpg': 'It changed while it was read',
    'gone.jpg': 'It is gone',
    'linked.jpg': 'It has become a link',
  })
})

test('stays a little ahead of whoever takes the files, and meanwhile counts what is to come', async () => {
  for (let folder = 0; folder < 30; folder++)
    await put(...Array.from({ length: 100 }, (_, file) => `${folder}/${file}.jpg`))
  let found = 0
  let total: number | null = null
  const onNews: ScanOptions['onNews'] = (news) => {
    found += news.found
    total ??= news.total
  }

  const groups = scanDisk(await findRoots([top]), { ...everything, onNews })
  await groups.next()
  while (total === null) await groups.next().then(() => new Promise((resolve) => setTimeout(resolve, 1)))
  const foundByThen = found
  let rest = 0
  while (!(await groups.next()).done) rest++

  expect(total).toBe(3000)
  expect(foundByThen).toBeLessThan(3000)
  expect(found).toBe(3000)
  expect(rest).toBeGreaterThan(0)
})

test('ends with the reason it is told, at once', async () => {
  await put('a.jpg')
  const stop = new AbortController()
  const groups = scanDisk(await findRoots([top]), { ...everything, signal: stop.signal })
  await groups.next()

  stop.abort(new Error('enough'))

  await expect(groups.next()).rejects.toThrow('enough')
})

test('ends its threads by itself once all is told', async () => {
  await put(...Array.from({ length: 200 }, (_, file) => `${file}.jpg`))
  const thread = scanThread()
  const ended = once(thread, 'exit')

  const scan = startScan(await findRoots([top]), { ...everything, thread })
  let found = 0
  for await (const { files } of scan.groups()) found += files.length

  expect(await ended).toEqual([0])
  expect(found).toBe(200)
})

test('tells in a sentence that what was named is not there', async () => {
  await expect(findRoots([join(top, 'nothing')])).rejects.toThrow(
    `There is no folder or file ${join(top, 'nothing')}.`,
  )
})

test('finds what is named in bytes that are not UTF-8, of which a program hears only how they are shown', async () => {
  const bytes = (latin1: string) => Buffer.from(`${top}/${latin1}`, 'latin1')
  await mkdir(bytes('B\xe6r'))
  await writeFile(bytes('B\xe6r/one.jpg'), 'x')
  await writeFile(bytes('\xe5.jpg'), 'x')
  await writeFile(bytes('\xf8.jpg'), 'x')

  const { groups } = await scan({}, [join(top, 'B\uFFFDr'), join(top, '\uFFFD.jpg'), join(top, '\uFFFD.jpg')])

  expect(groups).toEqual(['B\uFFFDr/one.jpg', '\uFFFD.jpg', '\uFFFD.jpg'])
})
