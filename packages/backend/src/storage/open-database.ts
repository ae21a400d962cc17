import type { DatabaseWishes, Storage } from './database/database.ts'
import { openPostgres } from './database/postgres.ts'
import { openSqlite } from './database/sqlite.ts'

const SQLITE = 'sqlite:'

const ALONE: DatabaseWishes = { onLostConnection: () => undefined, timeoutMs: 0 }

/** The database that a URL names: `sqlite:<file>` or `postgres://...`. */
export function openDatabase(url: string, wishes: DatabaseWishes = ALONE): Storage {
  return url.startsWith(SQLITE) ? openSqlite(url.slice(SQLITE.length)) : openPostgres(url, wishes)
}
