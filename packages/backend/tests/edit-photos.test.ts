import type { Photo } from '@imalink/contract'
import { beforeEach, describe, expect, test } from 'vitest'
import { anEgg } from './an-egg.ts'
import { ALICE, BOB, type Reply, testApp } from './test-app.ts'

const app = await testApp()
const [alice, bob] = [await app.as(ALICE), await app.as(BOB)]
beforeEach(app.emptyLibrary)

const at = (id: number | string) => `/api/v1/photos/${id}`
const read = async (id: number) => (await alice.get(at(id))).body as Photo
const problem = (status: number, code: string) => ({ status, body: { code } })

const everything = {
  title: 'Tide',
  description: 'The bay\nat five',
  category: 'sea',
  rating: 4,
  flag: 'pick',
  color_label: 'blue',
  visibility: 'public',
  taken_at: '2024-07-01T12:00:00.250',
  gps_latitude: -33.5,
  gps_longitude: 70.25,
}

describe.each(['patch', 'put'] as const)('%s', (method) => {
  test('changes what is given and leaves the rest', async () => {
    const { id } = await alice.create(anEgg({ title: 'Before', metadata: { camera_make: 'Pinhole' } }))

    const all = await alice[method](at(id), everything)
    const one = await alice[method](at(id), { title: 'Ebb' })

    expect(all).toMatchObject({
      status: 200,
      body: { id, ...everything, camera_make: 'Pinhole', has_gps: true },
    })
    expect(one.body).toMatchObject({ ...everything, title: 'Ebb' })
    expect(await read(id)).toEqual(one.body)
  })
})

test.each(['title', 'description', 'category', 'flag', 'color_label', 'taken_at', 'author_id'])(
  'null clears %s',
  async (field) => {
    const { id } = await alice.create(anEgg())
    await alice.patch(at(id), everything)

    const { body } = await alice.patch(at(id), { [field]: null })

    expect(body).toMatchObject({ ...everything, [field]: null })
  },
)

test.each([
  [{ rating: null }, 'validation_failed'],
  [{ visibility: null }, 'validation_failed'],
  [{ rating: 6 }, 'validation_failed'],
  [{ rating: 2.5 }, 'validation_failed'],
  [{ flag: 'maybe' }, 'validation_failed'],
  [{ title: 'x'.repeat(256) }, 'validation_failed'],
  [{ title: 'a\0b' }, 'validation_failed'],
  [{ taken_at: '2024-02-30T00:00:00' }, 'validation_failed'],
  [{ taken_at: '1899-12-31T23:59:59' }, 'validation_failed'],
  [{ gps_latitude: 91, gps_longitude: 0 }, 'validation_failed'],
  [{ gps_latitude: 1 }, 'validation_failed'],
  [{ gps_latitude: null, gps_longitude: 1 }, 'validation_failed'],
  [{ author_id: 999_999 }, 'author_not_found'],
  [{ hothash: 'a'.repeat(64) }, 'unknown_field'],
  [{ titel: 'x' }, 'unknown_field'],
])('%j is refused as %s and changes nothing', async (body, code) => {
  const { id } = await alice.create(anEgg({ title: 'Before' }))
  const before = await read(id)

  const reply = await alice.patch(at(id), body)

  expect(reply).toMatchObject(problem(422, code))
  expect(await read(id)).toEqual(before)
})

test('an author of somebody else is as one that is not there', async () => {
  const { id } = await alice.create(anEgg())
  await bob.create(anEgg({ creator: 'Bea' }))
  const [author] = await app.db.selectFrom('authors').select('id').execute()

  const foreign = await alice.patch(at(id), { author_id: author?.id })
  const own = await bob.get('/api/v1/photos')

  expect(author).toBeDefined()
  expect(foreign).toMatchObject(problem(422, 'author_not_found'))
  expect(own.body).toMatchObject({ data: [{ author: { name: 'Bea' } }] })
})

