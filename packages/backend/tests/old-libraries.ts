import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Kysely, sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import { expect, onTestFinished } from 'vitest'
import type { Storage } from '../src/storage/database/database.ts'
import { migrations } from '../src/storage/database/migrations/index.ts'
import { openDatabase } from '../src/storage/open-database.ts'
import { makeDatabase } from './test-database.ts'

/** An empty database, open as often as the test asks for it. */
export async function emptyDatabase(): Promise<{ open: () => Storage; url: string }> {
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

export async function tablesOf({ db }: Storage): Promise<string[]> {
  const tables = await db.introspection.getTables()
  return tables.map((table) => table.name).sort()
}

/** As a release left it that knew migrations up to this number, with somebody's photos in it. */
export async function libraryOfVersion(storage: Storage, number: number): Promise<void> {
  const known = Object.fromEntries(
    Object.entries(migrations)
      .slice(0, number)
      .map(([name, up]) => [name, { up: (db: Storage['db']) => up({ db, engine: storage.engine }) }]),
  )
  const migrator = new Migrator({ db: storage.db, provider: { getMigrations: async () => known } })
  const { error } = await migrator.migrateToLatest()
  expect(error).toBeUndefined()
  const stacks = number < STACKS_SINCE ? [] : somebodysStacks
  for (const statement of [...somebodysPhotos, ...stacks]) await sql.raw(statement).execute(storage.db)
}

/** As SQL. */
export const AT = "'2026-01-01T00:00:00.000Z'"
const places = [
  ['/p/1.jpg', 'card'],
  ['/p/2.jpg', 'card'],
  ['3.jpg', ''],
]
const user = (id: number, name: string) =>
  `insert into users (id, username, username_key, email, email_key, display_name, password_hash, is_active, is_admin,
    share_location, created_at, updated_at)
    values (${id}, '${name}', '${name}', '${name}@b.c', '${name}@b.c', '${name}', 'x', 1, 1, 0, ${AT}, ${AT})`

/** Of two people, of every level, dated and not, and some in the trash. */
const morePhotos = ['private', 'space', 'authenticated', 'public'].flatMap((level, index) =>
  [1, 2].flatMap((owner) =>
    ['null', "'2024-02-29T23:59:59'", "'2023-01-01T00:00:00.500'"].map((takenAt, turn) => {
      const hothash = `${level} ${owner} ${turn}`
      const deletedAt = (index + turn) % 3 === 2 ? AT : 'null'
      return `insert into photos (user_id, hothash, visibility, rating, width, height, has_raw, taken_at, created_at,
        updated_at, deleted_at)
        values (${owner}, '${hothash}', '${level}', ${turn + 3}, 10, 10, 0, ${takenAt}, ${AT}, ${AT}, ${deletedAt})`
    }),
  ),
)

const somebodysPhotos = [
  user(1, 'a'),
  user(2, 'b'),
  `insert into import_sessions (id, user_id, status, default_tags, processed_files, created_photos, created_at, updated_at)
    values (1, 1, 'completed', '[]', 3, 3, ${AT}, ${AT})`,
  `insert into photos (user_id, hothash, visibility, rating, import_session_id, width, height, has_raw, created_at,
    updated_at) values (1, 'h', 'private', 4, 1, 10, 10, 0, ${AT}, ${AT})`,
  ...places.map(
    ([
      path,
      volume,
    ]) => `insert into image_files (photo_id, user_id, file_sha256, volume, file_path, filename, stem_key,
      created_at) select id, 1, '', '${volume}', '${path}', 'n', 'n', ${AT} from photos where hothash = 'h'`,
  ),
  ...morePhotos,
  `insert into photo_eggs (photo_id, metadata, exif_dict, recipe, egg_version)
    select id, '{}', '{"Make":"Pinhole"}', 'h1', '2.1' from photos`,
  `insert into tags (user_id, name, created_at) values (1, 'sea', ${AT}), (2, 'sea', ${AT})`,
  `insert into photo_tags (photo_id, tag_id) select photos.id, tags.id from photos
    join tags on tags.user_id = photos.user_id where photos.rating = 5`,
  `insert into api_keys (user_id, name, prefix, key_hash, scope, created_at) values (2, 'nas', 'p', 'k', 'read', ${AT})`,
]

const STACKS_SINCE = 11
/** Of every level, in and out of the trash. */
const somebodysStacks = [1, 2].flatMap((owner) => [
  `insert into stacks (id, user_id, stack_type, created_at, updated_at) values (${owner}, ${owner}, 'other', ${AT}, ${AT})`,
  `update photos set stack_id = ${owner} where user_id = ${owner}`,
])

/** Every row of every table that the first version had, in the columns that it had. */
export async function contentsOf({ db }: Storage): Promise<unknown> {
  const anyTable = db as unknown as Kysely<Record<string, Record<string, unknown>>> // The tables are those of a version.
  const rows = (table: string, columns: readonly string[]) =>
    anyTable.selectFrom(table).select(columns).orderBy('id').execute()
  return {
    users: await rows('users', ['id', 'username', 'email']),
    keys: await rows('api_keys', ['id', 'user_id', 'name', 'key_hash', 'scope']),
    sessions: await rows('import_sessions', ['id', 'status', 'processed_files', 'created_photos']),
    photos: await rows('photos', [
      'id',
      'user_id',
      'hothash',
      'visibility',
      'rating',
      'sort_time',
      'deleted_at',
    ]),
    files: await rows('image_files', ['id', 'photo_id', 'volume', 'file_path']),
    eggs: await rows('photo_eggs', ['photo_id as id', 'exif_dict', 'recipe']),
    tags: await rows('tags', ['id', 'user_id', 'name']),
    tagged: await rows('photo_tags', ['photo_id as id', 'tag_id']),
  }
}
