import { isDeepStrictEqual } from 'node:util'
import { sql } from 'kysely'
import { readTexts } from '../src/features/photos/texts.repository.ts'
import type { Db, Storage } from '../src/storage/database/database.ts'
import { wordsOf } from '../src/text/words.ts'

/** What a photo is found by, in order: words that all may find, and all words. */
interface Words {
  readonly open: readonly string[]
  readonly whole: readonly string[]
}

/** What the text index of a database holds, by the ids of photos. */
export function indexedWords({ db, engine }: Storage): Promise<Map<number, Words>> {
  return engine === 'sqlite' ? readFts(db) : readVectors(db)
}

/** Photos that are found by other words than they have, in or out of the index; empty where all is well. */
export async function strayTexts(storage: Storage): Promise<unknown[]> {
  const [indexed, expected] = [await indexedWords(storage), await wordsOfPhotos(storage)]
  return [...new Set([...indexed.keys(), ...expected.keys()])]
    .map((id) => ({ id, indexed: indexed.get(id), expected: expected.get(id) }))
    .filter((photo) => !isDeepStrictEqual(photo.indexed, photo.expected))
}

/** What it should hold. */
async function wordsOfPhotos({ db }: Storage): Promise<Map<number, Words>> {
  const ids = (await db.selectFrom('photos').select('id').execute()).map(({ id }) => id)
  const texts = ids.length === 0 ? [] : await readTexts(db, ids)
  return new Map(
    texts.map(({ photo_id, open, own }) => [
      photo_id,
      { open: open.flatMap(wordsOf), whole: [...open, ...own].flatMap(wordsOf) },
    ]),
  )
}

const BETWEEN = '\u{E000}'

async function readFts(db: Db): Promise<Map<number, Words>> {
  await sql`create virtual table if not exists temp.indexed using fts5vocab(main, photo_texts, instance)`.execute(
    db,
  )
  const { rows } = await sql<{ id: number; term: string; col: string }>`
    select doc as id, term, col from temp.indexed where term <> ${BETWEEN} order by doc, col = 'own', "offset"`.execute(
    db,
  )
  const ids = (await sql<{ id: number }>`select rowid as id from photo_texts`.execute(db)).rows
  const byId = Map.groupBy(rows, ({ id }) => id)
  return new Map(
    ids.map(({ id }) => {
      const words = byId.get(id) ?? []
      const open = words.filter(({ col }) => col === 'open')
      return [id, { open: open.map(({ term }) => term), whole: words.map(({ term }) => term) }]
    }),
  )
}

async function readVectors(db: Db): Promise<Map<number, Words>> {
  const inOrder = (vector: string) => sql`
    coalesce((select json_agg(lexeme order by position) from (
      select lexeme, unnest(positions) as position from unnest(${sql.ref(vector)})) as words), '[]')`
  const { rows } = await sql<{ id: number } & Words>`
    select photo_id as id, ${inOrder('open')} as open, ${inOrder('whole')} as whole from photo_texts`.execute(
    db,
  )
  return new Map(rows.map(({ id, open, whole }) => [id, { open, whole }]))
}
