import { mkdir, open, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { call } from '@imalink/client'
import { endpoints } from '@imalink/contract'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type TestUser, sharedInstallation, startInstallation } from './installation.ts'
import { picture } from './pictures.ts'
import { linesIn, reportIn } from './reports.ts'
import { type RequestLog, startRequestLog } from './request-log.ts'

const installation = sharedInstallation()
let log: RequestLog
let user: TestUser

beforeAll(async () => {
  log = await startRequestLog(installation.backend.address)
})
afterAll(() => log.end())
beforeEach(async () => {
  user = await installation.newUser()
  await user.login(log.address)
})

const put = (name: string, content: Buffer | string) => writeFile(join(user.folder, name), content)

async function importReport(...args: string[]) {
  return reportIn((await user.run(['import', '--json', ...args, user.folder])).stdout)
}

const stateFolder = () => join(user.credentialsFile, '../../../.local/state/imalink')
const journalFile = () => join(stateFolder(), 'journal-1.db')

async function photoCount(): Promise<number | null> {
  return (await call(user.session, endpoints.listPhotos, {})).meta.total
}

const SOME_DAY = new Date('2024-06-15T12:00:00Z')

/** Writes a file of a size and a time that do not depend on what is in it. */
async function putUnseen(name: string, number: number): Promise<void> {
  await put(name, await padded(number, 20_000))
  await utimes(join(user.folder, name), SOME_DAY, SOME_DAY)
}

/** A picture with so many bytes after its end. */
async function padded(number: number, size: number): Promise<Buffer> {
  return Buffer.concat([await picture(number), Buffer.alloc(size)], size)
}

test('a repeat over unchanged files reads none and asks the server of none', async () => {
  await putUnseen('a.jpg', 1)
  await putUnseen('b.jpg', 2)
  await importReport()
  await putUnseen('a.jpg', 3)
  log.requests.length = 0

  const { stdout, code } = await user.run(['import', '--json-lines', user.folder])

  expect(code).toBe(0)
  const lines = linesIn(stdout)
  expect(lines.at(-1)).toMatchObject({ found: 2, done: 2, known: 2, unchanged: 2, created: 0 })
  expect(lines.slice(0, -1)).toEqual([
    expect.objectContaining({
      event: 'file',
      status: 'known',
      unchanged: true,
      path: join(user.folder, 'a.jpg'),
    }),
    expect.objectContaining({
      event: 'file',
      status: 'known',
      unchanged: true,
      path: join(user.folder, 'b.jpg'),
    }),
  ])
  expect(log.requests.filter((request) => request.includes('/photos'))).toEqual([])
  const id = (lines.at(-1) as { import_session_id: number }).import_session_id // Its last line is the report.
  const session = await call(user.session, endpoints.getImportSession, { params: { id } })
  expect(session).toMatchObject({ total_files: 2, known_files: 2, processed_files: 2, status: 'completed' })
})

test('--recheck reads them all the same, and finds what the journal could not know', async () => {
  await putUnseen('a.jpg', 1)
  await putUnseen('b.jpg', 2)
  await importReport()
  await putUnseen('a.jpg', 3)

  expect(await importReport()).toMatchObject({ known: 2, unchanged: 2 })
  expect(await importReport('--recheck')).toMatchObject({ created: 1, known: 1, unchanged: 0 })
  expect(await importReport()).toMatchObject({ known: 2, unchanged: 2 })
})

test('a file that has changed, is new or lies elsewhere now is looked at', async () => {
  for (const number of [1, 2, 3]) await put(`${number}.jpg`, await picture(number))
  await importReport()
  await put('1.jpg', await picture(4))
  await put('5.jpg', await picture(5))
  await mkdir(join(user.folder, 'sub'))
  await rename(join(user.folder, '2.jpg'), join(user.folder, 'sub', '2.jpg'))
  await rm(join(user.folder, '3.jpg'))

  expect(await importReport()).toMatchObject({ found: 3, created: 2, known: 1, unchanged: 0 })

  expect(await photoCount()).toBe(5)
})

