import { setTimeout as delay } from 'node:timers/promises'
import Sqlite from 'better-sqlite3'
import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  SqliteAdapter,
  SqliteDialect,
  type SqliteDialectConfig,
  type SqliteStatement,
  SqliteDriver,
  type TransactionSettings,
} from 'kysely'
import { type Storage, errorCodeOf } from './database.ts'
import type { Database } from './schema.ts'
import { PlannedOnceCompiler } from './sqlite-query-compiler.ts'

/** A statement outside a transaction waits this long inside SQLite, and with it the whole process. */
const BUSY_TIMEOUT_MS = 5000
/** A transaction waits for another process's this long, while the process goes on. */
const LOCKED_FOR_MS = 5000
const TRY_AGAIN_MS = 10
const CACHED_STATEMENTS = 300

/** A file of SQLite, or `:memory:`. A commit is on disk before it is acknowledged. */
export function openSqlite(file: string): Storage {
  const connection = new Sqlite(file, { timeout: BUSY_TIMEOUT_MS })
  connection.pragma('journal_mode = WAL')
  connection.pragma('synchronous = FULL')
  connection.pragma('foreign_keys = ON')
  connection.pragma('cache_size = -65536')
  const db = new Kysely<Database>({
    dialect: new ImmediateSqliteDialect({ database: withStatementCache(connection) }),
  })
  return { db, engine: 'sqlite', close: () => db.destroy() }
}

/** The query builder prepares each query anew, which costs more than most of them take to run. */
function withStatementCache(connection: Sqlite.Database) {
  const statements = new Map<string, SqliteStatement>()
  return {
    close: () => connection.close(),
    prepare(sql: string): SqliteStatement {
      const cached = statements.get(sql)
      if (cached) return cached
      const statement = connection.prepare(sql)
      if (statements.size >= CACHED_STATEMENTS) statements.delete(statements.keys().next().value ?? '')
      statements.set(sql, statement)
      return statement
    },
  }
}

class ImmediateSqliteDialect extends SqliteDialect {
  readonly #config: SqliteDialectConfig

  constructor(config: SqliteDialectConfig) {
    super(config)
    this.#config = config
  }

  override createDriver(): Driver {
    return new ImmediateSqliteDriver(this.#config)
  }

  override createQueryCompiler(): PlannedOnceCompiler {
    return new PlannedOnceCompiler()
  }

  override createAdapter(): SqliteAdapter {
    return new TransactionalDdlAdapter()
  }
}

/** Tables are made inside transactions as everything else is: a migration is there as a whole or not at all. */
class TransactionalDdlAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true
  }
}

/**
 * A transaction that reads first and writes later fails at once beside another process's; one that says so waits. One
 * that only reads waits for nobody. Every transaction here sees one moment.
 */
class ImmediateSqliteDriver extends SqliteDriver {
  #lockedSince: number | null = null

  override async beginTransaction(
    connection: DatabaseConnection,
    settings?: TransactionSettings,
  ): Promise<void> {
    if (settings?.accessMode === 'read only')
      await connection.executeQuery(CompiledQuery.raw('begin deferred'))
    else await this.#beginToWrite(connection)
  }

  /** Once the file has been locked for too long, those who wait behind are refused at the first look. */
  async #beginToWrite(connection: DatabaseConnection): Promise<void> {
    while (!(await this.#tryToBegin(connection))) await delay(TRY_AGAIN_MS)
    this.#lockedSince = null
  }

  async #tryToBegin(connection: DatabaseConnection): Promise<boolean> {
    await connection.executeQuery(CompiledQuery.raw('pragma busy_timeout = 0'))
    try {
      await connection.executeQuery(CompiledQuery.raw('begin immediate'))
      return true
    } catch (error) {
      if (!errorCodeOf(error).startsWith('SQLITE_BUSY')) throw error
      this.#lockedSince ??= performance.now()
      if (performance.now() - this.#lockedSince > LOCKED_FOR_MS) throw error
      return false
    } finally {
      await connection.executeQuery(CompiledQuery.raw(`pragma busy_timeout = ${BUSY_TIMEOUT_MS}`))
    }
  }
}
