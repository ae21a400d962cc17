import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { sql } from 'kysely'
import { expect, onTestFinished, test } from 'vitest'
import type { Storage } from '../src/storage/database/database.ts'
import { isMigrated, migrate, NewerDatabaseError } from '../src/storage/database/migrate.ts'
import { migrations } from '../src/storage/database/migrations/index.ts'
import { openDatabase } from '../src/storage/open-database.ts'
import { engine, makeDatabase } from './test-database.ts'

const run = promisify(execFile)

/** An empty database, open as often as the test asks for it. */
async function emptyDatabase(): Promise<{ open: () => Storage; url: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'imalink-test-'))
  const database = await makeDatabase(folder)
  const opened: Storage[] = []
  onTestFinished(async () => {
    for (const storage of opened) await storage.close()
    await database.drop()
    await rm(folder, { recursive: true })
  })
  const open = () => {
    const storage = openDatabase(database.url, () => undefined)
    opened.push(storage)
    return storage
  }
  return { open, url: database.url }
}

async function tablesOf({ db }: Storage): Promise<string[]> {
  const tables = await db.introspection.getTables()
  return tables.map((table) => table.name).sort()
}

test('an empty database is brought to this version', async () => {
  const storage = (await emptyDatabase()).open()
  expect(await isMigrated(storage)).toBe(false)

  await migrate(storage)

  expect(await isMigrated(storage)).toBe(true)
  expect(await tablesOf(storage)).toEqual(
    expect.arrayContaining(['hotpreviews', 'image_files', 'import_sessions', 'photos', 'tags', 'users']),
  )
})

test('a database of this version is left as it is', async () => {
  const storage = (await emptyDatabase()).open()
  await migrate(storage)
  const before = await tablesOf(storage)

  await migrate(storage)

  expect(await tablesOf(storage)).toEqual(before)
})

test('a migration that fails leaves nothing behind, and goes through the next time', async () => {
  const storage = (await emptyDatabase()).open()
  // In the way of the last table of the first migration.
  await sql.raw('create table import_errors (id integer)').execute(storage.db)

  await expect(migrate(storage)).rejects.toThrow(/import_errors/)
  const afterFailure = await tablesOf(storage)
  await sql.raw('drop table import_errors').execute(storage.db)
  await migrate(storage)

  expect(afterFailure).toEqual(['import_errors'])
  expect(await isMigrated(storage)).toBe(true)
})

test('a database of a newer version is refused with a sentence for a person, and left alone', async () => {
  const storage = (await emptyDatabase()).open()
  await migrate(storage)
  await sql`insert into kysely_migration (name, timestamp) values ('9999-from-the-future', '2030')`.execute(
    storage.db,
  )

  const failure = await migrate(storage).catch((error: unknown) => error)

  expect(failure).toBeInstanceOf(NewerDatabaseError)
  expect(String(failure)).toContain('9999-from-the-future')
  expect(await isMigrated(storage)).toBe(true)
})

test('migrations are numbered without a gap', () => {
  const numbers = Object.keys(migrations).map((name) => Number(name.slice(0, 4)))

  expect(numbers).toEqual(numbers.map((_, index) => index + 1))
})

test.skipIf(engine !== 'sqlite')('what SQLite acknowledged is on the disk, and references hold', async () => {
  const { db } = (await emptyDatabase()).open()
  const pragma = async (name: string) => {
    const { rows } = await sql.raw<Record<string, unknown>>(`pragma ${name}`).execute(db)
    return Object.values(rows[0] ?? {})[0]
  }

  expect(await pragma('journal_mode')).toBe('wal')
  expect(await pragma('synchronous')).toBe(2)
  expect(await pragma('foreign_keys')).toBe(1)
  expect(await pragma('busy_timeout')).toBeGreaterThanOrEqual(5000)
})

const storageFolder = join(import.meta.dirname, '../src/storage')
const migratingProgram = `
  import { openDatabase } from ${JSON.stringify(join(storageFolder, 'open-database.ts'))}
  import { migrate } from ${JSON.stringify(join(storageFolder, 'database/migrate.ts'))}
  const storage = openDatabase(process.argv[1], () => undefined)
  await migrate(storage)
  await storage.close()`

test('processes that start at once on an empty database bring it there together', async () => {
  const { open, url } = await emptyDatabase()
  const start = () => run(process.execPath, ['--input-type=module', '-e', migratingProgram, url])

  await Promise.all([start(), start(), start()])

  expect(await isMigrated(open())).toBe(true)
})

test.skipIf(engine !== 'postgres')('what PostgreSQL acknowledged is on the disk', async () => {
  const { db } = (await emptyDatabase()).open()

  const { rows } = await sql<{ synchronous_commit: string }>`show synchronous_commit`.execute(db)

  expect(rows).toEqual([{ synchronous_commit: 'on' }])
})
