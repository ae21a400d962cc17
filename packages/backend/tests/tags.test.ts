import type { ListMeta, Photo, Tag } from '@imalink/contract'
import { beforeEach, describe, expect, test } from 'vitest'
import { anEgg } from './an-egg.ts'
import { ALICE, BOB, type Caller, testApp } from './test-app.ts'

const app = await testApp()
const [alice, bob] = [await app.as(ALICE), await app.as(BOB)]
const problem = (status: number, code: string) => ({ status, body: { code } })

beforeEach(() => app.emptyLibrary())

interface Tags {
  readonly data: Tag[]
  readonly meta: ListMeta
}

const list = async (query = '', as: Caller = alice) => (await as.get(`/api/v1/tags${query}`)).body as Tags
const counts = async (query = '', as: Caller = alice) =>
  (await list(query, as)).data.map(({ name, photo_count }) => [name, photo_count])
const idOf = async (name: string) => (await list()).data.find((tag) => tag.name === name)?.id ?? 0
const complete = async (q: string, more = '') =>
  ((await alice.get(`/api/v1/tags/autocomplete?q=${encodeURIComponent(q)}${more}`)).body as Tags).data.map(
    ({ name }) => name,
  )
const tagsOf = async (id: number) =>
  ((await alice.get(`/api/v1/photos/${id}`)).body as Photo).tags.map(({ name }) => name)
const found = async (query: string) =>
  ((await alice.get(`/api/v1/photos?${query}`)).body as { data: Photo[] }).data.map(({ id }) => id).sort()
const rename = async (name: string, new_name: string, more: object = {}) =>
  alice.put(`/api/v1/tags/${await idOf(name)}`, { new_name, ...more })

async function tagged(...tags: string[]): Promise<number> {
  return (await alice.create(anEgg({ tags }))).id
}

describe('tags', () => {
  test('are listed by name, by use and by age, page by page', async () => {
    for (const tags of [['b', 'a'], ['b'], ['b', 'ærø', 'z'], ['a/b', 'z']]) await tagged(...tags)

    expect(await counts()).toEqual([
      ['a', 1],
      ['a/b', 1],
      ['b', 3],
      ['z', 2],
      ['ærø', 1],
    ])
    expect(await counts('?sort_by=count')).toEqual([
      ['b', 3],
      ['z', 2],
      ['a', 1],
      ['a/b', 1],
      ['ærø', 1],
    ])
    expect((await counts('?sort_by=created_at&sort_order=asc')).map(([name]) => name).at(-1)).toBe('a/b')
    for (const query of ['', '?sort_by=count', '?sort_by=created_at', '?sort_order=desc']) {
      const whole = await counts(query)
      const paged: unknown[] = []
      const and = query === '' ? '?' : '&'
      for (let cursor: string | null = ''; cursor !== null;) {
        const { data, meta }: Tags = await list(`${query}${and}limit=2${cursor && `&cursor=${cursor}`}`)
        paged.push(...data.map(({ name, photo_count }) => [name, photo_count]))
        cursor = meta.next_cursor
      }
      expect(paged).toEqual(whole)
    }
    expect((await list('?limit=2')).meta).toMatchObject({ total: 5, pages: 3 })
  })

  test('of one order are not read on with a cursor of another', async () => {
    await tagged('a', 'b')
    const { meta } = await list('?limit=1&sort_by=count')

    const reply = await alice.get(`/api/v1/tags?limit=1&cursor=${meta.next_cursor}`)

    expect(reply).toMatchObject(problem(400, 'cursor_mismatch'))
  })

  test('are counted without the trash, and are their own user’s', async () => {
    const [one, two] = [await tagged('cat', 'dog'), await tagged('cat')]
    await bob.create(anEgg({ tags: ['cat', 'bird'] }))

    await alice.delete(`/api/v1/photos/${one}`)
    const inTrash = await counts()
    await alice.post(`/api/v1/photos/${one}/restore`)
    const restored = await counts()
    await alice.delete(`/api/v1/photos/${two}?permanent=true`)
    await alice.delete(`/api/v1/photos/${one}`)
    await alice.delete('/api/v1/photos/trash')

    expect(inTrash).toEqual([
      ['cat', 1],
      ['dog', 0],
    ])
    expect(restored).toEqual([
      ['cat', 2],
      ['dog', 1],
    ])
    expect(await counts()).toEqual([
      ['cat', 0],
      ['dog', 0],
    ])
    expect(await counts('', bob)).toEqual([
      ['bird', 1],
      ['cat', 1],
    ])
  })

  test('are counted by whatever edits them', async () => {
    const ids = [await tagged('a'), await tagged('a'), await tagged()]

    await alice.post('/api/v1/photos/batch', { photos: ids, add_tags: ['a', 'b'] })
    await alice.post('/api/v1/photos/batch', { photos: ids.slice(1), remove_tags: ['a'], delete: true })
    await alice.delete(`/api/v1/photos/${ids[0]}/tags/b`)

    expect(await counts()).toEqual([
      ['a', 1],
      ['b', 0],
    ])
  })
})

