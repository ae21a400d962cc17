import { execFile } from 'node:child_process'
import { appendFile, mkdir, rename, rm, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { call } from '@imalink/client'
import { endpoints } from '@imalink/contract'
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import { type TestUser, sharedInstallation } from './installation.ts'
import { picture } from './pictures.ts'
import type { CommandLine } from './command-line.ts'

const installation = sharedInstallation()
let user: TestUser
let watching: CommandLine | null = null

beforeEach(async () => {
  user = await installation.loggedInUser()
})
afterEach(async () => {
  watching?.kill('SIGKILL')
  await watching?.ended
  watching = null
})

const put = async (name: string, number: number) => writeFile(join(user.folder, name), await picture(number))

async function names(): Promise<string[]> {
  const { data } = await call(user.session, endpoints.listPhotos, {})
  return data.map(({ primary_filename }) => primary_filename ?? '').sort()
}

/** Starts watching and resolves after the first look, which puts off what was written a moment before. */
async function watch(...args: string[]): Promise<CommandLine> {
  watching = user.start(['watch', '--json', ...args, user.folder])
  await watching.wrote(/"event":"pass"/)
  return watching
}

const arrived = (expected: readonly string[]) =>
  expect.poll(names, { timeout: 60_000, interval: 200 }).toEqual([...expected].sort())

test(
  'takes in what is there, then what comes, also in folders that are made later',
  { timeout: 120_000 },
  async () => {
    await put('a.jpg', 1)
    const run = await watch()
    await arrived(['a.jpg'])

    await put('b.jpg', 2)
    await arrived(['a.jpg', 'b.jpg'])
    await mkdir(join(user.folder, 'new/deep'), { recursive: true })
    await put('new/deep/c.jpg', 3)
    await arrived(['a.jpg', 'b.jpg', 'c.jpg'])
    await put('new/deep/d.jpg', 4)
    await arrived(['a.jpg', 'b.jpg', 'c.jpg', 'd.jpg'])

    run.kill('SIGINT')
    expect((await run.ended).code).toBe(0)
  },
)

test('waits until a file is whole', { timeout: 120_000 }, async () => {
  const bytes = await picture(1)
  const run = await watch()
  const path = join(user.folder, 'slow.jpg')
  await writeFile(path, bytes.subarray(0, 100))
  for (let from = 100; from < bytes.length; from += Math.ceil(bytes.length / 5)) {
    await new Promise((resolve) => setTimeout(resolve, 1000))
    await appendFile(path, bytes.subarray(from, from + Math.ceil(bytes.length / 5)))
  }

  await arrived(['slow.jpg'])

  run.kill('SIGINT')
  const { stdout } = await run.ended
  expect(stdout).not.toContain('"status":"refused"')
})

test('takes in what changes, and leaves alone what is deleted', { timeout: 120_000 }, async () => {
  await put('a.jpg', 1)
  await put('b.jpg', 2)
  await watch()
  await arrived(['a.jpg', 'b.jpg'])
  await unlink(join(user.folder, 'b.jpg'))

  await put('a.jpg', 3)

  await arrived(['a.jpg', 'a.jpg', 'b.jpg'])
})

test('waits for a folder that is gone, and goes on when it is back', { timeout: 120_000 }, async () => {
  const away = `${user.folder} away`
  await put('a.jpg', 1)
  const run = await watch()

  await rename(user.folder, away)
  await run.wrote(/is gone; waiting for it/)
  await writeFile(join(away, 'b.jpg'), await picture(2))
  await rename(away, user.folder)

  await arrived(['a.jpg', 'b.jpg'])
  await put('c.jpg', 3)
  await arrived(['a.jpg', 'b.jpg', 'c.jpg'])
})

test('finds by looking what the system did not tell', { timeout: 120_000 }, async () => {
  await put('.hidden.jpg', 1)
  await watch('--every', '3')

  // Nobody is told of what has a hidden name: it might as well be a network disk.
  await rename(join(user.folder, '.hidden.jpg'), join(user.folder, '.still hidden.jpg'))
  await rename(join(user.folder, '.still hidden.jpg'), join(user.folder, 'shown.jpg'))

  await arrived(['shown.jpg'])
})

test('keeps no session for a look that finds nothing', { timeout: 120_000 }, async () => {
  await put('a.jpg', 1)
  await user.run(['import', user.folder])

  await watch('--every', '1')
  await new Promise((resolve) => setTimeout(resolve, 3000))

  expect((await call(user.session, endpoints.listImportSessions, {})).data).toHaveLength(1)
})

test('tries a file that cannot be read once, and not at every look', { timeout: 120_000 }, async () => {
  // The file has a path that is too long for the system to look at.
  const long = 'x'.repeat(200)
  const script =
    'for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do mkdir -p $1 && cd $1 || exit 0; done; : > $1.jpg'
  const there = { cwd: user.folder }
  await promisify(execFile)('sh', ['-c', script, 'sh', long], there)
  onTestFinished(async () => void (await promisify(execFile)('rm', ['-rf', long], there)))
  await put('a.jpg', 1)
  const run = await watch('--every', '1')
  await run.wrote(/"code":"unreadable_file"/)
  await new Promise((resolve) => setTimeout(resolve, 6000))
  await put('b.jpg', 2)
  await arrived(['a.jpg', 'b.jpg'])

  run.kill('SIGINT')
  const { stdout } = await run.ended
  const { meta } = await call(user.session, endpoints.listImportSessions, {})
  expect(stdout.match(/"event":"file","path":[^\n]+"code":"unreadable_file"/g)).toHaveLength(1)
  expect(meta.total).toBeLessThanOrEqual(3)
})

test('survives the server, and brings in afterwards what came meanwhile', { timeout: 120_000 }, async () => {
  await put('a.jpg', 1)
  await watch('--patience', '0')
  await installation.backend.stop('SIGKILL')
  await put('b.jpg', 2)
  await new Promise((resolve) => setTimeout(resolve, 5000))
  await installation.backend.start()

  await arrived(['a.jpg', 'b.jpg'])
})

test('ends when its key is no longer accepted', { timeout: 120_000 }, async () => {
  const run = await watch('--every', '1')
  const { data } = await call(user.session, endpoints.listApiKeys, {})
  for (const { id } of data) await call(user.session, endpoints.deleteApiKey, { params: { id } })

  const { code, stderr } = await run.ended

  expect(code).toBe(4)
  expect(stderr).toContain('The server does not accept the API key')
})

test('refuses a file and a folder that is not there', async () => {
  await put('a.jpg', 1)
  await rm(join(user.folder, 'nothing'), { force: true })

  const [file, nothing] = await Promise.all(
    ['a.jpg', 'nothing'].map((name) => user.run(['watch', join(user.folder, name)])),
  )

  expect(file).toMatchObject({ code: 2, stderr: 'Only folders can be watched.\n' })
  expect(nothing).toMatchObject({ code: 1 })
})
