import { type SqlBool, sql } from 'kysely'
import { type Phrase, wordsOf } from '../../text/words.ts'
import type { TextIndex, TextSearch } from './text-index.ts'

/** A word of no text, between two of them. */
const BETWEEN = '\u{E000}'

/** FTS5, which is given words that are folded already and keeps no text of its own (https://sqlite.org/fts5.html). */
export const sqliteTextIndex: TextIndex = {
  // A transaction that writes is alone.
  lock: async () => undefined,
  async write(tx, texts) {
    for (const { photo_id, open, own } of texts)
      await sql`insert or replace into photo_texts (rowid, open, own) values (${photo_id}, ${column(open)}, ${column(own)})`.execute(
        tx,
      )
  },
  found,
  isFound: (search) =>
    // For the beginning of a word FTS5 puts together all that have it, which is done once, not for each photo.
    search.phrases.some(({ isPrefix }) => isPrefix)
      ? sql<SqlBool>`photos.id in ${found(search)}`
      : sql<SqlBool>`exists (select 1 from photo_texts where rowid = photos.id and photo_texts match ${matchOf(search)})`,
}

function found(search: TextSearch) {
  return sql<{ id: number }>`(select rowid as id from photo_texts where photo_texts match ${matchOf(search)})`
}

function column(texts: readonly string[]): string {
  return texts.map((text) => wordsOf(text).join(' ')).join(` ${BETWEEN} `)
}

function matchOf({ phrases, logic, reach }: TextSearch): string {
  const match = phrases.map(phraseOf).join(logic === 'all' ? ' AND ' : ' OR ')
  return reach === 'open' ? `{open} : (${match})` : match
}

/** Words have letters and digits alone, so that nothing in them ends the quotes. */
function phraseOf({ words, isPrefix }: Phrase): string {
  return `"${words.join(' ')}"${isPrefix ? ' *' : ''}`
}
