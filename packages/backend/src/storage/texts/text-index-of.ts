import { type Db, engineOf } from '../database/database.ts'
import { postgresTextIndex } from './postgres-text-index.ts'
import { sqliteTextIndex } from './sqlite-text-index.ts'
import type { TextIndex } from './text-index.ts'

/** The text index of a database, by its engine. */
export function textIndexOf(db: Db): TextIndex {
  return engineOf(db) === 'sqlite' ? sqliteTextIndex : postgresTextIndex
}