test('what was refused is not sent again, but told again, until --recheck or a change', async () => {
  await put('a.jpg', await picture(1))
  await put('words.jpg', 'no picture')
  await importReport()
  log.requests.length = 0

  const { code, stdout } = await user.run(['import', '--json', user.folder])

  expect(code).toBe(3)
  const path = join(user.folder, 'words.jpg')
  const report = reportIn(stdout)
  expect(report).toMatchObject({ found: 2, done: 2, refused: 1, refused_before: 1, known: 1 })
  expect(report.refused_files).toMatchObject([{ path, code: 'not_an_image', before: true }])
  expect(log.requests.filter((request) => request.includes('/photos'))).toEqual([])
  const id = report.import_session_id ?? 0
  const session = await call(user.session, endpoints.getImportSession, { params: { id } })
  expect(session).toMatchObject({ failed_files: 1, errors: [{ filename: path, code: 'not_an_image' }] })
  expect(await importReport('--recheck')).toMatchObject({ refused: 1, refused_before: 0 })
  await put('words.jpg', await picture(2))
  expect(await importReport()).toMatchObject({ created: 1, refused: 0 })
})

test('speaks of one account and one server only', async () => {
  await put('a.jpg', await picture(1))
  await importReport()
  const other = await installation.newUser()
  await other.login()
  const elsewhere = await startInstallation()
  const there = await elsewhere.newUser()
  await there.login()
  const state = { IMALINK_STATE: stateFolder() }

  const [byOther, atOther] = await Promise.all([
    other.run(['import', '--json', user.folder], '', state),
    there.run(['import', '--json', user.folder], '', state),
  ]).finally(() => elsewhere.end())

  expect(reportIn(byOther.stdout)).toMatchObject({ created: 1, unchanged: 0 })
  expect(reportIn(atOther.stdout)).toMatchObject({ created: 1, unchanged: 0 })
  expect(await importReport()).toMatchObject({ unchanged: 1 })
})

test('is kept where only its owner can read it', async () => {
  await put('a.jpg', await picture(1))
  await importReport()

  expect((await stat(stateFolder())).mode & 0o777).toBe(0o700)
  expect((await stat(journalFile())).mode & 0o777).toBe(0o600)
})

test('a damaged journal is put aside with a word, and the import asks the server instead', async () => {
  for (const number of [1, 2, 3]) await put(`${number}.jpg`, await picture(number))
  await importReport()
  await writeFile(journalFile(), 'no journal at all '.repeat(1000))

  const { code, stdout, stderr } = await user.run(['import', '--json', user.folder])

  expect(code).toBe(0)
  expect(stderr).toMatch(/The journal of earlier imports is damaged; it was put aside as .+\.damaged-/)
  expect(reportIn(stdout)).toMatchObject({ known: 3, unchanged: 0 })
  expect(await importReport()).toMatchObject({ unchanged: 3 })
})

test('damage in the middle of the journal costs nothing but time', async () => {
  for (const number of [1, 2, 3]) await put(`${number}.jpg`, await picture(number))
  await importReport()
  const file = await open(journalFile(), 'r+')
  const { size } = await file.stat()
  // The first page says what tables there are; all others are noise from here on.
  await file.write(Buffer.alloc(size - 4096, 0xa5), 0, size - 4096, 4096)
  await file.close()

  const { code, stdout } = await user.run(['import', '--json', user.folder])

  expect(code).toBe(0)
  expect(reportIn(stdout)).toMatchObject({ known: 3, refused: 0, created: 0 })
  expect(await importReport()).toMatchObject({ unchanged: 3 })
})

test('a place where nothing can be kept ends no import', async () => {
  await put('a.jpg', await picture(1))
  const blocked = join(user.folder, '..', 'a file')
  await writeFile(blocked, '')

  const { code, stdout, stderr } = await user.run(['import', '--json', user.folder], '', {
    IMALINK_STATE: blocked,
  })

  expect(code).toBe(0)
  expect(stderr).toContain('There is no journal of this import')
  expect(reportIn(stdout)).toMatchObject({ created: 1 })
  expect(await readFile(blocked, 'utf8')).toBe('')
})

test('two imports at once remember all that either has brought in', async () => {
  for (const name of ['one', 'two']) await mkdir(join(user.folder, name))
  for (let number = 0; number < 20; number++)
    await put(`${number % 2 ? 'one' : 'two'}/${number}.jpg`, await picture(number))

  const both = await Promise.all(
    ['one', 'two'].map((name) => user.run(['import', '--json', join(user.folder, name)])),
  )

  expect(both.map(({ stdout }) => reportIn(stdout).created)).toEqual([10, 10])
  expect(both.map(({ stderr }) => stderr).join('')).not.toContain('journal')
  expect(await importReport()).toMatchObject({ found: 20, unchanged: 20 })
})

test('leads to names that are not UTF-8 as well', async () => {
  const name = Buffer.concat([Buffer.from(`${user.folder}/`), Buffer.from([0x66, 0xff]), Buffer.from('.jpg')])
  await writeFile(name, await picture(1))
  await importReport()

  expect(await importReport()).toMatchObject({ found: 1, unchanged: 1 })
})
