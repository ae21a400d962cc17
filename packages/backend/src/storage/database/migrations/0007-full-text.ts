import { sql } from 'kysely'
import type { MigrationContext } from './migration-context.ts'

/** Where photos are found by words. The program fills it at its start, because it alone knows how words are folded. */
export async function addFullText({ db, engine }: MigrationContext): Promise<void> {
  for (const statement of [...tables[engine], version]) await sql.raw(statement).execute(db)
}

/** How the words were folded that the index holds; below that of the program, it is filled anew. */
const version = 'alter table installation add column texts_version integer not null default 0'

const tables = {
  // Every sign but ASCII's own separators belongs to a word there, and words come folded.
  sqlite: [
    "create virtual table photo_texts using fts5(open, own, content='', contentless_delete=1, tokenize='ascii')",
    'create trigger photo_texts_gone after delete on photos begin delete from photo_texts where rowid = old.id; end',
  ],
  postgres: [
    `create table photo_texts (
      photo_id bigint primary key references photos (id) on delete cascade,
      open tsvector not null,
      whole tsvector not null
    )`,
    'create index photo_texts_open on photo_texts using gin (open)',
    'create index photo_texts_whole on photo_texts using gin (whole)',
  ],
} as const
