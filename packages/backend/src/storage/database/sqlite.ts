import { setTimeout as delay } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import Sqlite from 'better-sqlite3'
import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  type QueryResult,
  SqliteAdapter,
  SqliteDialect,
  type SqliteDialectConfig,
  type SqliteStatement,
  SqliteDriver,
  type TransactionSettings,
} from 'kysely'
import { type Storage, type TableSize, errorCodeOf } from './database.ts'
import type { Database } from './schema.ts'
import { PlannedOnceCompiler } from './sqlite-query-compiler.ts'

/** What another process holds locked is waited for this long: at the start, and by each statement. */
const LOCKED_FOR_MS = 5000
const TRY_AGAIN_MS = 10
const ALREADY_UNDONE = 'no transaction is active'
/** What succeeds only where nobody else has the lock. */
const WRITES = /^(begin immediate|insert|update|delete)/
const CACHED_STATEMENTS = 300

/** A file of SQLite, or `:memory:`. A commit is on disk before it is acknowledged. */
export function openSqlite(file: string): Storage {
  const connection = new Sqlite(file, { timeout: LOCKED_FOR_MS })
  connection.pragma('journal_mode = WAL')
  connection.pragma('synchronous = FULL')
  connection.pragma('foreign_keys = ON')
  connection.pragma('cache_size = -65536')
  connection.pragma('busy_timeout = 0')
  const db = new Kysely<Database>({
    dialect: new ImmediateSqliteDialect({ database: withStatementCache(connection) }),
  })
  return { db, engine: 'sqlite', tableSizes: () => tableSizesOf(file), close: () => db.destroy() }
}

/** In a thread of its own, by a connection of its own. */
function tableSizesOf(file: string): Promise<TableSize[]> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('sqlite-table-sizes.ts', import.meta.url), { workerData: file })
    worker.once('message', resolve)
    worker.once('error', reject)
  })
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
  #patient: PatientConnection | null = null

  override async acquireConnection(): Promise<DatabaseConnection> {
    this.#patient ??= new PatientConnection(await super.acquireConnection())
    return this.#patient
  }

  override async beginTransaction(
    connection: DatabaseConnection,
    settings?: TransactionSettings,
  ): Promise<void> {
    const kind = settings?.accessMode === 'read only' ? 'deferred' : 'immediate'
    await connection.executeQuery(CompiledQuery.raw(`begin ${kind}`))
  }

  /** Without room SQLite has undone the transaction itself; to say so would hide why. */
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    try {
      await super.rollbackTransaction(connection)
    } catch (error) {
      if (!(error instanceof Error && error.message.includes(ALREADY_UNDONE))) throw error
    }
  }
}

/**
 * Waits for another process's lock while this process goes on; SQLite itself would hold it up. Once the file has been
 * locked for too long, those who wait behind are refused at the first look.
 */
class PatientConnection implements DatabaseConnection {
  readonly #connection: DatabaseConnection
  #lockedSince: number | null = null

  constructor(connection: DatabaseConnection) {
    this.#connection = connection
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    for (;;) {
      try {
        const result = await this.#connection.executeQuery<R>(query)
        if (WRITES.test(query.sql)) this.#lockedSince = null
        return result
      } catch (error) {
        if (errorCodeOf(error) !== 'SQLITE_BUSY' || this.#isLockedForLong()) throw error
        await delay(TRY_AGAIN_MS)
      }
    }
  }

  streamQuery<R>(query: CompiledQuery, chunkSize: number): AsyncIterableIterator<QueryResult<R>> {
    return this.#connection.streamQuery<R>(query, chunkSize)
  }

  #isLockedForLong(): boolean {
    this.#lockedSince ??= performance.now()
    return performance.now() - this.#lockedSince > LOCKED_FOR_MS
  }
}
