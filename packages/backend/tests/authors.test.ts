import type { EggBatchResult, ImportSession, Photo } from '@imalink/contract'
import { beforeEach, describe, expect, test } from 'vitest'
import { renewTexts } from '../src/features/photos/texts.repository.ts'
import { inTransaction } from '../src/storage/database/database.ts'
import { anEgg } from './an-egg.ts'
import { ALICE, BOB, testApp } from './test-app.ts'

const app = await testApp()
const [alice, bob] = [await app.as(ALICE), await app.as(BOB)]
const photosPath = '/api/v1/photos'

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
    const photos = ['Ana', 'Ben', 'ANA', undefined].map((creator) => anEgg(creator ? { creator } : {}))

    const { body } = await alice.post(`${photosPath}/photoegg/batch`, { photos })

    const ids = (body as EggBatchResult).results.map(({ id }) => id ?? 0)
    const names = await Promise.all(ids.map(async (id) => (await authorOf(id))?.name))
    expect(names).toEqual(['Ana', 'Ben', 'Ana', undefined])
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
  await app.db.deleteFrom('authors').execute()
  await inTransaction(app.db, (tx) => renewTexts(tx, [id]))

  expect(await read(id)).toMatchObject({ title: 'Moonrise', author_id: null, author: null })
})
