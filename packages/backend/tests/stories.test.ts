import type { ActivityEntry, ListMeta, Photo, Story } from '@imalink/contract'
import { beforeEach, describe, expect, test } from 'vitest'
import { renewTexts } from '../src/features/photos/texts.repository.ts'
import { tellOlderStories } from '../src/features/stories/told-photos.service.ts'
import { anEgg } from './an-egg.ts'
import { ALICE, BOB, type Caller, testApp } from './test-app.ts'

const app = await testApp()
const [alice, bob] = [await app.as(ALICE), await app.as(BOB)]
const problem = (status: number, code: string) => ({ status, body: { code } })
const path = '/api/v1/phototext'

beforeEach(async () => {
  await app.emptyLibrary()
  for (const table of ['stories', 'spaces', 'activity'] as const) await app.db.deleteFrom(table).execute()
})

const photo = (visibility: 'private' | 'space' | 'authenticated' | 'public' = 'private') =>
  alice.create(anEgg({ visibility }))
const image = (hash: string, more: object = {}) => ({ type: 'image', hash, ...more })
const withBlocks = (...blocks: object[]) => ({ version: '1.0', blocks })
const write = async (body: object, as: Caller = alice) => {
  const reply = await as.post(path, { title: 'A story', ...body })
  expect(reply).toMatchObject({ status: 201 })
  return reply.body as Story
}
const read = (id: number, as: Caller = alice) => as.get(`${path}/${id}`)
const list = async (query = '', as: Caller = alice) =>
  (await as.get(`${path}${query}`)).body as { data: Story[]; meta: ListMeta }

