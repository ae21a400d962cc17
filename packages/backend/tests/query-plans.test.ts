import { afterAll, describe, expect, test } from 'vitest'
import { ANONYMOUS, type SignedIn } from '../src/access/viewer.ts'
import { claimSession } from '../src/features/import-sessions/folder-lease.repository.ts'
import { recordedFiles, reportedFiles } from '../src/features/import-sessions/settled-files.repository.ts'
import { listOriginals } from '../src/features/originals/originals.repository.ts'
import { listVolumes } from '../src/features/originals/volumes.repository.ts'
import { countFiles, listFiles } from '../src/features/photos/files.repository.ts'
import { knownByFileSha256, knownByHothash, knownByName } from '../src/features/photos/known.repository.ts'
import { eggsOf, filesOf, findPhoto, listTrash, tagsOf } from '../src/features/photos/photos.repository.ts'
import {
  findColdpreview,
  findHotpreview,
  findHotpreviewOwner,
} from '../src/features/previews/previews.repository.ts'
import { seedLibrary } from '../bench/seed.ts'
import type { Db } from '../src/storage/database/database.ts'
import { sha256 } from './an-egg.ts'
import { explainerOf } from './explainer.ts'
import { ALICE, BOB, testApp } from './test-app.ts'
import { engine } from './test-database.ts'

const app = await testApp()
const explainer = explainerOf(app.config.databaseUrl)
const { planOf } = explainer
afterAll(() => explainer.close())

/** PostgreSQL plans by what the tables hold. */
const PHOTOS = 20_000
const [alice, bob] = [await app.as(ALICE), await app.as(BOB)]
if (engine === 'postgres')
  await seedLibrary(app.storage, { photos: PHOTOS, ownerId: alice.id, otherId: bob.id, previewBytes: 16 })

const OWNER: SignedIn = { userId: alice.id, credential: { kind: 'session', sessionId: 'none' } }
const HASH = sha256('some picture')
const page = { limit: 50, offset: 0, after: null }
const NAME = { folder: '/p', stem: 'IMG_1', volume: undefined }
const ON_DISK = { path: '/p/1.jpg', volume: 'nas', size: 1, modifiedAt: '2024-01-01T00:00:00.000Z' }
const IDS = Array.from({ length: 50 }, (_, index) => index + 1)

type Plan = readonly [what: string, ask: (db: Db) => Promise<unknown>, step: RegExp]

/** On SQLite alone the columns that an index is entered by are told. */
const by = (sqlite: RegExp, postgres: RegExp) => (engine === 'sqlite' ? sqlite : postgres)
const ALL_READ = by(/SCAN (?!firsts)/, /Seq Scan on (photo|hotpreviews|image_files)/)

const inOrderOfAnIndex: Plan[] = [
  ['the trash', (db) => listTrash(db, OWNER, page), /photos_trash/],
  [
    'photos by hothashes',
    (db) => knownByHothash(db, OWNER, [HASH]),
    by(/user_id=\? AND hothash=\?/, /photos_user_id_hothash_key|photos_hothash/),
  ],
  [
    'originals that records vouch for',
    (db) => recordedFiles(db, OWNER, [ON_DISK]),
    by(/image_files_place \(user_id=\? AND volume=\? AND file_path=\?\)/, /image_files_place/),
  ],
  ['a photo by id', (db) => findPhoto(db, OWNER, '1'), by(/photos USING INTEGER PRIMARY KEY/, /photos_pkey/)],
  [
    'a hotpreview by id',
    (db) => findHotpreview(db, OWNER, '1'),
    by(/photos USING INTEGER PRIMARY KEY/, /photos_pkey/),
  ],
  [
    'the eggs of a page of photos',
    (db) => eggsOf(db, OWNER, IDS),
    by(/SEARCH photo_eggs USING INDEX \w+ \(photo_id=\?\)/, /photo_eggs_pkey/),
  ],
  [
    'how many files a photo has',
    (db) => countFiles(db, OWNER, 1),
    by(/image_files_1 \(photo_id=\?\)/, /image_files_photo_id/),
  ],
]

