import { describe, expect, test } from 'vitest'
import { fillTexts } from '../src/features/photos/texts.service.ts'
import { anEgg } from './an-egg.ts'
import { ALICE, BOB, type Caller, testApp } from './test-app.ts'
import { indexedWords } from './text-contents.ts'

const app = await testApp()
const [alice, bob] = [await app.as(ALICE), await app.as(BOB)]
const PHOTOS = '/api/v1/photos'

async function found(who: Caller, q: string): Promise<number[]> {
  const { body } = await who.get(`${PHOTOS}?q=${encodeURIComponent(q)}`)
  return (body as { data: { id: number }[] }).data.map(({ id }) => id)
}

describe('a photo is found by', () => {
  test.each([
    ['title', { title: 'Midnattssol i Tromsø' }, 'midnattssol tromso'],
    ['description', { description: 'Zwei Straßenbahnen' }, '"zwei strassenbahnen"'],
    ['tags', { tags: ['Čeština/hrad'] }, 'cestina hrad'],
    ['category', { category: 'Reportage' }, 'reportage'],
    [
      'camera',
      { metadata: { camera_make: 'Voigtländer', camera_model: 'Bessa R4A' } },
      'voigtlander "bessa r4a"',
    ],
    ['lens', { metadata: { lens_make: 'Zeiss', lens_model: 'Planar T* 1.4/50' } }, 'zeiss "planar t"'],
    ['file name', { primary_filename: 'DSCF_4711.RAF' }, 'dscf_4711'],
    ['author', { creator: 'Astrid Kirchherr' }, 'kirchherr'],
  ])('its %s', async (_what, egg, q) => {
    const { id } = await alice.create(anEgg(egg))

    expect(await found(alice, q)).toEqual([id])
  })

  test('what is changed of it, as soon as that is acknowledged, and not by what it was', async () => {
    const { id } = await alice.create(anEgg({ title: 'erstwhile', tags: ['former'] }))
    await alice.patch(`${PHOTOS}/${id}`, { title: 'nowadays' })
    await alice.post(`${PHOTOS}/${id}/tags`, { tags: ['latter'] })
    await alice.delete(`${PHOTOS}/${id}/tags/former`)
    await alice.post(`${PHOTOS}/${id}/files`, { filename: 'elsewhere.dng' })

    expect(await found(alice, 'nowadays latter elsewhere')).toEqual([id])
    expect(await found(alice, 'erstwhile')).toEqual([])
    expect(await found(alice, 'former')).toEqual([])
  })

  test('what a batch edit says of it', async () => {
    const { id } = await alice.create(anEgg())
    await alice.post(`${PHOTOS}/batch`, { photos: [id], set: { description: 'batched' }, add_tags: ['bulk'] })

    expect(await found(alice, 'batched bulk')).toEqual([id])
  })

  test('what its duplicate adds', async () => {
    const egg = anEgg({ seed: 'twice' })
    const { id } = await alice.create(egg)
    await alice.create({
      ...egg,
      file_sha256: 'ab'.repeat(32),
      primary_filename: 'copy-of-it.jpg',
      metadata: { ...egg.metadata, camera_model: 'Duplicator' },
    })

    expect(await found(alice, '"copy of it" duplicator')).toEqual([id])
  })
})

describe('a photo of somebody else', () => {
  test('is found where it may be seen, but not by the names of its files', async () => {
    const egg = anEgg({ title: 'harbour', primary_filename: 'secretname.jpg', visibility: 'public' })
    const { id } = await alice.create(egg)
    await alice.create(anEgg({ title: 'harbour', visibility: 'private' }))

    for (const stranger of [bob, app.anonymous]) {
      expect(await found(stranger, 'harbour')).toEqual([id])
      expect(await found(stranger, 'secretname')).toEqual([])
      expect(await found(stranger, 'harbour secretname')).toEqual([])
      expect(await found(stranger, 'harbour -secretname')).toEqual([id])
    }
    expect(await found(alice, 'harbour secretname')).toEqual([id])
  })

  test('is not found any more when it is made private or thrown away', async () => {
    const { id } = await alice.create(anEgg({ title: 'ephemeral', visibility: 'public' }))
    const before = await found(bob, 'ephemeral')
    await alice.patch(`${PHOTOS}/${id}`, { visibility: 'private' })
    const hidden = await found(bob, 'ephemeral')
    await alice.delete(`${PHOTOS}/${id}`)

    expect([before, hidden, await found(alice, 'ephemeral')]).toEqual([[id], [], []])
  })
})

describe('a query', () => {
  test.each([
    '"unbalanced',
    'a OR b',
    'NEAR(a b, 5)',
    '{open}:a',
    "'; drop table photos; --",
    'a & | ! b:*',
    '(((',
    '^a + b',
    '\\',
    '* - -* "*"',
    'a\u0001b',
    '😀',
    '%_',
  ])('%s is words, never an error', async (q) => {
    const reply = await alice.get(`${PHOTOS}?q=${encodeURIComponent(q)}`)

    expect(reply.status).toBe(200)
  })

  test('of no word at all finds nothing, and an empty one asks for nothing', async () => {
    await alice.create(anEgg())

    expect(await found(alice, '!!!')).toEqual([])
    expect((await found(alice, '  ')).length).toBeGreaterThan(0)
  })

  test('of words that are not wanted finds all others', async () => {
    const { id } = await alice.create(anEgg({ title: 'unwanted guest' }))
    const { id: other } = await alice.create(anEgg({ title: 'guest' }))

    const rest = await found(alice, '-unwanted -"no such phrase"')

    expect(rest).toContain(other)
    expect(rest).not.toContain(id)
  })

  test.each([
    ['NUL', '%00'],
    ['501 characters', 'x'.repeat(501)],
  ])('with %s is refused', async (_what, q) => {
    expect((await alice.get(`${PHOTOS}?q=${q}`)).status).toBe(422)
  })
})

test('an index of another version is filled anew, and one of this version left as it is', async () => {
  await alice.create(anEgg({ title: 'kept' }))
  const before = await indexedWords(app.storage)
  await app.db.updateTable('installation').set({ texts_version: 0 }).execute()

  const filled = await fillTexts(app.db)
  const again = await fillTexts(app.db)

  expect([filled, again]).toEqual([before.size, 0])
  expect(await indexedWords(app.storage)).toEqual(before)
})
