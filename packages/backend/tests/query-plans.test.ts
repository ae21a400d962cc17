import Sqlite from 'better-sqlite3'
import { type CompiledQuery, Kysely, SqliteDialect } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ANONYMOUS, type SignedIn } from '../src/access/viewer.ts'
import { claimSession } from '../src/features/import-sessions/folder-lease.repository.ts'
import { recordedFiles, reportedFiles } from '../src/features/import-sessions/settled-files.repository.ts'
import { listOriginals } from '../src/features/originals/originals.repository.ts'
import { listVolumes } from '../src/features/originals/volumes.repository.ts'
import { knownByFileSha256, knownByHothash, knownByName } from '../src/features/photos/known.repository.ts'
import { findPhoto, listTrash } from '../src/features/photos/photos.repository.ts'
import { findColdpreview, findHotpreview } from '../src/features/previews/previews.repository.ts'
import type { Db } from '../src/storage/database/database.ts'
import type { Database } from '../src/storage/database/schema.ts'
import { sha256 } from './an-egg.ts'
import { testApp } from './test-app.ts'
import { engine } from './test-database.ts'

const app = await testApp()
const OWNER: SignedIn = { userId: 1, credential: { kind: 'session', sessionId: 'none' } }
const HASH = sha256('some picture')
const page = { limit: 50, offset: 0, after: null }
const NAME = { folder: '/p', stem: 'IMG_1', volume: undefined }
const ON_DISK = { path: '/p/1.jpg', volume: 'nas', size: 1, modifiedAt: '2024-01-01T00:00:00.000Z' }

/** How SQLite means to run what the repositories ask; PostgreSQL decides by the data, so there is nothing to hold it to. */
describe.skipIf(engine !== 'sqlite')('on SQLite', () => {
  let connection: Sqlite.Database
  let db: Db
  const asked: CompiledQuery[] = []

  beforeAll(() => {
    connection = new Sqlite(app.config.databaseUrl.replace(/^sqlite:/, ''))
    db = new Kysely<Database>({
      dialect: new SqliteDialect({ database: connection }),
      log: ({ query }) => void asked.push(query),
    })
  })
  afterAll(() => connection.close())

  /** The steps of the plan of the one query that `ask` sends. */
  async function planOf(ask: () => Promise<unknown>): Promise<string> {
    asked.length = 0
    await ask()
    const [query] = asked
    if (!query || asked.length > 1) throw new Error(`one query was expected, not ${asked.length}`)
    const steps = connection.prepare(`explain query plan ${query.sql}`).all(...query.parameters)
    return (steps as { detail: string }[]).map(({ detail }) => detail).join('\n')
  }

  type Plan = readonly [what: string, ask: () => Promise<unknown>, step: RegExp]

  const inOrderOfAnIndex: Plan[] = [
    ['the trash', () => listTrash(db, OWNER, page), /photos_trash/],
    ['photos by hothashes', () => knownByHothash(db, OWNER, [HASH]), /user_id=\? AND hothash=\?/],
    [
      'originals that records vouch for',
      () => recordedFiles(db, OWNER, [ON_DISK]),
      /image_files_place \(user_id=\? AND volume=\? AND file_path=\?\)/,
    ],
    [
      'originals that were refused',
      () => reportedFiles(db, 1, ['/p/1.jpg']),
      /COVERING INDEX import_errors_file \(import_session_id=\? AND filename=\?\)/,
    ],
    ['a photo by id', () => findPhoto(db, OWNER, '1'), /photos USING INTEGER PRIMARY KEY/],
    ['a hotpreview by id', () => findHotpreview(db, OWNER, '1'), /photos USING INTEGER PRIMARY KEY/],
  ]

  test.each(inOrderOfAnIndex)('%s is found and ordered by an index', async (_what, ask, step) => {
    const plan = await planOf(ask)

    expect(plan).toMatch(step)
    expect(plan).not.toMatch(/SCAN|TEMP B-TREE/)
  })

  /** What has one hothash, the same bytes or the same name is a handful of rows. */
  const afterASortOfFew: Plan[] = [
    ['a photo by hothash', () => findPhoto(db, OWNER, HASH), /photos_hothash \(hothash=\?\)/],
    ['a hotpreview by hothash', () => findHotpreview(db, OWNER, HASH), /photos_hothash \(hothash=\?\)/],
    ["a stranger's hotpreview", () => findHotpreview(db, ANONYMOUS, HASH), /photos_hothash \(hothash=\?\)/],
    ['a coldpreview by hothash', () => findColdpreview(db, OWNER, HASH), /photos_hothash \(hothash=\?\)/],
    ['photos by their bytes', () => knownByFileSha256(db, OWNER, [HASH]), /image_files_bytes/],
    [
      'photos by name',
      () => knownByName(db, OWNER, { folder: '/p', stem: 'a', volume: undefined }, 50),
      /image_files_stem \(user_id=\? AND stem_key=\?\)/,
    ],
    ['originals by name', () => knownByName(db, OWNER, NAME, 50), /image_files_\w+ \(user_id=\? AND \w+=\?/],
    ['copies of originals', () => listOriginals(db, OWNER, '0', page), /image_files_1 \(photo_id=\?\)/],
    ['volumes', () => listVolumes(db, OWNER, page), /sqlite_autoindex_volumes_1 \(user_id=\?\)/],
  ]

  test.each(afterASortOfFew)('%s is found by an index', async (_what, ask, step) => {
    const plan = await planOf(ask)

    expect(plan).toMatch(step)
    // `firsts` are the few that were asked for.
    expect(plan).not.toMatch(/SCAN (?!firsts)/)
  })
  test('a folder import to work on is looked for among those that are not finished alone', async () => {
    const plan = await planOf(() => claimSession(db, 'worker', { nowMs: 1, untilMs: 2 }))

    expect(plan).toMatch(/SCAN import_sessions USING INDEX import_sessions_waiting/)
    expect(plan.match(/SCAN/g)).toHaveLength(1)
  })
})