describe('a tag that is begun', () => {
  beforeEach(async () => {
    for (const tags of [['norway', 'europe/norway/oslo'], ['norway'], ['nordic'], ['north_sea', '100%']])
      await tagged(...tags)
  })

  test('is completed by what begins so, most used first, and by what has a part that does', async () => {
    expect(await complete('nor')).toEqual(['norway', 'europe/norway/oslo', 'nordic', 'north_sea'])
    expect(await complete(' NOR', '&limit=1')).toEqual(['norway'])
    expect(await complete('europe/n')).toEqual(['europe/norway/oslo'])
    expect(await complete('way')).toEqual([])
  })

  test('may have any characters in it', async () => {
    expect(await complete('100%')).toEqual(['100%'])
    expect(await complete('%')).toEqual([])
    expect(await complete('north_')).toEqual(['north_sea'])
    expect(await complete("o'")).toEqual([])
  })

  test('is what is used most where nothing is written yet', async () => {
    expect((await complete(''))[0]).toBe('norway')
    expect(await alice.get('/api/v1/tags/autocomplete?limit=101')).toMatchObject({ status: 422 })
  })
})

describe('renaming a tag', () => {
  test('is seen on its photos, which are found by the new name at once', async () => {
    const [one, other] = [await tagged('cat'), await tagged('dog')]

    const reply = await rename('cat', ' Felis ')

    expect(reply).toMatchObject({ status: 200, body: { name: 'felis', photo_count: 1 } })
    expect(await tagsOf(one)).toEqual(['felis'])
    expect(await found('q=felis')).toEqual([one])
    expect(await found('q=cat')).toEqual([])
    expect(await found('tags=felis,dog&tag_logic=OR')).toEqual([one, other])
  })

  test('takes along what lies below', async () => {
    const one = await tagged('europe', 'europe/norway', 'europe/norway/oslo', 'europeans')

    await rename('europe/norway', 'norge')
    await rename('europe', 'eu')

    expect(await tagsOf(one)).toEqual(['eu', 'europeans', 'norge', 'norge/oslo'])
  })

  test('moves a branch up in its own way', async () => {
    const one = await tagged('a/b', 'a/b/b', 'a/b/b/b')

    const reply = await rename('a/b', 'a')

    expect(reply.status).toBe(200)
    expect(await tagsOf(one)).toEqual(['a', 'a/b', 'a/b/b'])
  })

  test('to a name that is taken is refused whole, or makes one of both', async () => {
    const both = await tagged('cat', 'kitten', 'kitten/black')
    const [one, other] = [await tagged('kitten'), await tagged('cat', 'cat/black')]

    expect(await rename('kitten', 'cat')).toMatchObject(problem(409, 'tag_exists'))
    expect(await tagsOf(both)).toEqual(['cat', 'kitten', 'kitten/black'])

    const merged = await rename('kitten', 'cat', { merge: true })
    expect(merged).toMatchObject({ status: 200, body: { name: 'cat', photo_count: 3 } })
    expect(await counts()).toEqual([
      ['cat', 3],
      ['cat/black', 2],
    ])
    expect(await found('q=kitten')).toEqual([])
    expect(await found('tags=cat')).toEqual([both, one, other].sort())
    expect(await tagsOf(both)).toEqual(['cat', 'cat/black'])
  })

  test('to its own name changes nothing', async () => {
    await tagged('cat')

    expect(await rename('cat', 'CAT')).toMatchObject({ status: 200, body: { name: 'cat', photo_count: 1 } })
  })

  test.each([
    ['a place below itself', 'cat/cat', 'validation_failed'],
    ['no tag', 'a,b', 'validation_failed'],
    ['nothing', '  ', 'validation_failed'],
    ['what makes a tag below too long', 'x'.repeat(48), 'validation_failed'],
  ])('to %s is refused, and changes nothing', async (_what, name, code) => {
    await tagged('cat', 'cat/black')

    expect(await rename('cat', name)).toMatchObject(problem(422, code))
    expect(await counts()).toEqual([
      ['cat', 1],
      ['cat/black', 1],
    ])
  })

  test('while others put it on photos loses none of them', async () => {
    const ids = await Promise.all(Array.from({ length: 12 }, () => tagged('old')))
    const add = (id: number) =>
      alice.post(`/api/v1/photos/${id}/tags`, { tags: ['old', 'new', `t${id % 3}`] })

    const [renamed, ...replies] = await Promise.all([
      rename('old', 'new', { merge: true }),
      ...ids.map(add),
      alice.post('/api/v1/photos/batch', { photos: ids, add_tags: ['old'] }),
    ])

    expect([200, 409]).toContain(renamed.status)
    expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 200))
    for (const id of ids) expect(await tagsOf(id)).toEqual(expect.arrayContaining(['new', `t${id % 3}`]))
  })
})

describe('forgetting a tag', () => {
  test('takes it off all photos, which stay, as does what lies below', async () => {
    const [one, two] = [await tagged('cat', 'dog'), await tagged('cat', 'cat/black')]
    await alice.delete(`/api/v1/photos/${two}`)

    const reply = await alice.delete(`/api/v1/tags/${await idOf('cat')}`)

    expect(reply).toMatchObject({ status: 200, body: { deleted_tag: 'cat', photos_affected: 2 } })
    expect(await tagsOf(one)).toEqual(['dog'])
    expect(await found('q=cat')).toEqual([])
    expect(await counts()).toEqual([
      ['cat/black', 0],
      ['dog', 1],
    ])
  })

  test('that is not there, or another’s, is refused', async () => {
    await bob.create(anEgg({ tags: ['cat'] }))
    const [theirs] = (await list('', bob)).data

    for (const id of [theirs?.id, 987_654])
      expect(await alice.delete(`/api/v1/tags/${id}`)).toMatchObject(problem(404, 'tag_not_found'))
    expect(await counts('', bob)).toEqual([['cat', 1]])
  })
})
