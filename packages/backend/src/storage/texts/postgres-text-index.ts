import { type SqlBool, sql } from 'kysely'
import { type Phrase, wordsOf } from '../../text/words.ts'
import type { Db } from '../database/database.ts'
import type { PhotoTexts, TextIndex, TextSearch } from './text-index.ts'

/** The furthest that a `tsvector` counts, and how often it notes a word (PostgreSQL 18, 12.9 Limitations of Text Search). */
const LAST_POSITION = 16_383
const MOST_POSITIONS = 255
const ROWS_AT_A_TIME = 500

/** `tsvector` and `tsquery` made here of words that are folded already: no configuration of a language reads them. */
export const postgresTextIndex: TextIndex = {
  async lock(tx, photoIds) {
    const photos = tx.selectFrom('photos').select('id').where('id', 'in', photoIds)
    // In one order everywhere, so that two never wait for each other.
    await photos.orderBy('id').forUpdate().execute()
  },
  async write(tx, texts) {
    for (let first = 0; first < texts.length; first += ROWS_AT_A_TIME)
      await writeRows(tx, texts.slice(first, first + ROWS_AT_A_TIME))
  },
  found: (search) => sql<{ id: number }>`(select photo_id as id from photo_texts where ${meets(search)})`,
  isFound: (search) =>
    // As a value, which is looked up for each photo: `exists` would be joined, and all that has the words gathered.
    sql<SqlBool>`(select 1 from photo_texts where photo_id = photos.id and ${meets(search)}) is not null`,
}

async function writeRows(tx: Db, texts: readonly PhotoTexts[]): Promise<void> {
  const rows = texts.map(({ photo_id, open, own }) => {
    return sql`(${photo_id}::bigint, ${vectorOf(open)}::tsvector, ${vectorOf([...open, ...own])}::tsvector)`
  })
  await sql`
    insert into photo_texts (photo_id, open, whole) values ${sql.join(rows)}
    on conflict (photo_id) do update set open = excluded.open, whole = excluded.whole`.execute(tx)
}

/** Each word with its places; the next text begins one further, so that no phrase goes on in it. */
function vectorOf(texts: readonly string[]): string {
  const places = new Map<string, number[]>()
  let place = 0
  for (const text of texts) {
    for (const word of wordsOf(text)) {
      place++
      const known = places.get(word) ?? []
      if (known.length < MOST_POSITIONS) known.push(Math.min(place, LAST_POSITION))
      places.set(word, known)
    }
    place++
  }
  return [...places].map(([word, known]) => `'${word}':${known.join(',')}`).join(' ')
}

function meets({ phrases, logic, reach }: TextSearch) {
  const query = phrases.map(phraseOf).join(logic === 'all' ? ' & ' : ' | ')
  return sql<SqlBool>`${sql.ref(reach)} @@ ${query}::tsquery`
}

/** Words have letters and digits alone, so that nothing in them ends the quotes. */
function phraseOf({ words, isPrefix }: Phrase): string {
  const [last, ...before] = words.toReversed().map((word) => `'${word}'`)
  return `(${[...before.toReversed(), `${last}${isPrefix ? ':*' : ''}`].join(' <-> ')})`
}
