import { afterAll, expect, test } from 'vitest'
import { type TextSearch } from '../src/storage/texts/text-index.ts'
import { textIndexOf } from '../src/storage/texts/text-index-of.ts'
import { type Phrase, readTextQuery } from '../src/text/words.ts'
import { anEgg } from './an-egg.ts'
import { indexedWords } from './text-contents.ts'
import { ALICE, testApp } from './test-app.ts'

const app = await testApp()
const alice = await app.as(ALICE)
const index = textIndexOf(app.db)
// These have other texts than their photos.
afterAll(() => app.emptyLibrary())

/** Photos of the index whose texts are only these. */
async function put(...texts: readonly { open?: string[]; own?: string[] }[]): Promise<number[]> {
  const ids: number[] = []
  for (const { open = [], own = [] } of texts) {
    const { id } = await alice.create(anEgg())
    await app.db.transaction().execute((tx) => index.write(tx, [{ photo_id: id, open, own }]))
    ids.push(id)
  }
  return ids
}

/** Found as candidates and, as a condition, row by row: the same. */
async function find(search: TextSearch): Promise<number[]> {
  const found = await app.db.selectFrom(index.found(search).as('found')).select('found.id').execute()
  const rows = await app.db
    .selectFrom('photos')
    .select('id')
    .where(index.isFound(search))
    .orderBy('id')
    .execute()
  const ids = found.map(({ id }) => id).sort((a, b) => a - b)
  expect(rows.map(({ id }) => id)).toEqual(ids)
  return ids
}

const phrases = (text: string): readonly Phrase[] => readTextQuery(text)?.all ?? []
const all = (text: string) => find({ phrases: phrases(text), logic: 'all', reach: 'whole' })

test('finds words, all of them or any, in any case and without accents', async () => {
  const [both, one] = await put({ open: ['Tromsø Ved Havet'] }, { open: ['Oslo ved fjorden'] })

  expect(await all('TROMSO ved')).toEqual([both])
  expect(await find({ phrases: phrases('tromsø fjorden'), logic: 'any', reach: 'whole' })).toEqual([
    both,
    one,
  ])
})

test('finds phrases within one text, and none across two', async () => {
  const [within] = await put(
    { open: ['green blue yellow', 'purple'] },
    { open: ['green', 'blue'], own: ['yellow'] },
  )

  expect(await all('"green blue"')).toEqual([within])
  expect(await all('"yellow purple"')).toEqual([])
  expect(await all('green "blue yellow"')).toEqual([within])
})

test('finds beginnings of words, at the end of a phrase too', async () => {
  const [id] = await put({ open: ['Kilimanjaro summit morning'] })

  expect(await all('kilim*')).toEqual([id])
  expect(await all('"kilimanjaro summ"*')).toEqual([id])
  expect(await all('"kilimanjaro morn"*')).toEqual([])
  expect(await all('kilim')).toEqual([])
})

test('finds what is its owner’s alone only where that is within reach', async () => {
  const [id] = await put({ open: ['lake'], own: ['DSC_0815.NEF'] })
  const search = { phrases: phrases('lake dsc_0815'), logic: 'all' } as const

  expect(await find({ ...search, reach: 'whole' })).toEqual([id])
  expect(await find({ ...search, reach: 'open' })).toEqual([])
})

test('forgets what a photo was found by, and photos that are gone', async () => {
  const [id = 0, other = 0] = await put({ open: ['before'] }, { open: ['before'] })
  await app.db.transaction().execute((tx) => index.write(tx, [{ photo_id: id, open: ['after'], own: [] }]))
  await app.db.deleteFrom('photos').where('id', '=', other).execute()

  expect(await all('before')).toEqual([])
  expect(await all('after')).toEqual([id])
})

test('finds letters that are words of their own, and signs of any script', async () => {
  const [tokyo, hindi] = await put({ open: ['東京タワー 2024'] }, { open: ['हिन्दी में'] })

  expect(await all('京タ')).toEqual([tokyo])
  expect(await all('京東')).toEqual([])
  expect(await all('हिन्दी')).toEqual([hindi])
})

test('holds nothing but words, however the text tries to be something else', async () => {
  const text = `'quoted' "double" \\back :colon* & | ! ( ) <-> NEAR(a b) {open}:x ; drop table photos -- \u0001 \u{1F600}`
  const [id = 0] = await put({ open: [text], own: [''] })

  const words = (await indexedWords(app.storage)).get(id)

  expect(words?.open.join(' ')).toBe('quoted double back colon near a b open x drop table photos')
  expect(await all(text)).toEqual([id])
})

test('holds long texts whole', async () => {
  const words = Array.from({ length: 6000 }, (_, number) => `w${number}`)
  const [id] = await put({ open: [words.join(' '), 'x '.repeat(500)] })

  expect(await all('"w5998 w5999"')).toEqual([id])
  expect(await all('"x x x"')).toEqual([id])
})
