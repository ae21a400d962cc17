import type { Author, EggBatchResult, ImportSession, ListMeta, Photo } from '@imalink/contract'
import { beforeEach, describe, expect, test } from 'vitest'
import { anEgg } from './an-egg.ts'
import { ALICE, BOB, testApp } from './test-app.ts'

const app = await testApp()
const [alice, bob] = [await app.as(ALICE), await app.as(BOB)]
const photosPath = '/api/v1/photos'
const problem = (status: number, code: string) => ({ status, body: { code } })

beforeEach(async () => {
  await app.emptyLibrary()
  await app.db.deleteFrom('authors').execute()
})

const read = async (id: number, as = alice) => (await as.get(`${photosPath}/${id}`)).body as Photo
const authorOf = async (id: number) => (await read(id)).author
const authors = () => app.db.selectFrom('authors').select(['user_id', 'name']).orderBy('id').execute()

async function anAuthor(name: string, owner = alice): Promise<number> {
  const photo = await owner.create(anEgg({ creator: name }))
  const { author_id } = await read(photo.id, owner)
  if (author_id === null) throw new Error('the egg made no author')
  return author_id
}

describe('the creator of an egg', () => {
  test('becomes an author of the caller, whom the photo credits', async () => {
    const { id } = await alice.create(anEgg({ creator: 'Ansel Adams' }))

    const photo = await read(id)

    expect(photo.author).toEqual({ id: photo.author_id, name: 'Ansel Adams' })
    expect(await authors()).toEqual([{ user_id: alice.id, name: 'Ansel Adams' }])
    const listed = (await alice.get(photosPath)).body as { data: Photo[] }
    expect(listed.data[0]?.author).toEqual(photo.author)
  })

  test('is one author however the name is written, and keeps the first way', async () => {
    const decomposed = 'Bjo\u0308rn'
    const ways = ['Bj\u00F6rn', decomposed, '  BJ\u00D6RN ', 'bj\u00F6rn']
    const ids = []
    for (const creator of ways) ids.push((await alice.create(anEgg({ creator }))).id)

    const credited = await Promise.all(ids.map(authorOf))

    expect(new Set(credited.map((author) => author?.id)).size).toBe(1)
    expect(await authors()).toEqual([{ user_id: alice.id, name: 'Bj\u00F6rn' }])
  })

  test('is found within one batch as well, the first way that comes', async () => {
    const pairs = Array.from({ length: 10 }, (_, turn) => [`Ana ${turn}`, `ANA ${turn}`])
    const photos = [...pairs.flat(), undefined].map((creator) => anEgg(creator ? { creator } : {}))

    const { body } = await alice.post(`${photosPath}/photoegg/batch`, { photos })

    const ids = (body as EggBatchResult).results.map(({ id }) => id ?? 0)
    const names = await Promise.all(ids.map(async (id) => (await authorOf(id))?.name))
    expect(names).toEqual([...pairs.flatMap(([first]) => [first, first]), undefined])
  })

  test('is made once by imports at once', async () => {
    const created = await Promise.all(
      Array.from({ length: 8 }, () => alice.create(anEgg({ creator: 'Vivian Maier' }))),
    )

    const ids = await Promise.all(created.map(async ({ id }) => (await read(id)).author_id))

    expect(new Set(ids).size).toBe(1)
    expect(await authors()).toHaveLength(1)
  })

  test.each(['', '   '])('that is %j credits nobody', async (creator) => {
    const { id } = await alice.create(anEgg({ creator }))

    expect(await authorOf(id)).toBeNull()
    expect(await authors()).toEqual([])
  })

  test('of a duplicate neither changes the author nor makes one', async () => {
    const egg = anEgg({ creator: 'Ana' })
    const { id } = await alice.create(egg)
    const without = anEgg()
    const plain = await alice.create(without)

    await alice.create({ ...egg, creator: 'Somebody Else' })
    await alice.create({ ...without, creator: 'Nobody' })

    expect((await authorOf(id))?.name).toBe('Ana')
    expect(await authorOf(plain.id)).toBeNull()
    expect((await authors()).map(({ name }) => name)).toEqual(['Ana'])
  })

  test('is another author for another user', async () => {
    const [hers, his] = [await anAuthor('Ana'), await anAuthor('Ana', bob)]

    expect(hers).not.toBe(his)
  })
})

describe('author_id of an egg', () => {
  test('credits an own author, whatever the creator says', async () => {
    const author_id = await anAuthor('Ana')

    const { id } = await alice.create(anEgg({ author_id, creator: 'Somebody Else' }))

    expect(await authorOf(id)).toEqual({ id: author_id, name: 'Ana' })
    expect(await authors()).toHaveLength(1)
  })

  test("is refused alike where the author is missing or somebody else's, and nothing is stored", async () => {
    const foreign = await anAuthor('Ben', bob)
    const egg = anEgg()

    const replies = [foreign, 999_999].map((author_id) =>
      alice.post(`${photosPath}/photoegg`, { ...egg, author_id }),
    )

    const [first, second] = await Promise.all(replies)
    expect(first).toMatchObject({ status: 422, body: { code: 'author_not_found' } })
    expect(second?.body).toEqual(first?.body)
    expect((await alice.get(`${photosPath}/${egg.hothash}`)).status).toBe(404)
  })

  test('that is wrong fails alone in a batch', async () => {
    const photos = [anEgg({ author_id: 999_999 }), anEgg()]

    const { body } = await alice.post(`${photosPath}/photoegg/batch`, { photos })

    expect(body).toMatchObject({
      results: [{ status: 'failed', error: { code: 'author_not_found' } }, { status: 'created' }],
    })
  })
})

