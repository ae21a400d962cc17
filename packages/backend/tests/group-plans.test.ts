import { sql } from 'kysely'
import { afterAll, expect, test } from 'vitest'
import { seedLibrary } from '../bench/seed.ts'
import { selectPhotos } from '../src/access/selection.ts'
import { NEWEST_FIRST } from '../src/access/sources.ts'
import { countBehind } from '../src/access/stacks.ts'
import { sourcesIn } from '../src/access/scope.ts'
import type { SignedIn } from '../src/access/viewer.ts'
import { listEntries } from '../src/features/activity/activity.repository.ts'
import {
  findPlace,
  lastPlace,
  listPlaces,
  placeBehind,
} from '../src/features/collections/collection-photos.repository.ts'
import { findCollection, listCollections } from '../src/features/collections/collections.repository.ts'
import { listPage } from '../src/features/photos/photos.repository.ts'
import { toldAmong } from '../src/features/photos/texts.repository.ts'
import { listSpaces, roleIn } from '../src/features/spaces/spaces.repository.ts'
import { findMember, listStacks, membersOfStacks } from '../src/features/stacks/stacks.repository.ts'
import { ownersOf, readWholes, stalePortions } from '../src/features/statistics/rollups.repository.ts'
import { listStories } from '../src/features/stories/stories.repository.ts'
import { listTags, photosWithTag } from '../src/features/tags/tags.repository.ts'
import type { Db, Tx } from '../src/storage/database/database.ts'
import { spaceOf } from './a-space.ts'
import { explainerOf } from './explainer.ts'
import { ALICE, BOB, testApp } from './test-app.ts'
import { engine } from './test-database.ts'

const app = await testApp()
const explainer = explainerOf(app.config.databaseUrl)
/** PostgreSQL reads small tables whole, whatever their indexes are, unless it is told not to. */
const unwilling = explainerOf(app.config.databaseUrl, { isUnwilling: true })
afterAll(() => Promise.all([explainer.close(), unwilling.close()]))

const [alice, bob] = [await app.as(ALICE), await app.as(BOB)]
await seedLibrary(app.storage, { photos: 20_000, ownerId: alice.id, otherId: bob.id, previewBytes: 16 })
const viewerOf = (userId: number): SignedIn => ({ userId, credential: { kind: 'server' } })
const [owner, member] = [viewerOf(alice.id), viewerOf(bob.id)]

const { data } = (await alice.get('/api/v1/photos?scope=mine&visibility=space&limit=500')).body as {
  data: { hothash: string }[]
}
const hothashes = data.map(({ hothash }) => hothash)
const [hothash = ''] = hothashes
const space = await spaceOf(alice.server, [bob.server])
await alice.post(`/api/v1/spaces/${space}/photos`, { photos: hothashes })
const { id: collection } = (await alice.post('/api/v1/collections', { name: 'all', hothashes })).body as {
  id: number
}
// Others have much more.
const elsewhere = await spaceOf(alice.server, [])
const heap = await alice.post('/api/v1/collections', { name: 'heap' })
for (const statement of [
  `insert into space_photos (space_id, photo_id, sort_time, added_at)
    select ${elsewhere}, id, sort_time, created_at from photos where id % 2 = 1`,
  `insert into collection_photos (collection_id, photo_id, place, added_at)
    select ${(heap.body as { id: number }).id}, id, 'a' || id, created_at from photos where user_id = ${alice.id}`,
  ...(engine === 'postgres' ? ['analyze'] : []),
])
  await sql.raw(statement).execute(app.db)

const owners = ownersOf([{ userId: alice.id, visibility: 'private' }])
const page = { limit: 50, offset: 0, after: null }
const [ownSources, memberSources] = [
  await sourcesIn(app.db, owner, { scope: 'mine' }),
  await sourcesIn(app.db, member, {}),
]
const collapsed = await selectPhotos(app.db, owner, { scope: 'mine', stacks: 'collapsed' })
const inSpace = await selectPhotos(app.db, member, { space_id: space })

type Plan = readonly [what: string, ask: (db: Db) => Promise<unknown>, step: RegExp]

/** On SQLite alone the columns that an index is entered by are told. */
const by = (sqlite: RegExp, postgres: RegExp) => (engine === 'sqlite' ? sqlite : postgres)