describe('the time', () => {
  test.each([
    ['2024-07-01T12:00:00+02:00', '2024-07-01T12:00:00', '+02:00'],
    ['2024-07-01T12:00:00Z', '2024-07-01T12:00:00', '+00:00'],
    ['2024-07-01T12:00:00.123456', '2024-07-01T12:00:00.123', null],
    ['2024-07-01T12:00:00', '2024-07-01T12:00:00', null],
  ])('%s is %s with offset %s', async (given, taken_at, taken_at_offset) => {
    const { id } = await alice.create(
      anEgg({ taken_at: '1999-01-01T00:00:00', metadata: { taken_at: '1999-01-01T00:00:00+01:00' } }),
    )

    const { body } = await alice.patch(at(id), { taken_at: given })

    expect(body).toMatchObject({ taken_at, taken_at_offset })
  })

  test('moves the photo in the timeline', async () => {
    const { id } = await alice.create(anEgg({ taken_at: '1999-01-01T00:00:00' }))

    await alice.patch(at(id), { taken_at: '2020-01-01T00:00:00' })

    const { body } = await alice.get('/api/v1/timeline')
    expect(body).toMatchObject({ data: [{ year: 2020, count: 1 }], meta: { total_photos: 1 } })
  })
})

describe('a position', () => {
  test('takes one coordinate where the photo has the other, and loses its altitude', async () => {
    const metadata = { gps_latitude: 1, gps_longitude: 2, gps_altitude: 300 }
    const { id } = await alice.create(anEgg({ metadata }))

    const { body } = await alice.patch(at(id), { gps_latitude: 5 })

    expect(body).toMatchObject({ gps_latitude: 5, gps_longitude: 2, gps_altitude: null })
  })

  test('goes whole', async () => {
    const { id } = await alice.create(anEgg({ metadata: { gps_latitude: 1, gps_longitude: 2 } }))

    const half = await alice.patch(at(id), { gps_latitude: null })
    const whole = await alice.patch(at(id), { gps_latitude: null, gps_longitude: null })

    expect(half.status).toBe(422)
    expect(whole.body).toMatchObject({ gps_latitude: null, gps_longitude: null, has_gps: false })
  })
})

test('an egg that is sent again never undoes what its owner has said, nor fills what they have cleared', async () => {
  const metadata = { taken_at: '1999-01-01T00:00:00', gps_latitude: 1, gps_longitude: 2, gps_altitude: 3 }
  const egg = anEgg({ title: 'From the egg', rating: 1, metadata })
  const { id } = await alice.create(egg)
  await alice.patch(at(id), {
    title: 'Mine',
    rating: 5,
    taken_at: null,
    gps_latitude: null,
    gps_longitude: null,
  })
  const edited = await read(id)

  expect((await alice.create(egg)).is_duplicate).toBe(true)

  expect(await read(id)).toEqual(edited)
  expect(edited).toMatchObject({ title: 'Mine', taken_at: null, taken_at_offset: null, gps_altitude: null })
})

