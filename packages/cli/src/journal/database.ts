import { closeSync, mkdirSync, openSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** A photo or a refusal for each file that is settled: `refusal` is null where there is a photo. */
const schema = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  CREATE TABLE IF NOT EXISTS accounts (
    id INTEGER PRIMARY KEY,
    installation_id TEXT NOT NULL,
    restore_epoch INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    UNIQUE (installation_id, restore_epoch, user_id)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS folders (
    id INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL,
    volume TEXT NOT NULL,
    path BLOB NOT NULL,
    UNIQUE (account_id, volume, path)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS files (
    folder_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    sha256 BLOB,
    hothash BLOB,
    photo_id INTEGER,
    refusal TEXT,
    detail TEXT,
    judge TEXT,
    PRIMARY KEY (folder_id, name)
  ) STRICT, WITHOUT ROWID;
`

/** Two imports at once wait for each other no longer than this. */
const BUSY_MS = 10_000
const [CORRUPT, NOT_A_DATABASE] = [11, 26]

/** Opens the journal for writing and makes it where there is none; only its owner may read it. Throws SQLite's errors. */
export function openForWriting(file: string): DatabaseSync {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  closeSync(openSync(file, 'a', 0o600))
  const database = new DatabaseSync(file, { timeout: BUSY_MS })
  try {
    database.exec(schema)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

export function openForReading(file: string): DatabaseSync {
  return new DatabaseSync(file, { readOnly: true, timeout: BUSY_MS })
}

/** Whether what SQLite says means that the file itself is of no use any more. */
export function isDamage(error: unknown): boolean {
  if (!(error instanceof Error) || !('errcode' in error)) return false
  const primary = Number(error.errcode) & 0xff
  return primary === CORRUPT || primary === NOT_A_DATABASE
}

/** Whether reading all of it comes upon damage. */
export function isDamaged(database: DatabaseSync): boolean {
  try {
    return database.prepare('PRAGMA quick_check(1)').get()?.quick_check !== 'ok'
  } catch (error) {
    return isDamage(error)
  }
}

/** Which file lies there, to tell it from one that another import has made anew meanwhile; null for none. */
export function identityOf(file: string): string | null {
  const status = statSync(file, { bigint: true, throwIfNoEntry: false })
  return status ? `${status.dev}:${status.ino}` : null
}

/** Puts a damaged journal out of the way and answers where to. */
export function setAside(file: string): string {
  const aside = `${file}.damaged-${new Date().toISOString().replaceAll(':', '')}`
  renameSync(file, aside)
  // What SQLite keeps beside a database belongs to no other one.
  for (const beside of ['-wal', '-shm']) rmSync(file + beside, { force: true })
  return aside
}