describe('the author of an import session', () => {
  const begin = async (wishes: object) => alice.post('/api/v1/import-sessions', wishes)

  test('is credited by eggs that say nothing; others keep their own', async () => {
    const author_id = await anAuthor('Ana')
    const session = (await begin({ author_id })).body as ImportSession
    const egg = (wishes: object) => anEgg({ import_session_id: session.id, ...wishes })

    const silent = await alice.create(egg({}))
    const own = await alice.create(egg({ creator: 'Ben' }))

    expect(session.author_id).toBe(author_id)
    expect([(await authorOf(silent.id))?.name, (await authorOf(own.id))?.name]).toEqual(['Ana', 'Ben'])
  })

  test("is refused alike where it is missing or somebody else's", async () => {
    const foreign = await anAuthor('Ben', bob)

    const [first, second] = [await begin({ author_id: foreign }), await begin({ author_id: 999_999 })]

    expect(first).toMatchObject({ status: 422, body: { code: 'author_not_found' } })
    expect(second.body).toEqual(first.body)
  })
})

test('everybody who sees a photo sees whom it credits', async () => {
  const { id } = await alice.create(anEgg({ creator: 'Ana', visibility: 'public' }))

  const seen = await Promise.all([bob, app.anonymous].map((viewer) => viewer.get(`${photosPath}/${id}`)))

  for (const { body } of seen) expect(body).toMatchObject({ author: { name: 'Ana' } })
})

test('photos keep everything else when their author is gone', async () => {
  const { id } = await alice.create(anEgg({ creator: 'Ana', title: 'Moonrise' }))
  const { author_id } = await read(id)
  const { status } = await alice.delete(`/api/v1/authors/${author_id}`)

  expect(status).toBe(204)
  expect(await read(id)).toMatchObject({ title: 'Moonrise', author_id: null, author: null })
})

describe('the photographers whom one credits', () => {
  const AUTHORS = '/api/v1/authors'
  const list = async (query = '') => {
    const { body } = await alice.get(`${AUTHORS}?${query}`)
    return body as { data: Author[]; meta: ListMeta }
  }

  test('are added, read, changed and forgotten', async () => {
    const created = await alice.post(AUTHORS, { name: '  Vivian Maier ', bio: 'Nanny' })
    const { id } = created.body as Author
    const changed = await alice.put(`${AUTHORS}/${id}`, { email: 'v@example.org', description: 'Street' })
    const read = await alice.get(`${AUTHORS}/${id}`)
    const gone = await alice.delete(`${AUTHORS}/${id}`)

    expect(created).toMatchObject({
      status: 201,
      body: { name: 'Vivian Maier', bio: 'Nanny', description: 'Nanny', email: null, image_count: 0 },
    })
    expect(changed).toMatchObject({ status: 200, body: { name: 'Vivian Maier', bio: 'Street' } })
    expect(read.body).toEqual(changed.body)
    expect(gone.status).toBe(204)
    expect(await alice.get(`${AUTHORS}/${id}`)).toMatchObject({
      status: 404,
      body: { code: 'author_not_found' },
    })
  })

  test('are listed by name, page by page', async () => {
    for (const name of ['cleo', 'Ben', 'ana']) await alice.post(AUTHORS, { name })
    await bob.post(AUTHORS, { name: 'Bo' })

    const first = await list('limit=2')
    const second = await list(`limit=2&cursor=${first.meta.next_cursor}`)

    expect([...first.data, ...second.data].map(({ name }) => name)).toEqual(['ana', 'Ben', 'cleo'])
    expect([first.meta.total, second.meta.next_cursor]).toEqual([3, null])
  })

  test('have as many photos as credit them outside the trash', async () => {
    const ids = []
    for (let count = 0; count < 3; count++) ids.push((await alice.create(anEgg({ creator: 'Ana' }))).id)
    await alice.delete(`${photosPath}/${ids[0]}`)

    expect((await list()).data).toMatchObject([{ name: 'Ana', image_count: 2 }])
  })

  test('find their photos by the name that they have now', async () => {
    const { id } = await alice.create(anEgg({ creator: 'Ana Before' }))
    const { author_id } = await read(id)
    const found = async (q: string) =>
      ((await alice.get(`${photosPath}?q=${q}`)).body as { data: Photo[] }).data.map((photo) => photo.id)

    await alice.put(`${AUTHORS}/${author_id}`, { name: 'Ana After' })
    const renamed = [await found('before'), await found('after')]
    await alice.delete(`${AUTHORS}/${author_id}`)

    expect([...renamed, await found('after')]).toEqual([[], [id], []])
  })

  test('are there once, whatever the case of the name', async () => {
    await alice.post(AUTHORS, { name: 'Ana' })
    const other = (await alice.post(AUTHORS, { name: 'Ben' })).body as Author

    expect(await alice.post(AUTHORS, { name: 'ANA' })).toMatchObject(problem(409, 'author_exists'))
    expect(await alice.put(`${AUTHORS}/${other.id}`, { name: 'ana' })).toMatchObject(
      problem(409, 'author_exists'),
    )
    expect((await alice.put(`${AUTHORS}/${other.id}`, { name: 'BEN' })).status).toBe(200)
  })

  test.each([
    ['no name', {}],
    ['an empty name', { name: '  ' }],
    ['a name with NUL', { name: 'a\u0000' }],
    ['an unknown field', { name: 'a', age: 7 }],
  ])('are refused with %s', async (_what, body) => {
    expect((await alice.post(AUTHORS, body)).status).toBe(422)
  })
})