describe('a story', () => {
  test('is kept as it is written, block by block', async () => {
    const [one, two] = [await photo(), await photo()]
    const content = withBlocks(
      { type: 'heading', level: 1, text: 'Ærø <b>' },
      {
        type: 'paragraph',
        content: [
          { type: 'text', text: 'It ' },
          { type: 'bold', text: 'was' },
          { type: 'italic', text: '\n' },
        ],
      },
      { type: 'list', items: ['a', ''] },
      image(one.hothash, { caption: 'One', alt: 'a boat' }),
      { type: 'collage', images: [{ hash: one.hothash }, { hash: two.hothash, caption: 'Two' }] },
    )

    const story = await write({
      abstract: 'About',
      document_type: 'album',
      cover_image: { hash: two.hothash, alt: 'x' },
      content,
    })

    expect(story).toMatchObject({
      title: 'A story',
      abstract: 'About',
      document_type: 'album',
      cover_image: { hash: two.hothash, alt: 'x' },
      content,
      visibility: 'private',
      is_published: false,
      published_at: null,
      is_mine: true,
      owner: { display_name: 'alice' },
      hidden_photos: [],
    })
    expect((await read(story.id)).body).toEqual(story)
  })

  test('takes what older clients repeat in its content', async () => {
    const { content } = await write({
      content: { version: 1, documentType: 'general', title: 'Again', blocks: [] },
    })

    expect(content).toEqual({ version: 1, blocks: [] })
  })

  test.each([
    ['a block that there is not', { content: withBlocks({ type: 'video', hash: '0'.repeat(64) }) }],
    [
      'markup of a paragraph',
      { content: withBlocks({ type: 'paragraph', content: [{ type: 'link', text: 'x' }] }) },
    ],
    ['a heading of level 7', { content: withBlocks({ type: 'heading', level: 7, text: 'x' }) }],
    ['a picture that is none', { content: withBlocks(image('nothing')) }],
    ['no blocks', { content: { version: '1' } }],
    ['an empty title', { title: ' ' }],
    ['a NUL', { abstract: 'a\0b' }],
    [
      'too many blocks',
      { content: withBlocks(...Array.from({ length: 2001 }, () => ({ type: 'list', items: [] }))) },
    ],
    [
      'too many pictures',
      {
        content: withBlocks(
          ...Array.from({ length: 21 }, () => ({
            type: 'collage',
            images: Array.from({ length: 100 }, () => ({ hash: 'a'.repeat(64) })),
          })),
        ),
      },
    ],
  ])('is not made of %s', async (_what, body) => {
    expect(await alice.post(path, { title: 'A story', ...body })).toMatchObject(
      problem(422, 'validation_failed'),
    )
    expect((await list()).meta.total).toBe(0)
  })

  test('is not made of a field of a block that there is not', async () => {
    const content = withBlocks({ type: 'list', items: [], html: '<b>' })

    expect(await alice.post(path, { title: 'x', content })).toMatchObject(problem(422, 'unknown_field'))
  })

  test('has pictures that its writer sees, and keeps those that have gone since', async () => {
    const theirs = await bob.create(anEgg({ visibility: 'private' }))
    const own = await photo()
    for (const hash of [theirs.hothash, '0'.repeat(64)])
      expect(await alice.post(path, { title: 'x', content: withBlocks(image(hash)) })).toMatchObject(
        problem(422, 'photo_not_found'),
      )
    const story = await write({ content: withBlocks(image(own.hothash)), cover_image: { hash: own.hothash } })

    await alice.delete(`/api/v1/photos/${own.id}`)
    const without = (await read(story.id)).body
    const edited = await alice.put(`${path}/${story.id}`, {
      content: withBlocks(image(own.hothash), { type: 'list', items: ['x'] }),
    })
    await alice.post(`/api/v1/photos/${own.id}/restore`)

    expect(without).toMatchObject({ cover_image: null, content: { blocks: [] } })
    expect(edited).toMatchObject({ status: 200, body: { content: { blocks: [{ type: 'list' }] } } })
    expect((await read(story.id)).body).toMatchObject({
      cover_image: { hash: own.hothash },
      content: { blocks: [{ type: 'image' }, { type: 'list' }] },
    })
  })

  test('is changed in what is given, and deleted', async () => {
    const { id } = await write({ abstract: 'x' })

    const put = await alice.put(`${path}/${id}`, { title: 'Another' })
    const patched = await alice.patch(`${path}/${id}`, { abstract: null, document_type: 'slideshow' })

    expect(put).toMatchObject({ status: 200, body: { title: 'Another', abstract: 'x' } })
    expect(patched.body).toMatchObject({ title: 'Another', abstract: null, document_type: 'slideshow' })
    expect((await alice.delete(`${path}/${id}`)).status).toBe(204)
    expect(await read(id)).toMatchObject(problem(404, 'story_not_found'))
    expect(await alice.put(`${path}/${id}`, { title: 'x' })).toMatchObject(problem(404, 'story_not_found'))
  })
})

