import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Kysely, sql } from 'kysely'
import { Migrator } from 'kysely/migration'
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
    const storage = openDatabase(database.url)
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

/** As a release left it that knew migrations up to this number, with somebody's photos in it. */
async function libraryOfVersion(storage: Storage, number: number): Promise<void> {
  const known = Object.fromEntries(
    Object.entries(migrations)
      .slice(0, number)
      .map(([name, up]) => [name, { up: (db: Storage['db']) => up({ db, engine: storage.engine }) }]),
  )
  const migrator = new Migrator({ db: storage.db, provider: { getMigrations: async () => known } })
  const { error } = await migrator.migrateToLatest()
  expect(error).toBeUndefined()
  for (const statement of somebodysPhotos) await sql.raw(statement).execute(storage.db)
}

const AT = "'2026-01-01T00:00:00.000Z'"
const places = [
  ['/p/1.jpg', 'card'],
  ['/p/2.jpg', 'card'],
  ['3.jpg', ''],
]
const somebodysPhotos = [
  `insert into users (id, username, username_key, email, email_key, display_name, password_hash, is_active, is_admin,
    share_location, created_at, updated_at) values (1, 'A', 'a', 'a@b.c', 'a@b.c', 'A', 'x', 1, 1, 0, ${AT}, ${AT})`,
  `insert into import_sessions (id, user_id, status, default_tags, processed_files, created_photos, created_at, updated_at)
    values (1, 1, 'completed', '[]', 3, 3, ${AT}, ${AT})`,
  `insert into photos (id, user_id, hothash, visibility, rating, import_session_id, width, height, has_raw, created_at,
    updated_at) values (1, 1, 'h', 'private', 4, 1, 10, 10, 0, ${AT}, ${AT})`,
  ...places.map(
    ([
      path,
      volume,
    ]) => `insert into image_files (photo_id, user_id, file_sha256, volume, file_path, filename, stem_key,
      created_at) values (1, 1, '', '${volume}', '${path}', 'n', 'n', ${AT})`,
  ),
]

/** Every row of every table that the first version had, in the columns that it had. */
async function contentsOf({ db }: Storage): Promise<unknown> {
  const anyTable = db as unknown as Kysely<Record<string, Record<string, unknown>>> // The tables are those of a version.
  const rows = (table: string, columns: readonly string[]) =>
    anyTable.selectFrom(table).select(columns).orderBy('id').execute()
  return {
    users: await rows('users', ['id', 'username', 'email']),
    sessions: await rows('import_sessions', ['id', 'status', 'processed_files', 'created_photos']),
    photos: await rows('photos', ['id', 'hothash', 'rating', 'import_session_id', 'sort_time']),
    files: await rows('image_files', ['id', 'photo_id', 'volume', 'file_path']),
  }
}

test('a database of the first version with photos in it is brought to this one, and loses nothing', async () => {
  const storage = (await emptyDatabase()).open()
  await libraryOfVersion(storage, 1)
  const before = await contentsOf(storage)

  await migrate(storage)

  expect(await isMigrated(storage)).toBe(true)
  expect(await contentsOf(storage)).toEqual(before)
  const { db } = storage
  expect(await db.selectFrom('photos').select('author_id').execute()).toEqual([{ author_id: null }])
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
  expect(await storage.db.selectFrom('users').select('display_name_key').execute()).toEqual([
    { display_name_key: 'åse ødegård' },
  ])
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
