import type { ImportSession, ListMeta } from '@imalink/contract'
import { describe, expect, test } from 'vitest'
import { anEgg, sha256 } from './an-egg.ts'
import { ALICE, BOB, CAROL, testApp } from './test-app.ts'

const app = await testApp()
const [alice, bob, carol] = [await app.as(ALICE), await app.as(BOB), await app.as(CAROL)]
const path = '/api/v1/import-sessions'

async function begin(wishes: object = {}, owner = alice): Promise<ImportSession> {
  const reply = await owner.post(path, wishes)
  expect(reply).toMatchObject({ status: 201 })
  return reply.body as ImportSession
}

const read = async (id: number) => (await alice.get(`${path}/${id}`)).body as ImportSession
const eggOf = (session: ImportSession, wishes: Parameters<typeof anEgg>[0] = {}) =>
  anEgg({ import_session_id: session.id, ...wishes })
const anError = { filename: 'broken.jpg', code: 'corrupt_image', detail: 'It ends too early.' }

describe('an import', () => {
  test('ends an earlier one from the same place that was not heard of for an hour, and no other', async () => {
    const about = { source_path: '/photos/abandoned' }
    const [killed, elsewhere, others] = [
      await begin(about),
      await begin({ source_path: '/photos/other' }),
      await begin(about, carol),
    ]
    const finished = await begin(about)
    await alice.patch(`${path}/${finished.id}`, { status: 'completed' })
    await app.db.updateTable('import_sessions').set({ updated_at: '2024-01-01T00:00:00.000Z' }).execute()
    const recent = await begin({ source_path: '/photos/recent' })

    for (const source_path of ['/photos/abandoned', '/photos/recent']) await begin({ source_path })

    const statuses = [killed, elsewhere, finished, recent].map(async ({ id }) => (await read(id)).status)
    expect(await Promise.all(statuses)).toEqual(['failed', 'pending', 'completed', 'pending'])
    expect((await carol.get(`${path}/${others.id}`)).body).toMatchObject({ status: 'pending' })
  })

  test('begins with what its client says of it, and nothing counted', async () => {
    const said = {
      title: 'Summer',
      description: 'The lake',
      source_path: '/photos/2024',
      default_tags: ['Lake', ' lake ', 'Ferie/2024'],
      default_visibility: 'authenticated',
      total_files: 12,
    }

    const session = await begin(said)

    expect(session).toMatchObject({
      ...said,
      default_tags: ['lake', 'ferie/2024'],
      mode: 'client',
      status: 'pending',
      author_id: null,
      coldpreview_size: null,
      known_files: 0,
      processed_files: 0,
      created_photos: 0,
      duplicates: 0,
      failed_files: 0,
      errors: [],
      started_at: null,
      finished_at: null,
      files_per_second: null,
      eta_seconds: null,
    })
    expect(await read(session.id)).toEqual(session)
  })

  test.each([
    ['an author who does not exist', { author_id: 7 }, 'author_not_found'],
    ['a tag with a comma', { default_tags: ['a,b'] }, 'validation_failed'],
    ['a level that does not exist', { default_visibility: 'everybody' }, 'validation_failed'],
    ['fewer than no files', { total_files: -1 }, 'validation_failed'],
    ['a NUL in its title', { title: 'a\0b' }, 'validation_failed'],
    ['a status of its own', { status: 'completed' }, 'unknown_field'],
  ])('does not begin with %s', async (_what, body, code) => {
    expect(await alice.post(path, body)).toMatchObject({ status: 422, body: { code } })
  })

  test('is changed by its client, and keeps what is not mentioned', async () => {
    const { id } = await begin({ title: 'Summer', description: 'The lake', total_files: 3 })

    const reply = await alice.patch(`${path}/${id}`, { title: 'Winter', description: null })

    expect(reply).toMatchObject({
      status: 200,
      body: { title: 'Winter', description: null, total_files: 3, status: 'pending' },
    })
    expect(await alice.patch(`${path}/${id}`, { processed_files: 9 })).toMatchObject({
      status: 422,
      body: { code: 'unknown_field' },
    })
  })

  test('counts the files that its client calls known as processed, the last number it says', async () => {
    const session = await begin()
    await alice.create(eggOf(session))
    const know = (known_files: number) => alice.patch(`${path}/${session.id}`, { known_files })

    const first = await know(7)
    const second = await know(3)

    expect(first).toMatchObject({ status: 200, body: { known_files: 7, processed_files: 8 } })
    expect(second.body).toMatchObject({ known_files: 3, processed_files: 4, created_photos: 1 })
    expect((await know(-1)).status).toBe(422)
  })

  test('is forgotten when it is deleted; its photos stay', async () => {
    const session = await begin()
    const photo = await alice.create(eggOf(session))
    await alice.post(`${path}/${session.id}/errors`, { errors: [anError] })

    expect((await alice.delete(`${path}/${session.id}`)).status).toBe(204)

    expect((await alice.get(`${path}/${session.id}`)).status).toBe(404)
    expect(await alice.get(`/api/v1/photos/${photo.id}`)).toMatchObject({
      status: 200,
      body: { import_session_id: null },
    })
    expect(await app.db.selectFrom('import_errors').selectAll().execute()).toEqual([])
  })

  test("of somebody else's does not exist, whatever is asked of it", async () => {
    const { id } = await begin({ title: 'private' })
    const replies = [
      await bob.get(`${path}/${id}`),
      await bob.patch(`${path}/${id}`, { title: 'mine now' }),
      await bob.post(`${path}/${id}/errors`, { errors: [anError] }),
      await bob.get(`${path}/${id}/events`),
      await bob.delete(`${path}/${id}`),
    ]

    const missing = await bob.get(`${path}/999999`)
    for (const reply of replies) expect(reply).toMatchObject({ status: 404, body: missing.body })
    expect(await read(id)).toMatchObject({ title: 'private', failed_files: 0 })
    expect((await app.anonymous.get(`${path}/${id}`)).status).toBe(401)
  })

  test('is listed among those of its owner alone, latest first, page by page', async () => {
    for (const title of ['first', 'second', 'third']) await begin({ title }, bob)

    const page = await bob.get(`${path}?limit=2`)
    const cursor = (page.body as { meta: ListMeta }).meta.next_cursor
    const rest = await bob.get(`${path}?limit=2&cursor=${cursor}`)

    expect(page.body).toMatchObject({
      data: [{ title: 'third' }, { title: 'second' }],
      meta: { total: 3, page: 1, pages: 2 },
    })
    expect(rest.body).toMatchObject({ data: [{ title: 'first' }], meta: { total: null, next_cursor: null } })
  })
})

