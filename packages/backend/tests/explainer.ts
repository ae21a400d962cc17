import Sqlite from 'better-sqlite3'
import { type CompiledQuery, Kysely, PostgresDialect, SqliteDialect } from 'kysely'
import { Pool } from 'pg'
import type { Db } from '../src/storage/database/database.ts'
import { PLANNER } from '../src/storage/database/postgres.ts'
import type { Database } from '../src/storage/database/schema.ts'
import { PlannedOnceCompiler } from '../src/storage/database/sqlite-query-compiler.ts'

/** Explains what the repositories ask, on the engine of a database. */
export interface Explainer {
  /** The plan of the one query that `ask` sends, as the engine writes plans. */
  planOf(ask: (db: Db) => Promise<unknown>): Promise<string>
  close(): Promise<void>
}

type Explain = (query: CompiledQuery) => Promise<string>

/**
 * On empty tables PostgreSQL scans and sorts whatever the indexes are: `isUnwilling`, it does so only where it has no other
 * way. SQLite plans without a look at what the tables hold.
 */
export function explainerOf(databaseUrl: string, { isUnwilling = false } = {}): Explainer {
  const asked: CompiledQuery[] = []
  const log = ({ query }: { query: CompiledQuery }) => void asked.push(query)
  const { db, explain } = databaseUrl.startsWith('sqlite:')
    ? openSqlite(databaseUrl.slice('sqlite:'.length), log)
    : openPostgres(databaseUrl, { log, options: isUnwilling ? unwilling : '' })
  return {
    close: () => db.destroy(),
    async planOf(ask) {
      asked.length = 0
      await ask(db)
      const [query] = asked
      if (!query || asked.length > 1) throw new Error(`one query was expected, not ${asked.length}`)
      return explain(query)
    },
  }
}

type Log = (event: { query: CompiledQuery }) => void

/** Queries are written as the program writes them: how a parameter stands there decides which index serves it. */
class WrittenAsByUs extends SqliteDialect {
  override createQueryCompiler(): PlannedOnceCompiler {
    return new PlannedOnceCompiler()
  }
}

function openSqlite(file: string, log: Log): { db: Db; explain: Explain } {
  const connection = new Sqlite(file)
  const db = new Kysely<Database>({ dialect: new WrittenAsByUs({ database: connection }), log })
  const explain: Explain = async ({ sql, parameters }) => {
    const steps = connection.prepare(`explain query plan ${sql}`).all(...parameters)
    return (steps as { detail: string }[]).map(({ detail }) => detail).join('\n') // as SQLite documents them
  }
  return { db, explain }
}

const unwilling = ['seqscan', 'bitmapscan', 'sort', 'hashjoin', 'mergejoin', 'hashagg']
  .map((way) => `-c enable_${way}=off`)
  .join(' ')

function openPostgres(
  connectionString: string,
  { log, options }: { log: Log; options: string },
): { db: Db; explain: Explain } {
  const pool = new Pool({ connectionString, options: `${PLANNER} ${options}`, max: 1 })
  // At the end its database goes with all connections to it, those that are just being closed as well.
  pool.on('connect', (client) => client.on('error', () => undefined))
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }), log })
  const explain: Explain = async ({ sql, parameters }) => {
    const { rows } = await pool.query<Record<'QUERY PLAN', string>>(`explain ${sql}`, [...parameters])
    return rows.map((row) => row['QUERY PLAN']).join('\n')
  }
  return { db, explain }
}