describe('publishing', () => {
  test('lets those read a story whom its visibility names, and a draft nobody', async () => {
    const ids = Object.fromEntries(
      await Promise.all(
        (['private', 'space', 'authenticated', 'public'] as const).map(
          async (visibility) => [visibility, (await write({ visibility, is_published: true })).id] as const,
        ),
      ),
    ) as Record<string, number>
    const draft = (await write({ visibility: 'public' })).id
    const readers = async (id: number) => [
      (await read(id, bob)).status,
      (await read(id, app.anonymous)).status,
    ]

    expect(await readers(ids['private'] ?? 0)).toEqual([404, 404])
    expect(await readers(ids['space'] ?? 0)).toEqual([404, 404])
    expect(await readers(ids['authenticated'] ?? 0)).toEqual([200, 404])
    expect(await readers(ids['public'] ?? 0)).toEqual([200, 200])
    expect(await readers(draft)).toEqual([404, 404])
    expect((await list('', bob)).data.map(({ id }) => id).sort()).toEqual(
      [ids['authenticated'], ids['public']].sort(),
    )
    expect((await list('', app.anonymous)).meta.total).toBe(1)
    expect((await list('?scope=mine')).meta.total).toBe(5)
    expect((await list('?scope=alice', bob)).meta.total).toBe(2)
    expect(await app.anonymous.get(`${path}?scope=mine`)).toMatchObject(problem(401, 'credentials_required'))
    const { id: space } = (await alice.post('/api/v1/spaces', { name: 'us' })).body as { id: number }
    const invitation = (await alice.post(`/api/v1/spaces/${space}/invitations`, { username: 'bob' }))
      .body as { id: number }
    await bob.post(`/api/v1/spaces/invitations/${invitation.id}/accept`)
    expect(await readers(ids['space'] ?? 0)).toEqual([200, 404])
    for (const reply of [
      await bob.put(`${path}/${ids['public']}`, { title: 'x' }),
      await bob.delete(`${path}/${ids['public']}`),
    ])
      expect(reply).toMatchObject(problem(404, 'story_not_found'))
  })

  test('shows in it the photos that the reader may see, and names the others to its owner alone', async () => {
    const [hidden, open] = [await photo('private'), await photo('public')]
    const { id } = await write({
      visibility: 'public',
      is_published: true,
      cover_image: { hash: hidden.hothash },
      content: withBlocks(
        image(hidden.hothash),
        { type: 'collage', images: [{ hash: hidden.hothash }, { hash: open.hothash }] },
        { type: 'collage', images: [{ hash: hidden.hothash }] },
      ),
    })

    const seen = await read(id, bob)
    const exported = await bob.get(`${path}/${id}/export`)

    expect((await read(id)).body).toMatchObject({ hidden_photos: [hidden.hothash] })
    expect(seen.body).toMatchObject({
      cover_image: null,
      content: { blocks: [{ type: 'collage', images: [{ hash: open.hothash }] }] },
    })
    expect(seen.body).not.toHaveProperty('hidden_photos')
    for (const reply of [seen, exported]) expect(reply.bytes.toString()).not.toContain(hidden.hothash)
  })

  test('widens the visibility of photos where its owner says so, and never narrows it', async () => {
    const [hidden, known, open] = [
      await photo('private'),
      await photo('authenticated'),
      await photo('public'),
    ]
    const theirs = await bob.create(anEgg({ visibility: 'authenticated' }))
    const blocks = [hidden, known, open, theirs].map(({ hothash }) => image(hothash))
    const { id } = await write({ visibility: 'authenticated', content: withBlocks(...blocks) })
    const levels = () =>
      Promise.all(
        [hidden, known, open, theirs].map(
          async (one) => ((await bob.get(`/api/v1/photos/${one.id}`)).body as Photo).visibility,
        ),
      )

    await alice.put(`${path}/${id}`, { is_published: true })
    const silent = (await bob.get(`/api/v1/photos/${hidden.id}`)).status
    const synced = await alice.put(`${path}/${id}`, { sync_photos: true })

    expect(silent).toBe(404)
    expect(synced.body).toMatchObject({ hidden_photos: [] })
    expect(await levels()).toEqual(['authenticated', 'authenticated', 'public', 'authenticated'])
  })

  test('notes when, and in the log of the owner that', async () => {
    const { id } = await write({ visibility: 'public' })

    const first = (await alice.put(`${path}/${id}`, { is_published: true })).body as Story
    const again = (await alice.put(`${path}/${id}`, { is_published: true, title: 'New' })).body as Story
    await alice.put(`${path}/${id}`, { visibility: 'authenticated' })
    const withdrawn = (await alice.put(`${path}/${id}`, { is_published: false })).body as Story

    expect(first.published_at).not.toBeNull()
    expect(again.published_at).toBe(first.published_at)
    expect(withdrawn).toMatchObject({ is_published: false, published_at: null })
    const { data } = (await alice.get('/api/v1/activity')).body as { data: ActivityEntry[] }
    expect(data.map(({ action, detail }) => [action, detail['visibility']])).toEqual([
      ['story_withdrawn', 'authenticated'],
      ['story_published', 'authenticated'],
      ['story_published', 'public'],
    ])
  })
})

