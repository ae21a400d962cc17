import { beforeEach, expect, test } from 'vitest'
import { aJpeg, anEgg, sha256 } from './an-egg.ts'
import { ALICE, BOB, testApp } from './test-app.ts'

const app = await testApp()
beforeEach(app.emptyLibrary)

const PATH = '/api/v1/photos/photoegg'
const MISSING_ID = 987_654_321

/** Rows of every table that an egg goes into. */
async function everythingStored() {
  const tables = ['photos', 'photo_eggs', 'hotpreviews', 'image_files', 'tags', 'photo_tags'] as const
  const counts = tables.map((table) =>
    app.db
      .selectFrom(table)
      .select((count) => count.fn.countAll<number>().as('rows'))
      .executeTakeFirstOrThrow(),
  )
  return (await Promise.all(counts)).map(({ rows }) => Number(rows))
}

const nothing = [0, 0, 0, 0, 0, 0]

/** `levels` dictionaries, one in the other. */
const nested = (levels: number): Record<string, unknown> =>
  JSON.parse('{"a":'.repeat(levels - 1) + '{}' + '}'.repeat(levels - 1)) as Record<string, unknown>

const withHotpreview = (bytes: Buffer) => ({
  hotpreview_base64: bytes.toString('base64'),
  hothash: sha256(bytes),
})

const tooWide = aJpeg('wide', { width: 151, height: 10 })
const refusals: [what: string, wishes: object, status: number, code: string][] = [
  ['a hothash of other bytes', { hothash: sha256('other') }, 422, 'hothash_mismatch'],
  ['a hotpreview that is no JPEG', withHotpreview(Buffer.from('GIF89a......')), 422, 'invalid_hotpreview'],
  ['a hotpreview of 151 px', withHotpreview(tooWide), 422, 'invalid_hotpreview'],
  [
    'a hotpreview over 64 KiB',
    withHotpreview(Buffer.concat([aJpeg('big'), Buffer.alloc(65_536)])),
    413,
    'hotpreview_too_large',
  ],
  ['a hotpreview that is no base64', { hotpreview_base64: 'not base64!' }, 422, 'validation_failed'],
  [
    'a data URL for a hotpreview',
    { hotpreview_base64: 'data:image/jpeg;base64,/9j/' },
    422,
    'validation_failed',
  ],
  ['a coldpreview that is no base64', { coldpreview_base64: '%%%' }, 422, 'validation_failed'],
  [
    'a coldpreview that is no JPEG',
    { coldpreview_base64: Buffer.from('a PNG?').toString('base64') },
    422,
    'invalid_coldpreview',
  ],
  [
    'a coldpreview over 4 MiB',
    { coldpreview_base64: Buffer.concat([aJpeg('big'), Buffer.alloc(4 * 1024 * 1024)]).toString('base64') },
    413,
    'coldpreview_too_large',
  ],
  ['an exif_dict over 256 KiB', { exif_dict: { a: 'x'.repeat(256 * 1024) } }, 413, 'exif_too_large'],
  ['an exif_dict of 33 levels', { exif_dict: nested(33) }, 422, 'validation_failed'],
  ['metadata over 256 KiB', { metadata: { more: 'x'.repeat(256 * 1024) } }, 413, 'exif_too_large'],
  ['version 3', { egg_version: '3.0' }, 422, 'egg_version_unsupported'],
  ['a version that is a word', { egg_version: 'new' }, 422, 'egg_version_unsupported'],
  ['a version with a NUL in it', { egg_version: '2.\0' }, 422, 'validation_failed'],
  ['an image that core calls invalid', { is_valid_image: false }, 422, 'invalid_image'],
  [
    'both image_file and image_files',
    { image_file: { filename: 'a.jpg' }, image_files: [{ filename: 'a.jpg' }] },
    422,
    'conflicting_files',
  ],
  [
    'two file_sha256',
    { image_file: { filename: 'a.jpg', file_sha256: sha256('another') } },
    422,
    'conflicting_files',
  ],
  ['an author that is not there', { author_id: MISSING_ID }, 422, 'author_not_found'],
  ['an import session that is not there', { import_session_id: MISSING_ID }, 422, 'import_session_not_found'],
  ['a rating of 6', { rating: 6 }, 422, 'validation_failed'],
  ['a rating of -1', { rating: -1 }, 422, 'validation_failed'],
  ['a rating of 3.5', { rating: 3.5 }, 422, 'validation_failed'],
  ['a tag with a comma', { tags: ['fine', 'a,b'] }, 422, 'validation_failed'],
  ['an empty tag', { tags: [' '] }, 422, 'validation_failed'],
  ['a tag of 51 characters', { tags: ['x'.repeat(51)] }, 422, 'validation_failed'],
  ['201 tags', { tags: Array.from({ length: 201 }, (_, n) => `tag ${n}`) }, 422, 'validation_failed'],
  ['a title with NUL', { title: 'a\0b' }, 422, 'validation_failed'],
  ['a title with half a surrogate pair', { title: '\ud800' }, 422, 'validation_failed'],
  ['a title of 256 characters', { title: 'x'.repeat(256) }, 422, 'validation_failed'],
  ['a latitude of 91', { metadata: { gps_latitude: 91, gps_longitude: 0 } }, 422, 'validation_failed'],
  ['no width', { width: undefined }, 422, 'validation_failed'],
  ['a level of visibility that does not exist', { visibility: 'friends' }, 422, 'validation_failed'],
  ['an image_file with an unknown field', { image_file: { filename: 'a', who: 1 } }, 422, 'unknown_field'],
]

