import { copyFileSync, readFileSync } from 'node:fs'
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { call } from '@imalink/client'
import { endpoints } from '@imalink/contract'
import { beforeEach, describe, expect, test } from 'vitest'
import { type TestUser, sharedInstallation } from './installation.ts'
import { picture } from './pictures.ts'
import { linesIn, reportIn } from './reports.ts'

const images = process.env.IMALINK_TEST_IMAGES

const installation = sharedInstallation()
let user: TestUser

beforeEach(async () => {
  user = await installation.loggedInUser()
})

async function put(name: string, content: Buffer | string): Promise<void> {
  await mkdir(join(user.folder, name, '..'), { recursive: true })
  await writeFile(join(user.folder, name), content)
}

async function photos() {
  const { data } = await call(user.session, endpoints.listPhotos, { query: { scope: 'mine' } })
  return data
}

const runJson = async (...args: string[]) =>
  reportIn((await user.run(['import', '--json', ...args, user.folder])).stdout)

describe('which files', () => {
  beforeEach(async () => {
    for (const [number, name] of ['2024/a.JPG', '2024/b.png', '2023/c.jpg', 'private/d.jpg'].entries())
      await put(name, await picture(number))
  })

  test('are those that --include means and --exclude does not', async () => {
    const report = await runJson('--include', '*.jpg', '--include', '*.tif', '--exclude', 'private')

    expect(report).toMatchObject({ found: 2, created: 2, left_out: { excluded: 2 } })
    expect((await photos()).map(({ primary_filename }) => primary_filename).sort()).toEqual([
      'a.JPG',
      'c.jpg',
    ])
  })

  test.each([
    ['2024-02-01', 3],
    ['1', 2],
  ])('are those changed since %s with --since', async (since, found) => {
    await utimes(join(user.folder, '2024/a.JPG'), 1, Date.parse('2024-01-15T00:00:00Z') / 1000)
    await utimes(join(user.folder, '2024/b.png'), 1, Date.parse('2024-02-02T00:00:00Z') / 1000)

    const report = await runJson('--since', since)

    expect(report).toMatchObject({ found, left_out: { older: 4 - found } })
  })

  test('stay on one disk', async () => {
    const options = ['--json', '--include', 'nothing', '/']
    // Every system has something mounted below its root.
    const there = ['--exclude', '*/*', ...options]

    const { stdout } = await user.run(['import', ...there])

    expect(reportIn(stdout).left_out.mounts).toBeGreaterThan(0)
  })
})

test('says of every photo what --tag, --author and --visibility say', async () => {
  await put('a.jpg', await picture(1))

  await runJson(
    '--tag',
    'Summer',
    '--tag',
    'family/kids',
    '--author',
    'Ansel Adams',
    '--visibility',
    'public',
  )

  const [photo] = await photos()
  expect(photo).toMatchObject({ author: { name: 'Ansel Adams' }, visibility: 'public' })
  expect(photo?.tags.map(({ name }) => name).sort()).toEqual(['family/kids', 'summer'])
})

test.each([
  ['--since', 'yesterday'],
  ['--since', '2024-02-30'],
  ['--tag', 'a,b'],
  ['--author', ' '],
  ['--visibility', 'nobody'],
  ['--include', '/'],
  ['--jobs', '0'],
])('refuses %s %s as wrong use', async (...option) => {
  const { code, stderr, stdout } = await user.run(['import', ...option, user.folder])

  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain(option[0])
})

test('--explain says of each file what became of it and why', async () => {
  await put('a.jpg', await picture(1))
  await put('words.jpg', 'no picture')
  await put('film.mp4', 'a film')
  await put('.hidden.jpg', await picture(2))
  const at = (name: string) => join(user.folder, name)

  const first = await user.run(['import', '--explain', user.folder])
  const second = await user.run(['import', '--explain', user.folder])
  const third = await user.run(['import', '--explain', '--recheck', user.folder])

  expect(first.stdout).toMatch(new RegExp(`^created +${at('a.jpg')}: photo \\d+ was made of it\\.`, 'm'))
  expect(first.stdout).toMatch(new RegExp(`^refused +${at('words.jpg')}: .+ \\(not_an_image\\)\\.$`, 'm'))
  expect(first.stdout).toMatch(new RegExp(`^left out +${at('film.mp4')}: it is no photo by its name`, 'm'))
  expect(first.stdout).toMatch(new RegExp(`^left out +${at('.hidden.jpg')}: it is hidden`, 'm'))
  expect(second.stdout).toMatch(
    new RegExp(`^unchanged +${at('a.jpg')}: it has not changed since .+ photo \\d+`, 'm'),
  )
  expect(second.stdout).toMatch(new RegExp(`^refused +${at('words.jpg')}: .+, as it was before`, 'm'))
  expect(third.stdout).toMatch(
    new RegExp(`^known +${at('a.jpg')}: photo \\d+ was made of the same bytes`, 'm'),
  )
})

test('--dry-run takes the journal’s word, unless it is to recheck', async () => {
  await put('a.jpg', await picture(1))
  await runJson()
  await put('b.jpg', await picture(2))

  expect(await runJson('--dry-run')).toMatchObject({ dry_run: true, new: 1, known: 1, unchanged: 1 })
  expect(await runJson('--dry-run', '--recheck')).toMatchObject({ new: 1, known: 1, unchanged: 0 })
  expect(await photos()).toHaveLength(1)
})