describe('If-Match', () => {
  const patchIf = async (id: number, tag: string, body: object): Promise<Reply> => {
    const headers = { authorization: `Bearer ${alice.server.token ?? ''}`, 'if-match': tag }
    const response = await fetch(app.origin + at(id), {
      method: 'PATCH',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    const bytes = Buffer.from(await response.arrayBuffer())
    const answer: unknown = JSON.parse(bytes.toString())
    return { status: response.status, headers: response.headers, body: answer, bytes }
  }
  const tagOf = async (id: number) => (await alice.get(at(id))).headers.get('etag') ?? ''

  test('with the ETag that was read lets a change through, once', async () => {
    const { id } = await alice.create(anEgg())
    const tag = await tagOf(id)

    const first = await patchIf(id, tag, { title: 'first' })
    const second = await patchIf(id, tag, { title: 'second' })

    expect(first).toMatchObject({ status: 200, body: { title: 'first' } })
    expect(second).toMatchObject(problem(412, 'precondition_failed'))
    expect(first.headers.get('etag')).toBe(await tagOf(id))
    expect(await read(id)).toMatchObject({ title: 'first' })
  })

  test.each([
    ['*', 200],
    ['"something else"', 412],
    ['W/"x", "y"', 412],
  ])('%s is answered %i', async (tag, status) => {
    const { id } = await alice.create(anEgg())

    expect((await patchIf(id, tag, { title: 'x' })).status).toBe(status)
  })

  test('hears of tags, files and the trash as well', async () => {
    const { id } = await alice.create(anEgg())
    const tags = new Set([await tagOf(id)])

    await alice.post(`${at(id)}/tags`, { tags: ['sea'] })
    tags.add(await tagOf(id))
    await alice.post(`${at(id)}/files`, { filename: 'a.jpg', file_path: '/a.jpg' })
    tags.add(await tagOf(id))

    expect(tags.size).toBe(3)
  })

  test('lets one of many through that saw the same photo', async () => {
    const { id } = await alice.create(anEgg())
    const tag = await tagOf(id)

    const replies = await Promise.all(
      Array.from({ length: 10 }, (_, number) => patchIf(id, tag, { title: `${number}` })),
    )

    expect(replies.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(9).fill(412)])
  })
})

test('ten people who change ten fields at once lose none', async () => {
  const { id } = await alice.create(anEgg())
  const fields = Object.entries(everything).filter(([name]) => !name.startsWith('gps'))
  const position = { gps_latitude: everything.gps_latitude, gps_longitude: everything.gps_longitude }

  await Promise.all([
    ...fields.map(([name, value]) => alice.patch(at(id), { [name]: value })),
    alice.patch(at(id), position),
  ])

  expect(await read(id)).toMatchObject(everything)
})

test('a photo in the trash cannot be changed', async () => {
  const { id } = await alice.create(anEgg())
  await alice.delete(at(id))

  expect(await alice.patch(at(id), { title: 'x' })).toMatchObject(problem(404, 'photo_not_found'))
})

describe('tags', () => {
  test('are added as they are stored, and those that are there are skipped', async () => {
    const { id, hothash } = await alice.create(anEgg({ tags: ['sea'] }))

    const reply = await alice.post(`${at(id)}/tags`, { tags: [' SEA ', 'Ferie/2024', 'ferie/2024', 'Ærø'] })

    const tags = ['ferie/2024', 'sea', 'ærø']
    expect(reply).toMatchObject({
      status: 200,
      body: { hothash, added: ['ferie/2024', 'ærø'], skipped: ['sea'] },
    })
    expect((reply.body as { tags: string[] }).tags.toSorted()).toEqual(tags)
    expect((await read(id)).tags.map(({ name }) => name).sort()).toEqual(tags)
  })

  test('are taken off, also with a slash in them', async () => {
    const { id, hothash } = await alice.create(anEgg({ tags: ['ferie/2024', 'sea'] }))

    const reply = await alice.delete(`${at(id)}/tags/${encodeURIComponent('Ferie/2024')}`)
    const again = await alice.delete(`${at(id)}/tags/${encodeURIComponent('ferie/2024')}`)

    expect(reply).toMatchObject({
      status: 200,
      body: { hothash, removed_tag: 'ferie/2024', remaining_tags: ['sea'] },
    })
    expect(again).toMatchObject(problem(404, 'tag_not_found'))
  })

  test.each([['a,b'], ['a\\b'], [''], ['x'.repeat(51)], ['a\nb']])('%j is none', async (tag) => {
    const { id } = await alice.create(anEgg())

    expect(await alice.post(`${at(id)}/tags`, { tags: ['good', tag] })).toMatchObject(
      problem(422, 'validation_failed'),
    )
    expect((await read(id)).tags).toEqual([])
  })

  test('are at most two hundred', async () => {
    const many = Array.from({ length: 199 }, (_, number) => `tag ${number}`)
    const { id } = await alice.create(anEgg({ tags: many }))

    const tooMany = await alice.post(`${at(id)}/tags`, { tags: ['one', 'more'] })
    const enough = await alice.post(`${at(id)}/tags`, { tags: ['one', 'tag 0'] })

    expect(tooMany).toMatchObject(problem(422, 'validation_failed'))
    expect(enough.status).toBe(200)
    expect((await read(id)).tags).toHaveLength(200)
  })

  test('that many add at once are all there', async () => {
    const { id } = await alice.create(anEgg())
    const names = Array.from({ length: 10 }, (_, number) => `tag ${number}`)

    await Promise.all(names.map((name) => alice.post(`${at(id)}/tags`, { tags: [name, 'all'] })))

    expect((await read(id)).tags.map(({ name }) => name).sort()).toEqual(['all', ...names])
  })
})

test('the trash is emptied of what is one’s own, and of nothing else', async () => {
  const [gone, kept] = [await alice.create(anEgg()), await alice.create(anEgg())]
  const others = await bob.create(anEgg())
  await alice.delete(at(gone.id))
  await bob.delete(at(others.id))

  const reply = await alice.delete('/api/v1/photos/trash')

  expect(reply.status).toBe(204)
  expect((await alice.post(`${at(gone.id)}/restore`)).status).toBe(404)
  expect((await alice.get(at(kept.id))).status).toBe(200)
  expect((await bob.post(`${at(others.id)}/restore`)).status).toBe(200)
})
