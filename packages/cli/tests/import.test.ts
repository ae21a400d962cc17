import { copyFile, mkdir, readdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { call } from '@imalink/client'
import { endpoints } from '@imalink/contract'
import { expect, test } from 'vitest'
import { type TestUser, sharedInstallation } from './installation.ts'
import { picture } from './pictures.ts'
import { linesIn, reportIn } from './reports.ts'

const installation = sharedInstallation()

async function put(user: TestUser, name: string | Buffer, content: Buffer | string): Promise<void> {
  await writeFile(Buffer.concat([Buffer.from(`${user.folder}/`), Buffer.from(name)]), content)
}

const photosOf = async (user: TestUser) =>
  call(user.session, endpoints.listPhotos, { query: { include: 'files' } })

test('brings in every photo of a folder, with the place of its original', async () => {
  const user = await installation.loggedInUser()
  await mkdir(join(user.folder, '2024'))
  await put(user, 'a.jpg', await picture(1))
  await put(user, '2024/b.jpg', await picture(2))
  await put(user, '2024/no ending', await picture(3))

  const { code, stdout } = await user.run([
    'import',
    '--json',
    '--title',
    'Summer',
    '--volume',
    'Blue disk',
    user.folder,
  ])

  expect(code).toBe(0)
  const report = reportIn(stdout)
  expect(report).toMatchObject({
    status: 'completed',
    found: 3,
    created: 3,
    known: 0,
    duplicates: 0,
    refused: 0,
  })
  const { data } = await photosOf(user)
  const files = data.flatMap((photo) => photo.files ?? [])
  expect(files.map(({ file_path }) => file_path).sort()).toEqual(
    ['2024/b.jpg', '2024/no ending', 'a.jpg'].map((path) => join(user.folder, path)),
  )
  expect(
    files.every(({ volume, file_size, modified_at }) => volume === 'Blue disk' && file_size && modified_at),
  ).toBe(true)
  expect(data.every(({ has_coldpreview }) => has_coldpreview)).toBe(true)
})

test('keeps a session that says how the import went', async () => {
  const user = await installation.loggedInUser()
  await put(user, 'a.jpg', await picture(1))
  await put(user, 'words.jpg', 'no picture')

  const { stdout } = await user.run(['import', '--json', '--title', 'Summer', user.folder])

  const id = reportIn(stdout).import_session_id
  const session = await call(user.session, endpoints.getImportSession, { params: { id } })
  expect(session).toMatchObject({
    title: 'Summer',
    source_path: user.folder,
    status: 'completed',
    total_files: 2,
    created_photos: 1,
    failed_files: 1,
    errors: [{ filename: join(user.folder, 'words.jpg'), code: 'not_an_image' }],
  })
})

test('creates nothing and needs no core when it is repeated', async () => {
  const user = await installation.loggedInUser()
  for (const number of [1, 2, 3]) await put(user, `${number}.jpg`, await picture(number))
  await user.run(['import', user.folder])
  await installation.core.stop()

  try {
    const { code, stdout } = await user.run(['import', '--json', '--patience', '5', user.folder])

    expect(code).toBe(0)
    expect(reportIn(stdout)).toMatchObject({
      found: 3,
      done: 3,
      created: 0,
      known: 3,
      duplicates: 0,
      refused: 0,
    })
  } finally {
    await installation.core.start()
  }
  expect((await photosOf(user)).meta.total).toBe(3)
})

test('goes on after a refused file, lists it with its code and its path, and ends with exit code 3', async () => {
  const user = await installation.loggedInUser()
  await put(user, 'a.jpg', await picture(1))
  await put(user, 'empty.jpg', '')
  await put(user, 'cut.jpg', (await picture(2)).subarray(0, 300))

  const { code, stdout } = await user.run(['import', '--json', user.folder])

  expect(code).toBe(3)
  const report = reportIn(stdout)
  expect(report).toMatchObject({ status: 'completed', created: 1, refused: 2 })
  const codes = report.refused_files.map(({ path, code }) => [path, code]).sort()
  expect(codes).toEqual([
    [join(user.folder, 'cut.jpg'), 'corrupt_image'],
    [join(user.folder, 'empty.jpg'), 'not_an_image'],
  ])
})

test('tells a person what came in, what was refused and why, and where to look', async () => {
  const user = await installation.loggedInUser()
  await put(user, 'a.jpg', await picture(1))
  await put(user, 'odd\u001B[31m\nname.jpg', 'no picture')
  await put(user, 'film.mp4', 'a film')

  const { code, stdout } = await user.run(['import', user.folder])

  expect(code).toBe(3)
  expect(stdout).toMatch(/^ +1 new$/m)
  expect(stdout).toMatch(/^ +1 refused$/m)
  expect(stdout).toMatch(/odd\\u\{1b\}\[31m\\nname\.jpg: .+ \(not_an_image\)/)
  expect(stdout).toContain('Left out: 1 .mp4.')
  expect(stdout).toContain(installation.backend.address)
  expect(stdout).not.toContain('\u001B')
})

test('makes one photo of the same picture in two places', async () => {
  const user = await installation.loggedInUser()
  await put(user, 'a.jpg', await picture(1))
  await copyFile(join(user.folder, 'a.jpg'), join(user.folder, 'copy of a.jpg'))

  const { code, stdout } = await user.run(['import', '--json', user.folder])

  expect(code).toBe(0)
  expect(reportIn(stdout)).toMatchObject({ created: 1, duplicates: 1, known: 0, refused: 0 })
})

test('takes file names as they are: blanks, quotes, line breaks, and bytes that are not UTF-8', async () => {
  const user = await installation.loggedInUser()
  const names = [
    '-rf photo.jpg',
    'a "b" \'c\'.jpg',
    'line1\nline2.jpg',
    '100%25 &?#.jpg',
    '😀 ü.jpg',
    '$(id).jpg',
  ]
  for (const [number, name] of names.entries()) await put(user, name, await picture(number))
  const notUtf8 = Buffer.from([0x66, 0xff, 0xe9, 0x2e, 0x6a, 0x70, 0x67])
  await put(user, notUtf8, await picture(100))

  const { code, stdout } = await user.run(['import', '--json', user.folder])

  expect(code).toBe(0)
  expect(reportIn(stdout)).toMatchObject({ found: 7, created: 7, refused: 0 })
  const { data } = await photosOf(user)
  const filenames = data.flatMap((photo) => (photo.files ?? []).map(({ filename }) => filename))
  expect(filenames.sort()).toEqual([...names, 'f\uFFFD\uFFFD.jpg'].sort())
})

test('passes by what is hidden, links, and what is no photo by its name, and does not call it a failure', async () => {
  const user = await installation.loggedInUser()
  await put(user, 'a.jpg', await picture(1))
  await put(user, '.hidden.jpg', await picture(2))
  for (const name of ['b.mp4', 'c.MP4', 'd.xmp', 'e.txt']) await put(user, name, 'x')
  await symlink(user.folder, join(user.folder, 'loop'))

  const { code, stdout } = await user.run(['import', '--json', user.folder])

  expect(code).toBe(0)
  expect(reportIn(stdout)).toMatchObject({
    found: 1,
    created: 1,
    left_out: { hidden: 1, links: 1, by_extension: { '.mp4': 2, '.txt': 1, '.xmp': 1 } },
  })
})

test('looks at a file that is named, whatever its name says', async () => {
  const user = await installation.loggedInUser()
  await put(user, '.odd.txt', await picture(1))

  const { code, stdout } = await user.run(['import', '--json', '.odd.txt'])

  expect(code).toBe(0)
  expect(reportIn(stdout)).toMatchObject({ created: 1, paths: [join(user.folder, '.odd.txt')] })
})

test('says whether core was asked itself or through the server', async () => {
  const user = await installation.loggedInUser()
  await put(user, 'a.jpg', await picture(1))
  const direct = await user.run(['import', '--json', user.folder])
  await put(user, 'b.jpg', await picture(2))

  const through = await user.run(['import', '--json', '--core', 'http://127.0.0.1:1', user.folder])

  expect(reportIn(direct.stdout).decoded_by).toEqual({
    kind: 'core',
    url: `${installation.core.address}/v1/process`,
  })
  expect(reportIn(through.stdout)).toMatchObject({
    created: 1,
    known: 1,
    decoded_by: { kind: 'pass-through' },
  })
})

test('leaves the large preview out when it is told to', async () => {
  const user = await installation.loggedInUser()
  await put(user, 'a.jpg', await picture(1))

  await user.run(['import', '--coldpreview-size', 'none', user.folder])

  const { data } = await photosOf(user)
  expect(data.map(({ has_coldpreview }) => has_coldpreview)).toEqual([false])
})

test('writes a line for every file as it is settled, and the report as the last one', async () => {
  const user = await installation.loggedInUser()
  await put(user, 'a.jpg', await picture(1))
  await put(user, 'b.jpg', 'no picture')

  const { stdout } = await user.run(['import', '--json-lines', user.folder])

  const lines = linesIn(stdout)
  expect(
    lines
      .slice(0, -1)
      .map(({ event, status }) => [event, status])
      .sort(),
  ).toEqual([
    ['file', 'created'],
    ['file', 'refused'],
  ])
  expect(lines.at(-1)).toMatchObject({ event: 'end', status: 'completed', created: 1, refused: 1 })
})

test('says what it would do, and does not do it', async () => {
  const user = await installation.loggedInUser()
  await put(user, 'a.jpg', await picture(1))
  await user.run(['import', user.folder])
  await put(user, 'b.jpg', await picture(2))

  const { code, stdout } = await user.run(['import', '--dry-run', '--json', user.folder])

  expect(code).toBe(0)
  expect(reportIn(stdout)).toMatchObject({ dry_run: true, new: 1, known: 1 })
  expect((await photosOf(user)).meta.total).toBe(1)
  expect((await call(user.session, endpoints.listImportSessions, {})).data).toHaveLength(1)
})

test.skipIf(process.getuid?.() === 0)('--dry-run names the folders that nobody may look into', async () => {
  const user = await installation.loggedInUser()
  await mkdir(join(user.folder, 'closed'), { mode: 0o000 })

  const { stdout } = await user.run(['import', '--dry-run', user.folder])

  expect(stdout).toContain('could not be read')
  expect(stdout).toContain(join(user.folder, 'closed'))
})

test('says in one sentence why it cannot begin', async () => {
  const stranger = await installation.newUser()
  const missing = await stranger.run(['import', join(stranger.folder, 'missing')])
  const notLoggedIn = await stranger.run(['import', stranger.folder])
  const wrongUse = await stranger.run(['import', '--jobs', 'many', stranger.folder])

  expect(missing).toEqual({
    code: 1,
    stdout: '',
    stderr: `There is no folder or file ${join(stranger.folder, 'missing')}.\n`,
  })
  expect(notLoggedIn).toEqual({
    code: 4,
    stdout: '',
    stderr: 'You are not logged in: run `npm run imalink -- login` first.\n',
  })
  expect(wrongUse.code).toBe(2)
})

test('says in one sentence that its key was revoked', async () => {
  const user = await installation.loggedInUser()
  const { data } = await call(user.session, endpoints.listApiKeys, {})
  for (const { id } of data) await call(user.session, endpoints.deleteApiKey, { params: { id } })

  const { code, stderr } = await user.run(['import', user.folder])

  expect(code).toBe(4)
  expect(stderr).toBe(
    'The server does not accept the API key (any more); run `npm run imalink -- login` again.\n',
  )
})

test('never changes the folder that it imports', async () => {
  const user = await installation.loggedInUser()
  await put(user, 'a.jpg', await picture(1))

  await user.run(['import', user.folder])

  expect(await readdir(user.folder)).toEqual(['a.jpg'])
})
