import { rename, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { call } from '@imalink/client'
import { endpoints } from '@imalink/contract'
import { beforeEach, expect, test } from 'vitest'
import { type TestUser, sharedInstallation } from './installation.ts'
import { putLargePictures } from './pictures.ts'
import { endIn, photosIn, reportIn } from './reports.ts'

const FILES = 24

const installation = sharedInstallation()
let user: TestUser

beforeEach(async () => {
  user = await installation.loggedInUser()
  await putLargePictures(user.folder, FILES)
})

async function photoIds(): Promise<number[]> {
  const { data } = await call(user.session, endpoints.listPhotos, { query: { limit: '500' } })
  return data.map(({ id }) => id)
}

async function expectRepeatToComplete(): Promise<void> {
  const repeat = await user.run(['import', '--json', user.folder])
  expect(repeat.code).toBe(0)
  expect(reportIn(repeat.stdout)).toMatchObject({ status: 'completed', done: FILES, refused: 0 })
  expect(await photoIds()).toHaveLength(FILES)
}

test('Ctrl-C ends it soon with a report; what was acknowledged is kept, and a repeat completes the rest', async () => {
  const run = user.start(['import', '--json-lines', '--jobs', '1', user.folder])
  await run.wroteLines(2)

  run.kill('SIGINT')
  const asked = Date.now()
  const { code, stdout } = await run.ended

  expect(Date.now() - asked).toBeLessThan(5000)
  expect(code).toBe(130)
  const end = endIn(stdout)
  expect(end).toMatchObject({ event: 'end', status: 'interrupted', exit_code: 130 })
  const created = photosIn(stdout, 'created')
  expect(created.length).toBeLessThan(FILES)
  expect(await photoIds()).toEqual(expect.arrayContaining(created))
  const id = end.import_session_id
  const session = await call(user.session, endpoints.getImportSession, { params: { id } })
  expect(session.status).toBe('cancelled')
  await expectRepeatToComplete()
})

test('Ctrl-C that arrives twice, as npm passes it on, still ends with the report', async () => {
  const run = user.start(['import', '--json-lines', '--jobs', '1', user.folder])
  await run.wroteLines(2)

  run.kill('SIGINT')
  run.kill('SIGINT')
  const { code, stdout } = await run.ended

  expect(code).toBe(130)
  expect(endIn(stdout)).toMatchObject({ event: 'end', status: 'interrupted' })
})

test('kill -9 loses nothing that was acknowledged, and a repeat completes the rest', async () => {
  const run = user.start(['import', '--json-lines', '--jobs', '1', user.folder])
  await run.wroteLines(3)

  run.kill('SIGKILL')
  const { stdout } = await run.ended

  expect(await photoIds()).toEqual(expect.arrayContaining(photosIn(stdout, 'created')))
  await expectRepeatToComplete()
})

test('core restarted in the middle costs nothing but time', async () => {
  const run = user.start(['import', '--json-lines', '--jobs', '1', user.folder])
  await run.wroteLines(2)

  await installation.core.stop('SIGKILL')
  await installation.core.start()
  const { code, stdout } = await run.ended

  expect(code).toBe(0)
  expect(endIn(stdout)).toMatchObject({ status: 'completed', created: FILES })
  expect(await photoIds()).toHaveLength(FILES)
})

test('the backend killed and restarted in the middle costs nothing but time', async () => {
  const run = user.start(['import', '--json-lines', '--jobs', '1', user.folder])
  await run.wroteLines(2)

  await installation.backend.stop('SIGKILL')
  await installation.backend.start()
  const { code, stdout, stderr } = await run.ended

  expect(code).toBe(0)
  expect(stderr).toContain('waiting')
  const settled = photosIn(stdout)
  expect(new Set(settled).size).toBe(FILES)
  expect((await photoIds()).sort()).toEqual([...settled].sort())
})

test('a server that stays away ends it with exit code 4 and a report after the time it was given', async () => {
  const run = user.start(['import', '--json-lines', '--jobs', '1', '--patience', '1', user.folder])
  await run.wroteLines(2)
  await Promise.all([installation.backend.stop('SIGKILL'), installation.core.stop('SIGKILL')])

  try {
    const { code, stdout } = await run.ended

    expect(code).toBe(4)
    const report = endIn(stdout)
    expect(report).toMatchObject({ status: 'failed', exit_code: 4 })
    expect(report.reason).toContain('does not answer')
  } finally {
    await Promise.all([installation.backend.start(), installation.core.start()])
  }
  await expectRepeatToComplete()
})

test('a disk that goes in the middle removes nothing, and a repeat goes on when it is back', async () => {
  const away = `${user.folder} away`
  // More than an import holds in memory at once.
  for (let number = 0; number < FILES; number++)
    await truncate(join(user.folder, `${number}.jpg`), 16_000_000)
  const run = user.start(['import', '--json-lines', '--jobs', '1', user.folder])
  await run.wroteLines(2)

  await rename(user.folder, away)
  const { code, stdout } = await run.ended
  await rename(away, user.folder)

  expect(code).toBe(3)
  const end = endIn(stdout)
  expect(end).toMatchObject({ status: 'completed', done: FILES })
  expect(new Set(end.refused_files.map((file) => `${file.code}: ${file.detail}`))).toEqual(
    new Set(['unreadable_file: It is gone']),
  )
  expect((await photoIds()).sort()).toEqual(photosIn(stdout).sort())
  await expectRepeatToComplete()
})