describe('eggs', () => {
  test('are counted as what became of them, one by one and in batches, and start the import', async () => {
    const session = await begin()
    const [first, second] = [eggOf(session), eggOf(session)]

    await alice.create(first)
    await alice.create(first)
    const photos = [second, { ...first, import_session_id: session.id }, eggOf(session, { width: 0 })]
    await alice.post('/api/v1/photos/photoegg/batch', { photos })

    expect(await read(session.id)).toMatchObject({
      status: 'running',
      created_photos: 2,
      duplicates: 2,
      processed_files: 4,
      failed_files: 0,
      started_at: expect.stringMatching(/Z$/) as string,
    })
  })

  test('of a RAW and JPEG pair count both files as processed, once created and once duplicate', async () => {
    const session = await begin()
    const egg = eggOf(session)
    const files = ['JPG', 'CR2'].map((extension) => ({
      filename: `IMG_1.${extension}`,
      file_path: `/p/IMG_1.${extension}`,
      file_sha256: sha256(`${egg.hothash} ${extension}`),
    }))
    const pair = { ...egg, file_sha256: files[0]?.file_sha256, image_files: files }

    await alice.create(pair)
    await alice.create(pair)

    expect(await read(session.id)).toMatchObject({
      created_photos: 1,
      duplicates: 1,
      processed_files: 4,
    })
  })

  test('that come at once are all counted', async () => {
    const session = await begin()

    await Promise.all(Array.from({ length: 8 }, () => alice.create(eggOf(session))))

    expect(await read(session.id)).toMatchObject({ created_photos: 8, processed_files: 8 })
  })

  test('that are refused are not counted by the server', async () => {
    const session = await begin()

    const reply = await alice.post('/api/v1/photos/photoegg', eggOf(session, { hothash: '0'.repeat(64) }))

    expect(reply.status).toBe(422)
    expect(await read(session.id)).toMatchObject({ status: 'pending', processed_files: 0 })
  })

  test('that say nothing get the level and the tags of the import; others keep their own', async () => {
    const session = await begin({ default_visibility: 'public', default_tags: ['lake'] })
    const tagsOf = async (id: number) => {
      const { body } = await alice.get(`/api/v1/photos/${id}`)
      return (body as { tags: { name: string }[] }).tags.map((tag) => tag.name)
    }

    const silent = await alice.create(eggOf(session))
    const own = await alice.create(eggOf(session, { visibility: 'private', tags: ['mine'] }))
    const none = await alice.create(eggOf(session, { tags: [] }))

    expect([silent.visibility, own.visibility]).toEqual(['public', 'private'])
    expect([await tagsOf(silent.id), await tagsOf(own.id), await tagsOf(none.id)]).toEqual([
      ['lake'],
      ['mine'],
      [],
    ])
  })

  test("of somebody else's import are refused, and nothing is stored", async () => {
    const session = await begin()
    const egg = eggOf(session)

    const reply = await bob.post('/api/v1/photos/photoegg', egg)
    const missing = await bob.post('/api/v1/photos/photoegg', { ...egg, import_session_id: 999_999 })

    expect(reply).toMatchObject({ status: 422, body: { code: 'import_session_not_found' } })
    expect(reply.body).toEqual(missing.body)
    expect((await bob.get(`/api/v1/photos/${egg.hothash}`)).status).toBe(404)
    expect((await read(session.id)).processed_files).toBe(0)
  })
})