describe('a list of stories', () => {
  test('is found by words, and read page by page without contents', async () => {
    const one = await write({
      title: 'Sommer på Ærø',
      content: withBlocks({ type: 'list', items: ['Boats, old ones'] }),
    })
    const two = await write({ title: 'Winter', document_type: 'album', abstract: 'no boats' })
    const three = await write({ title: '100% <percent>' })

    expect((await list('?q=aero')).data.map(({ id }) => id)).toEqual([one.id])
    expect((await list('?q=BOATS old')).data.map(({ id }) => id)).toEqual([one.id])
    expect((await list('?q=boat')).data).toEqual([])
    expect((await list('?q=%25')).meta.total).toBe(3)
    expect((await list('?document_type=album')).data.map(({ id }) => id)).toEqual([two.id])
    const first = await list('?limit=2')
    const second = await list(`?limit=2&cursor=${first.meta.next_cursor}`)
    expect([...first.data, ...second.data].map(({ id }) => id)).toEqual([three.id, two.id, one.id])
    expect(first.meta.total).toBe(3)
    expect(first.data[0]).not.toHaveProperty('content')
  })
})

describe('photos in stories', () => {
  const find = async (q: string, as: Caller = alice) =>
    ((await as.get(`/api/v1/photos?q=${encodeURIComponent(q)}`)).body as { data: Photo[] }).data
      .map(({ id }) => id)
      .sort((a, b) => a - b)
  const paragraph = (text: string) => ({ type: 'paragraph', content: [{ type: 'text', text }] })
  const heading = (text: string) => ({ type: 'heading', level: 2, text })

  test('are found by its title, by what stands under them, and by the section that they are in', async () => {
    const [cover, one, two, three] = [await photo(), await photo(), await photo(), await photo()]
    await photo()

    const { id } = await write({
      title: 'Around Ærø',
      abstract: 'by bicycle',
      cover_image: { hash: cover.hothash, alt: 'the harbour' },
      content: withBlocks(
        paragraph('It rained.'),
        image(one.hothash, { caption: 'A dyke', alt: 'grass' }),
        heading('Ferries'),
        paragraph('Two of them'),
        { type: 'list', items: ['a yellow one'] },
        { type: 'collage', images: [{ hash: two.hothash, caption: 'Leaving' }, { hash: three.hothash }] },
      ),
    })

    expect(await find('aero bicycle')).toEqual([cover.id, one.id, two.id, three.id])
    expect(await find('harbour')).toEqual([cover.id])
    expect(await find('rained dyke grass')).toEqual([one.id])
    expect(await find('ferries yellow')).toEqual([two.id, three.id])
    expect(await find('leaving "two of them"')).toEqual([two.id])
    expect(await find('rained ferries')).toEqual([])

    await alice.patch(`${path}/${id}`, { content: withBlocks(image(three.hothash, { caption: 'Alone' })) })
    expect(await find('ferries')).toEqual([])
    expect(await find('bicycle')).toEqual([cover.id, three.id])
    expect(await find('alone')).toEqual([three.id])
    await alice.patch(`${path}/${id}`, { title: 'Elsewhere', cover_image: null })
    expect(await find('aero')).toEqual([])
    expect(await find('elsewhere')).toEqual([three.id])
    await alice.delete(`${path}/${id}`)
    expect(await find('elsewhere')).toEqual([])
  })

  test('are found by others as long as everybody may read the story', async () => {
    const [seen, hidden, bobs] = [
      await photo('public'),
      await photo(),
      await bob.create(anEgg({ visibility: 'public' })),
    ]
    const content = withBlocks(...[seen, hidden, bobs].map(({ hothash }) => image(hothash)))
    const { id } = await write({ title: 'Ferries', content, visibility: 'authenticated', is_published: true })
    expect(await find('ferries')).toEqual([seen.id, hidden.id])
    expect(await find('ferries', bob)).toEqual([])

    await alice.patch(`${path}/${id}`, { visibility: 'public' })
    for (const viewer of [bob, app.anonymous]) expect(await find('ferries', viewer)).toEqual([seen.id])

    await alice.patch(`${path}/${id}`, { is_published: false })
    expect(await find('ferries', bob)).toEqual([])
    expect(await find('ferries')).toEqual([seen.id, hidden.id])
    await alice.patch(`${path}/${id}`, { is_published: true })
    expect(await find('ferries', bob)).toEqual([seen.id])
    await alice.delete(`${path}/${id}`)
    expect(await find('ferries', bob)).toEqual([])
  })

  test('are found again when they come back, and by stories from before that was noted', async () => {
    const egg = anEgg()
    const gone = await alice.create(egg)
    await write({ title: 'Ferries', content: withBlocks(image(gone.hothash)) })
    await alice.delete(`/api/v1/photos/${gone.id}?permanent=true`)
    const back = await alice.create(egg)
    expect(await find('ferries')).toEqual([back.id])

    await app.db.deleteFrom('story_pictures').execute()
    await app.db.updateTable('stories').set({ is_told: 0 }).execute()
    await alice.patch(`/api/v1/photos/${back.id}`, { title: 'Back' })
    expect(await find('ferries')).toEqual([])
    await Promise.all([1, 2, 3].map(() => tellOlderStories(app.db, { renewTexts })))
    expect(await find('ferries back')).toEqual([back.id])
  })

  test('have so much of a long section that it can be kept with each', async () => {
    const one = await photo()
    const long = `${'word '.repeat(1000)}end`

    await write({ content: withBlocks(paragraph('begin'), paragraph(long), image(one.hothash)) })

    expect(await find('begin word')).toEqual([one.id])
    expect(await find('end')).toEqual([])
  })
})

