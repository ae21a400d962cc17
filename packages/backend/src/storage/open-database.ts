import type { Storage } from './database/database.ts'
import { openPostgres } from './database/postgres.ts'
import { openSqlite } from './database/sqlite.ts'

const SQLITE = 'sqlite:'

/** The database that a URL names: `sqlite:<file>` or `postgres://...`. `onLostConnection` hears of dropped connections. */
export function openDatabase(url: string, onLostConnection: (error: Error) => void): Storage {
  return url.startsWith(SQLITE) ? openSqlite(url.slice(SQLITE.length)) : openPostgres(url, onLostConnection)
}