describe('files that never became an egg', () => {
  test('count as failed and processed, and are told with their reasons in their order', async () => {
    const { id } = await begin()
    const second = { filename: 'æ/b.cr3', code: 'unsupported_format', detail: 'Not read.' }

    const reply = await alice.post(`${path}/${id}/errors`, { errors: [anError, second] })

    expect(reply.status).toBe(200)
    expect(reply.body).toMatchObject({
      status: 'running',
      failed_files: 2,
      processed_files: 2,
      created_photos: 0,
      errors: [anError, second],
    })
  })

  test('are told up to a thousand, and counted beyond', async () => {
    const { id } = await begin()
    const errors = Array.from({ length: 1000 }, (_, index) => ({ ...anError, filename: `${index}.jpg` }))

    await alice.post(`${path}/${id}/errors`, { errors })
    await alice.post(`${path}/${id}/errors`, { errors: [anError] })

    const session = await read(id)
    expect(session.failed_files).toBe(1001)
    expect(session.errors).toEqual(errors)
  })

  test.each([[[]], [Array.from({ length: 1001 }, () => anError)], [[{ filename: 'a' }]]])(
    'are refused where there are none, too many, or one without a reason',
    async (errors) => {
      const { id } = await begin()

      expect((await alice.post(`${path}/${id}/errors`, { errors })).status).toBe(422)
      expect((await read(id)).failed_files).toBe(0)
    },
  )
})

describe('an import that is finished', () => {
  test.each([
    ['completed', 'cancelled'],
    ['cancelled', 'completed'],
    ['failed', 'completed'],
  ])(
    'as %s does not end as %s afterwards, and hears the same once more without complaint',
    async (status, other) => {
      const { id } = await begin()
      await alice.patch(`${path}/${id}`, { status })

      const again = await alice.patch(`${path}/${id}`, { status })
      const otherwise = await alice.patch(`${path}/${id}`, { status: other })

      expect(again).toMatchObject({ status: 200, body: { status } })
      expect(otherwise).toMatchObject({ status: 409, body: { code: 'session_finished' } })
    },
  )

  test.each(['completed', 'failed', 'cancelled'])('as %s does not run again', async (status) => {
    const { id } = await begin()
    const finished = await alice.patch(`${path}/${id}`, { status })

    const again = await Promise.all(
      ['running', 'paused', 'pending'].map((back) => alice.patch(`${path}/${id}`, { status: back })),
    )

    expect(finished.body).toMatchObject({ status, finished_at: expect.stringMatching(/Z$/) as string })
    for (const reply of again)
      expect(reply).toMatchObject({ status: 409, body: { code: 'session_finished' } })
    expect(await read(id)).toMatchObject({ status })
  })

  test('still counts eggs that come late, and can be given a name', async () => {
    const session = await begin()
    await alice.patch(`${path}/${session.id}`, { status: 'completed' })

    await alice.create(eggOf(session))
    await alice.patch(`${path}/${session.id}`, { title: 'named later' })

    expect(await read(session.id)).toMatchObject({
      status: 'completed',
      created_photos: 1,
      title: 'named later',
    })
  })
})

describe('speed', () => {
  const change = (
    id: number,
    fields: { started_at?: string; finished_at?: string; processed_files?: number },
  ) => app.db.updateTable('import_sessions').set(fields).where('id', '=', id).execute()

  test('is files a second since the start, and says how long the rest will take', async () => {
    const { id } = await begin({ total_files: 40 })
    await alice.patch(`${path}/${id}`, { status: 'running' })
    const startedAt = new Date(Date.now() - 10_000).toISOString()
    await change(id, { started_at: startedAt, processed_files: 20 })

    const session = await read(id)

    expect(session.files_per_second).toBeCloseTo(2, 1)
    expect(session.eta_seconds).toBeCloseTo(10, 0)
  })

  test('stands still when the import is over', async () => {
    const { id } = await begin({ total_files: 40 })
    await alice.patch(`${path}/${id}`, { status: 'completed' })
    await change(id, {
      started_at: '2026-05-01T10:00:00.000Z',
      finished_at: '2026-05-01T10:00:10.000Z',
      processed_files: 40,
    })

    expect(await read(id)).toMatchObject({ files_per_second: 4, eta_seconds: null })
  })

  test('counts from the first start, after a pause as well', async () => {
    const { id } = await begin()
    const started = await alice.patch(`${path}/${id}`, { status: 'running' })
    await alice.patch(`${path}/${id}`, { status: 'paused' })

    const resumed = await alice.patch(`${path}/${id}`, { status: 'running' })

    expect((resumed.body as ImportSession).started_at).toBe((started.body as ImportSession).started_at)
  })
})