describe('an export', () => {
  const hostile = '<script>alert(1)</script> **x** [a](javascript:b) & "q" \'s\n# y `c` ![i](j)'

  test('is Markdown or HTML in which text is text', async () => {
    const one = await photo('public')
    const { id } = await write({
      title: hostile,
      abstract: hostile,
      visibility: 'public',
      is_published: true,
      content: withBlocks(
        { type: 'heading', level: 2, text: hostile },
        {
          type: 'paragraph',
          content: [
            { type: 'text', text: hostile },
            { type: 'bold', text: ' b ' },
            { type: 'italic', text: hostile },
          ],
        },
        { type: 'list', items: [hostile] },
        image(one.hothash, { caption: hostile, alt: hostile }),
      ),
    })

    const markdown = await app.anonymous.get(`${path}/${id}/export`)
    const html = await app.anonymous.get(`${path}/${id}/export?format=html`)

    expect(markdown.headers.get('content-type')).toBe('text/markdown; charset=utf-8')
    expect(html.headers.get('content-type')).toBe('text/html; charset=utf-8')
    for (const { headers } of [markdown, html]) {
      expect(headers.get('content-disposition')).toContain('attachment')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
    }
    const text = markdown.bytes.toString()
    expect(text).toContain(`](/api/v1/photos/${one.hothash}/coldpreview)`)
    expect(text).not.toMatch(/(?<!\\)<script|(?<!\\)\[a|(?<!\\)`c|\n# y/)
    expect(text).toContain(' **b** ')
    const page = html.bytes.toString()
    expect(page).not.toContain('<script')
    expect(page).toContain(`<img src="/api/v1/photos/${one.hothash}/coldpreview" alt="&lt;script&gt;`)
    expect(page.match(/&lt;script&gt;/g)).toHaveLength(9)
    expect(await alice.get(`${path}/${id}/export?format=pdf`)).toMatchObject({ status: 422 })
    expect(await bob.get(`${path}/987654/export`)).toMatchObject(problem(404, 'story_not_found'))
  })
})
