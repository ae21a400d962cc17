import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { isMigrated, migrate, NewerDatabaseError } from '../src/storage/database/migrate.ts'
import { migrations } from '../src/storage/database/migrations/index.ts'
import { AT, contentsOf, emptyDatabase, libraryOfVersion, tablesOf } from './old-libraries.ts'
import { engine } from './test-database.ts'

const run = promisify(execFile)

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

test('a database of the first version with photos in it is brought to this one, and loses nothing', async () => {
  const storage = (await emptyDatabase()).open()
  await libraryOfVersion(storage, 1)
  const before = await contentsOf(storage)

  await migrate(storage)

  expect(await isMigrated(storage)).toBe(true)
  expect(await contentsOf(storage)).toEqual(before)
  const { db } = storage
  expect(await db.selectFrom('photos').select('author_id').distinct().execute()).toEqual([
    { author_id: null },
  ])
  expect(await db.selectFrom('import_sessions').select(['mode', 'known_files']).execute()).toEqual([
    { mode: 'client', known_files: 0 },
  ])
  expect(await db.selectFrom('volumes').select(['user_id', 'volume']).execute()).toEqual([
    { user_id: 1, volume: 'card' },
  ])
})

test('the way from the first version, broken off near its end, leaves that version and can be gone again', async () => {
  const storage = (await emptyDatabase()).open()
  await libraryOfVersion(storage, 1)
  const [before, tables] = [await contentsOf(storage), await tablesOf(storage)]
  await sql.raw('create table volumes (id integer)').execute(storage.db)

  await expect(migrate(storage)).rejects.toThrow(/volumes/)
  await sql.raw('drop table volumes').execute(storage.db)
  const between = { contents: await contentsOf(storage), tables: await tablesOf(storage) }
  await migrate(storage)

  expect(between).toEqual({ contents: before, tables })
  expect(await isMigrated(storage)).toBe(true)
  expect(await contentsOf(storage)).toEqual(before)
  expect(await storage.db.selectFrom('volumes').select('volume').execute()).toEqual([{ volume: 'card' }])
})

test('accounts of the second version keep their sessions, which can be told apart, and are found by their names', async () => {
  const storage = (await emptyDatabase()).open()
  await libraryOfVersion(storage, 2)
  for (const cookie of ['a', 'b'])
    await sql
      .raw(
        `insert into sessions (id, user_id, cookie_hash, created_at, last_used_at, expires_at)
          values ('session ${cookie}', 1, '${cookie.repeat(64)}', ${AT}, ${AT}, ${AT})`,
      )
      .execute(storage.db)
  await sql.raw("update users set display_name = 'Åse ØDEGÅRD' where id = 1").execute(storage.db)

  await migrate(storage)

  const sessions = await storage.db.selectFrom('sessions').select(['id', 'handle']).orderBy('id').execute()
  expect(sessions.map(({ id }) => id)).toEqual(['session a', 'session b'])
  for (const { handle } of sessions) expect(handle).toMatch(/^[0-9a-f]{32}$/)
  expect(new Set(sessions.map(({ handle }) => handle)).size).toBe(2)
  expect(
    await storage.db.selectFrom('users').select('display_name_key').where('id', '=', 1).execute(),
  ).toEqual([{ display_name_key: 'åse ødegård' }])
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
})

const storageFolder = join(import.meta.dirname, '../src/storage')
const migratingProgram = `
  import { openDatabase } from ${JSON.stringify(join(storageFolder, 'open-database.ts'))}
  import { migrate } from ${JSON.stringify(join(storageFolder, 'database/migrate.ts'))}
  const storage = openDatabase(process.argv[1])
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
