import { SqliteAdapter } from 'kysely'
import type { Db } from '../database/database.ts'
import { postgresTextIndex } from './postgres-text-index.ts'
import { sqliteTextIndex } from './sqlite-text-index.ts'
import type { TextIndex } from './text-index.ts'

/** The text index of a database, by its engine. */
export function textIndexOf(db: Db): TextIndex {
  return db.getExecutor().adapter instanceof SqliteAdapter ? sqliteTextIndex : postgresTextIndex
}