/** Of what there may be as much as there are photos. */
const LARGE = '(photos|photo_tags|space_photos|collection_photos|stack_counts|story_pictures)'
const ofPhotos: readonly Plan[] = [
  ['photos with a tag', (db) => photosWithTag(db, 1), /photo_tags_tag/],
  ['members of stacks', (db) => membersOfStacks(db, owner, [1, 2, 3], 20), /photos_stack/],
  [
    'a member of a stack',
    (db) => findMember(db, owner, 1, hothash),
    by(/photos USING INDEX \w+ \(user_id=\? AND hothash=\?\)/, /photos_(user_id_)?hothash/),
  ],
  [
    'a list with stacks collapsed',
    (db) => listPage(db, collapsed, { ...page, order: NEWEST_FIRST }),
    /photos_own_time/,
  ],
  ['what stands behind in stacks', (db) => countBehind(db, owner, ownSources), /stack_totals/],
  [
    'what stands behind, for a member of a space',
    (db) => countBehind(db, member, memberSources),
    /space_photos/,
  ],
  ['photos in a space', (db) => listPage(db, inSpace, { ...page, order: NEWEST_FIRST }), /space_photos/],
  ['a page of a collection', (db) => listPlaces(db, owner, collection, page), /collection_photos_place/],
  [
    'the place of a photo in a collection',
    (db) => findPlace(db, owner, collection, hothash),
    by(/photos USING INDEX \w+ \(user_id=\? AND hothash=\?\)/, /photos_(user_id_)?hothash/),
  ],
  [
    'the place behind another',
    (db) => placeBehind(db, collection, { place: 'a', except: 1 }),
    by(/collection_photos_place \(collection_id=\? AND place>\?\)/, /collection_photos_place/),
  ],
  ['the last place', (db) => lastPlace(db, collection), /collection_photos_place/],
]

test.each(ofPhotos)('%s: what is read is found by an index', async (_what, ask, step) => {
  const plan = await explainer.planOf(ask)

  expect(plan).toMatch(step)
  expect(plan).not.toMatch(new RegExp(by(/SCAN /, /Seq Scan on /).source + LARGE))
})

const ofOthers: readonly Plan[] = [
  [
    'tags',
    (db) => listTags(db, owner, { ...page, order: { by: 'photo_count', direction: 'desc' } }),
    by(/tags USING INDEX sqlite_autoindex_tags_1 \(user_id=\?\)/, /tags_user_id_name_key/),
  ],
  ['stacks', (db) => listStacks(db, owner, page), by(/stacks_user \(user_id=\?\)/, /stacks_(user|pkey)/)],
  [
    'spaces of a member',
    (db) => listSpaces(db, member, page),
    by(/space_members_user \(user_id=\?\)/, /space_members_user/),
  ],
  [
    'a role in a space',
    (db) => roleIn(db, member, space),
    by(/\(space_id=\? AND user_id=\?\)/, /space_members_(user|pkey)/),
  ],
  [
    'collections of a user',
    (db) => listCollections(db, owner, { ownerId: alice.id }, page),
    by(/collections_name \(user_id=\?\)/, /collections_name/),
  ],
  [
    'a collection',
    (db) => findCollection(db, owner, collection),
    by(/collections USING INTEGER PRIMARY KEY/, /collections_pkey/),
  ],
  [
    'stories of a user',
    (db) => listStories(db, owner, { ownerId: alice.id, words: [] }, page),
    by(/stories_user \(user_id=\?\)/, /stories_user/),
  ],
  [
    'what stories say of pictures',
    (db) => toldAmong(db as Tx, alice.id, hothashes), // which reads alone
    by(/story_pictures_photo \(user_id=\? AND hothash=\?\)/, /story_pictures_photo/),
  ],
  ['the log', (db) => listEntries(db, owner, page), by(/activity_user \(user_id=\?\)/, /activity_user/)],
  ['counts that are stale', (db) => stalePortions(db, owners), by(/\(user_id=\?\)/, /stale_rollups_portion/)],
  [
    'counts of all',
    (db) => readWholes(db, owners),
    by(/\(user_id=\? AND portion=\?\)/, /photo_rollups_pkey/),
  ],
]

test.each(ofOthers)('%s: found by an index', async (_what, ask, step) => {
  const plan = await unwilling.planOf(ask)

  expect(plan).toMatch(step)
  expect(plan).not.toMatch(/SCAN (?!counted)/)
})
