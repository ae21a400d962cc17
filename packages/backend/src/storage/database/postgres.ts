import { Kysely, PostgresDialect } from 'kysely'
import { Pool, type PoolClient, types } from 'pg'
import type { Storage } from './database.ts'
import { nameOfPrepared } from './prepared.ts'
import type { Database } from './schema.ts'

const INT8 = 20
const NUMERIC = 1700
const CONNECTIONS = 10

/** Counts and ids are far below 2^53. */
const asNumbers = {
  getTypeParser: (oid: number, format?: 'text' | 'binary'): ((text: string) => unknown) => {
    const isNumber = (oid === INT8 || oid === NUMERIC) && format !== 'binary'
    // The text parsers of pg are declared as any.
    return isNumber ? Number : (types.getTypeParser(oid, format) as (text: string) => unknown)
  },
}

/** A PostgreSQL database by its URL. `onLostConnection` hears of connections that the server dropped, idle or in use. */
export function openPostgres(url: string, onLostConnection: (error: Error) => void): Storage {
  const pool = new Pool({
    connectionString: url,
    max: CONNECTIONS,
    types: asNumbers,
    connectionTimeoutMillis: 5000,
  })
  pool.on('error', onLostConnection)
  // The pool listens to idle connections only; one that is lost between two statements of a transaction would end the process.
  pool.on('connect', (client) => client.on('error', onLostConnection))
  pool.on('connect', keepPlans)
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) })
  return { db, engine: 'postgres', close: () => db.destroy() }
}

/** Queries that are built once are parsed once by each connection; PostgreSQL knows them again by their names. */
function keepPlans(client: PoolClient): void {
  const send = client.query.bind(client)
  const query = (text: unknown, values?: unknown[], ...others: unknown[]): unknown => {
    const name = typeof text === 'string' ? nameOfPrepared(text) : undefined
    return Reflect.apply(
      send,
      client,
      name === undefined ? [text, values, ...others] : [{ text, name, values }],
    )
  }
  Object.assign(client, { query })
}
