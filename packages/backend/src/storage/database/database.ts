import { type Kysely, type SelectQueryBuilder, SqliteAdapter, type Transaction } from 'kysely'
import type { Database } from './schema.ts'

/** A database or a transaction in one: whatever takes part in a transaction takes it first. */
export type Db = Kysely<Database>
export type Tx = Transaction<Database>

export interface DatabaseWishes {
  /** Hears of connections that the server dropped, idle or in use. */
  onLostConnection(error: Error): void
  /** A statement that a server does not answer within it fails; 0 waits for ever. A file is not waited for. */
  readonly timeoutMs: number
}

export interface TableSize {
  readonly name: string
  readonly rows: number
  readonly bytes: number
}

/** What an engine brings beside the queries that both understand. */
export interface Storage {
  readonly db: Db
  readonly engine: 'sqlite' | 'postgres'
  /** Every table with its rows and what it takes on the disk, indexes included. Reads all of it: nobody else waits for that. */
  tableSizes(): Promise<TableSize[]>
  close(): Promise<void>
}

/** Which engine a database is of. */
export function engineOf(db: Db): Storage['engine'] {
  return db.getExecutor().adapter instanceof SqliteAdapter ? 'sqlite' : 'postgres'
}

/**
 * PostgreSQL: a deadlock, a transaction that could not be put in order with another, and a row that is referred to and went
 * meanwhile: looked at again, it is missing.
 */
const retryable = new Set(['40P01', '40001', '23503'])
const ATTEMPTS = 5

/** One transaction; repeated where the database gave up one of two that were in each other's way. */
export async function inTransaction<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.transaction().execute(work)
    } catch (error) {
      if (attempt === ATTEMPTS || !retryable.has(errorCodeOf(error))) throw error
    }
  }
}

/** A query whose rows nobody else changes until the transaction ends. On SQLite a transaction that writes is alone. */
export function locking<Tables extends keyof Database, Row>(
  tx: Tx,
  rows: SelectQueryBuilder<Database, Tables, Row>,
): SelectQueryBuilder<Database, Tables, Row> {
  return engineOf(tx) === 'postgres' ? rows.forNoKeyUpdate() : rows
}

/** Several reads that see one and the same moment, whatever is written meanwhile. */
export function inSnapshot<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  return db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute(work)
}

/** The engine's own code: a SQLSTATE, or SQLite's name for it. */
export function errorCodeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

/** Whether a row refers to one that is not there, or no longer, on either engine. */
export function isReferenceViolation(error: unknown): boolean {
  return ['23503', 'SQLITE_CONSTRAINT_FOREIGNKEY'].includes(errorCodeOf(error))
}

/** Whether a unique constraint decided, on either engine. */
export function isUniqueViolation(error: unknown): boolean {
  return ['23505', 'SQLITE_CONSTRAINT_UNIQUE', 'SQLITE_CONSTRAINT_PRIMARYKEY'].includes(errorCodeOf(error))
}

/** Connection lost or refused, server starting, stopping or standing by, a statement cancelled, too many clients. */
const unreachable =
  /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|25006|57014|57P0\d|08\d{3}|53\d{3})$/
const noConnection =
  /Connection terminated|is not queryable|timeout exceeded when trying to connect|timeout expired|Query read timeout/
/** A locked or full database or disk. */
const stuck = /^(ENOSPC|EDQUOT|EROFS|SQLITE_(BUSY|FULL|IOERR|READONLY|LOCKED).*)$/

/** Whether a database server does not answer at the moment. */
export function isUnreachable(error: unknown): boolean {
  return unreachable.test(errorCodeOf(error)) || (error instanceof Error && noConnection.test(error.message))
}

/** Whether storage does not answer at the moment: the same may be asked again later. */
export function isUnavailable(error: unknown): boolean {
  return isUnreachable(error) || stuck.test(errorCodeOf(error))
}