test.each(refusals)('refuses an egg with %s and stores nothing', async (_what, wishes, status, code) => {
  const alice = await app.as(ALICE)

  const reply = await alice.post(PATH, { ...anEgg({ tags: ['kept?'] }), ...wishes })

  expect(reply).toMatchObject({ status, body: { status, code } })
  expect(await everythingStored()).toEqual(nothing)
})

test("answers somebody else's import session like one that is not there", async () => {
  const [alice, bob] = [await app.as(ALICE), await app.as(BOB)]
  const session = (await bob.post('/api/v1/import-sessions', {})).body as { id: number }

  const foreign = await alice.post(PATH, anEgg({ import_session_id: session.id }))
  const missing = await alice.post(PATH, anEgg({ import_session_id: MISSING_ID }))

  expect(foreign).toMatchObject({ status: 422, body: { code: 'import_session_not_found' } })
  expect(foreign.body).toEqual(missing.body)
  expect(await everythingStored()).toEqual(nothing)
})

test.each([
  ['metadata', '"metadata":{"more":DEEP}'],
  ['exif_dict', '"exif_dict":{"more":DEEP}'],
  ["a file's storage info", '"image_file":{"filename":"a.jpg","local_storage_info":{"more":DEEP}}'],
])('refuses an egg whose %s is nested as deep as its body allows', async (_what, field) => {
  const alice = await app.as(ALICE)
  const { metadata: _, exif_dict: __, ...egg } = anEgg()
  const deep = '{"a":'.repeat(100_000) + '1' + '}'.repeat(100_000)

  const reply = await alice.post(PATH, JSON.stringify(egg).replace('{', `{${field.replace('DEEP', deep)},`))

  expect(reply).toMatchObject({ status: 422, body: { code: 'validation_failed' } })
  expect(await everythingStored()).toEqual(nothing)
})

test('needs somebody signed in to keep an egg', async () => {
  const reply = await app.anonymous.post(PATH, anEgg())

  expect(reply).toMatchObject({ status: 401, body: { code: 'credentials_required' } })
  expect(await everythingStored()).toEqual(nothing)
})

test.each([
  '2024-01-15',
  '2024-01-15 14:30:00',
  '2024:01:15 14:30:00',
  '2023-02-29T12:00:00',
  '0000-00-00T00:00:00',
  '1899-12-31T23:59:59',
  '2101-01-01T00:00:00',
  '2024-01-15T24:00:00',
  '2024-01-15T14:30:00+0200',
])('refuses %s for the time an egg was taken', async (taken_at) => {
  const alice = await app.as(ALICE)

  const reply = await alice.post(PATH, anEgg({ taken_at }))

  expect(reply).toMatchObject({ status: 422, body: { errors: [{ path: 'body.metadata.taken_at' }] } })
  expect(await everythingStored()).toEqual(nothing)
})