test('--dry-run says with --explain what would become of each file', async () => {
  await put('a.jpg', await picture(1))
  await runJson()
  await put('b.jpg', await picture(2))
  await put('film.mp4', 'a film')
  const at = (name: string) => join(user.folder, name)

  const { stdout } = await user.run(['import', '--dry-run', '--explain', user.folder])
  const asked = await user.run(['import', '--dry-run', '--explain', '--recheck', user.folder])

  expect(stdout).toMatch(new RegExp(`^unchanged +${at('a.jpg')}: it has not changed`, 'm'))
  expect(stdout).toMatch(new RegExp(`^new +${at('b.jpg')}: it would be looked at\\.$`, 'm'))
  expect(stdout).toMatch(new RegExp(`^left out +${at('film.mp4')}: it is no photo by its name`, 'm'))
  expect(asked.stdout).toMatch(
    new RegExp(`^known +${at('a.jpg')}: a photo was made of the same bytes\\.$`, 'm'),
  )
})

test('--dry-run says it with --json-lines in a line of JSON for each file, and one for the end', async () => {
  await put('a.jpg', await picture(1))
  await put('words.jpg', 'no picture')
  await runJson()
  await put('b.jpg', await picture(2))

  const { stdout } = await user.run(['import', '--dry-run', '--json-lines', user.folder])

  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { path?: string }) // Each line is a document.
  const byName = (name: string) => lines.find(({ path }) => path === join(user.folder, name))
  expect(lines).toHaveLength(4)
  expect(byName('a.jpg')).toMatchObject({ event: 'file', status: 'known', unchanged: true })
  expect(byName('b.jpg')).toMatchObject({ event: 'file', status: 'would_import' })
  expect(byName('words.jpg')).toMatchObject({ event: 'file', status: 'refused', before: true })
  expect(lines.at(-1)).toMatchObject({
    event: 'end',
    dry_run: true,
    new: 1,
    known: 1,
    unreadable_folders: [],
  })
})

test('--quiet still says that the session could not be closed', async () => {
  for (let number = 0; number < 30; number++) await put(`${number}.jpg`, await picture(number))
  const run = user.start(['import', '--quiet', '--json', user.folder])
  const list = () => call(user.session, endpoints.listImportSessions, {})
  await expect.poll(async () => (await list()).data.length, { timeout: 20_000, interval: 10 }).toBe(1)

  const id = (await list()).data[0]?.id ?? 0
  await call(user.session, endpoints.deleteImportSession, { params: { id } })

  expect((await run.ended).stderr).toMatch(/^The import's session could not be closed: .+/m)
})

test('lists many refusals by their reason, the first files of each, and where all are', async () => {
  for (let number = 0; number < 30; number++) await put(`words-${number}.jpg`, `no picture ${number}`)
  await put('cut.jpg', (await picture(2)).subarray(0, 300))

  const { stdout } = await user.run(['import', user.folder])

  expect(stdout).toMatch(/^ {2}not_an_image: 30 files\n( {2}.+words-\d+\.jpg: .+\n){5} {2}… and 25 more$/m)
  expect(stdout).toMatch(/^ {2}corrupt_image: 1 file\n {2}.+cut\.jpg: .+$/m)
  expect(stdout).toContain('--json-lines and --explain list all.')
  expect(stdout).toMatch(/^This is import \d+;/m)
})

describe.skipIf(!images)('with real images', () => {
  const pairs = join(images ?? '', 'pairs')

  async function putPair(): Promise<string[]> {
    const [first = ''] = (await readdir(pairs, { recursive: true })).filter((name) => /\.jpe?g$/i.test(name))
    const stem = first.replace(/\.[^.]+$/, '')
    const names = (await readdir(pairs, { recursive: true })).filter((name) => name.startsWith(`${stem}.`))
    for (const name of names) copyFileSync(join(pairs, name), join(user.folder, name.split('/').at(-1) ?? ''))
    return names
  }

  test('--no-pairs puts nothing to a photo that it does not show', async () => {
    const files = (await putPair()).filter((name) => !/\.xmp$/i.test(name))
    expect(files.length).toBeGreaterThan(1)
    const other = await installation.loggedInUser()

    const together = await runJson()
    const apart = reportIn((await other.run(['import', '--json', '--no-pairs', user.folder])).stdout)

    expect(together).toMatchObject({ created: 1, joined: files.length - 1, refused: 0 })
    expect(apart).toMatchObject({ joined: 0, refused: 0 })
    // A RAW whose own preview is that JPEG shows the same picture.
    expect(apart.created + apart.duplicates).toBe(files.length)
  })

  test('takes every hostile name as it is, and knows it again', async () => {
    const list = JSON.parse(readFileSync(join(images ?? '', 'hostile-names.json'), 'utf8')) as {
      from: string
      names: string[]
    } // As its own `use` describes it.
    for (const name of list.names) copyFileSync(join(images ?? '', list.from), join(user.folder, name))
    const visible = list.names.filter((name) => !name.startsWith('.'))

    const { code, stdout, stderr } = await user.run(['import', '--json-lines', user.folder])

    expect({ code, stderr }).toMatchObject({ code: 0 })
    const lines = linesIn(stdout)
    expect(lines.at(-1)).toMatchObject({ found: visible.length, created: 1, duplicates: visible.length - 1 })
    const paths = lines.flatMap((line) => (line.event === 'file' ? [line.path] : []))
    expect(paths.sort()).toEqual(visible.map((name) => join(user.folder, name)).sort())
    expect((await readdir(user.folder)).sort()).toEqual([...list.names].sort())
    expect(await runJson()).toMatchObject({ unchanged: visible.length })
  })
})