test.each(inOrderOfAnIndex)('%s is found and ordered by an index', async (_what, ask, step) => {
  const plan = await planOf(ask)

  expect(plan).toMatch(step)
  expect(plan).not.toMatch(ALL_READ)
  // PostgreSQL sorts even what has one id.
  if (engine === 'sqlite') expect(plan).not.toMatch(/TEMP B-TREE/)
})

const BY_HOTHASH = by(/photos_hothash \(hothash=\?\)/, /photos_hothash|photos_user_id_hothash_key/)

/** What has one hothash, the same bytes or the same name is a handful of rows. */
const afterASortOfFew: Plan[] = [
  ['a photo by hothash', (db) => findPhoto(db, OWNER, HASH), BY_HOTHASH],
  ['a hotpreview by hothash', (db) => findHotpreview(db, OWNER, HASH), BY_HOTHASH],
  ['the owner of a hotpreview', (db) => findHotpreviewOwner(db, OWNER, HASH), BY_HOTHASH],
  ["a stranger's hotpreview", (db) => findHotpreview(db, ANONYMOUS, HASH), BY_HOTHASH],
  ['a coldpreview by hothash', (db) => findColdpreview(db, OWNER, HASH), BY_HOTHASH],
  ['photos by their bytes', (db) => knownByFileSha256(db, OWNER, [HASH]), /image_files_bytes/],
  [
    'photos by name',
    (db) => knownByName(db, OWNER, { folder: '/p', stem: 'a', volume: undefined }, 50),
    by(/image_files_stem \(user_id=\? AND stem_key=\?\)/, /image_files_stem/),
  ],
  [
    'originals by name',
    (db) => knownByName(db, OWNER, NAME, 50),
    by(/image_files_\w+ \(user_id=\? AND \w+=\?/, /image_files_stem|image_files_place/),
  ],
  [
    'copies of originals',
    (db) => listOriginals(db, OWNER, '0', page),
    by(/image_files_1 \(photo_id=\?\)/, /image_files_photo_id/),
  ],
  [
    'the files of a page of photos',
    (db) => filesOf(db, OWNER, IDS),
    by(/image_files_1 \(photo_id=\?\)/, /image_files_photo_id/),
  ],
  [
    'the files of a photo',
    (db) => listFiles(db, OWNER, 1, page),
    by(/image_files_1 \(photo_id=\?\)/, /image_files_photo_id/),
  ],
  [
    'the tags of a page of photos',
    (db) => tagsOf(db, IDS),
    // Of empty tables PostgreSQL enters either index, as its latest look at them has it.
    by(/photo_tags_1 \(photo_id=\?/, /photo_tags_(pkey|tag)/),
  ],
]

test.each(afterASortOfFew)('%s is found by an index', async (_what, ask, step) => {
  const plan = await planOf(ask)

  expect(plan).toMatch(step)
  // `firsts` are the few that were asked for.
  expect(plan).not.toMatch(ALL_READ)
})

/** PostgreSQL reads the few rows that these tables have here as they lie. */
describe.runIf(engine === 'sqlite')('on SQLite', () => {
  test('originals that were refused are found by an index alone', async () => {
    const plan = await planOf((db) => reportedFiles(db, 1, ['/p/1.jpg']))

    expect(plan).toMatch(/COVERING INDEX import_errors_file \(import_session_id=\? AND filename=\?\)/)
    expect(plan).not.toMatch(ALL_READ)
  })

  test('volumes are found by an index', async () => {
    const plan = await planOf((db) => listVolumes(db, OWNER, page))

    expect(plan).toMatch(/sqlite_autoindex_volumes_1 \(user_id=\?\)/)
    expect(plan).not.toMatch(ALL_READ)
  })

  test('a folder import to work on is looked for among those that are not finished alone', async () => {
    const plan = await planOf((db) => claimSession(db, 'worker', { nowMs: 1, untilMs: 2 }))

    expect(plan).toMatch(/SCAN import_sessions USING INDEX import_sessions_waiting/)
    expect(plan.match(/SCAN/g)).toHaveLength(1)
  })
})
