import type { Socket } from 'node:net'
import { Kysely, PostgresDialect, sql } from 'kysely'
import { Pool, type PoolClient, types } from 'pg'
import type { DatabaseWishes, Storage, TableSize } from './database.ts'
import { nameOfPrepared } from './prepared.ts'
import type { Database } from './schema.ts'

const INT8 = 20
const NUMERIC = 1700
const CONNECTIONS = 10
/** A free connection, or a new one, is waited for this long. */
const CONNECT_WITHIN_MS = 5000
const CLOSE_WITHIN_MS = 2000
/** A server that still lives ends a late statement itself, and so knows as its caller does that it did nothing. */
const SILENCE_MS = 1000
/** What pg says of a statement that was not answered in time. */
const TIMED_OUT = 'Query read timeout'

/** Counts and ids are far below 2^53. */
const asNumbers = {
  getTypeParser: (oid: number, format?: 'text' | 'binary'): ((text: string) => unknown) => {
    const isNumber = (oid === INT8 || oid === NUMERIC) && format !== 'binary'
    // The text parsers of pg are declared as any.
    return isNumber ? Number : (types.getTypeParser(oid, format) as (text: string) => unknown)
  },
}

/**
 * Disks without heads read pages anywhere as fast as the next one, and to compile a query takes longer than all of ours: with
 * what PostgreSQL assumes it reads whole tables for a few dozen photos.
 */
export const PLANNER = '-c random_page_cost=1.1 -c jit=off'

/** A PostgreSQL database by its URL. */
export function openPostgres(url: string, { onLostConnection, timeoutMs }: DatabaseWishes): Storage {
  const pool = new Pool({
    connectionString: url,
    options: PLANNER,
    max: CONNECTIONS,
    types: asNumbers,
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
    keepAlive: true,
    ...(timeoutMs > 0 ? { statement_timeout: timeoutMs, query_timeout: timeoutMs + SILENCE_MS } : {}),
  })
  const clients = new Set<PoolClient>()
  // The client itself has told what the pool repeats of one that is idle.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => {
    clients.add(client)
    // Unheard, one that is lost between two statements of a transaction would end the process.
    client.on('error', onLostConnection)
    watchStatements(client)
  })
  pool.on('remove', (client) => clients.delete(client))
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) })
  return {
    db,
    engine: 'postgres',
    tableSizes: () => tableSizesOf(db),
    close: () => closeWithin(CLOSE_WITHIN_MS, db, clients),
  }
}

async function tableSizesOf(db: Kysely<Database>): Promise<TableSize[]> {
  const tables = await sql<{ name: string; bytes: number }>`
    select relname as name, pg_total_relation_size(oid) as bytes from pg_class
    where relkind = 'r' and relnamespace = current_schema()::regnamespace order by relname`.execute(db)
  const sizes: TableSize[] = []
  for (const { name, bytes } of tables.rows) {
    const { rows } = await sql<{ count: number }>`select count(*) as count from ${sql.table(name)}`.execute(
      db,
    )
    sizes.push({ name, rows: rows[0]?.count ?? 0, bytes })
  }
  return sizes
}

/**
 * Queries that are built once are parsed once by each connection; PostgreSQL knows them again by their names. A connection
 * that leaves a statement unanswered is given up: what came after would wait behind it.
 */
function watchStatements(client: PoolClient): void {
  const send = client.query.bind(client)
  const query = async (text: string, values: unknown[]) => {
    const name = nameOfPrepared(text)
    try {
      return await send(name === undefined ? { text, values } : { text, values, name })
    } catch (error) {
      if (error instanceof Error && error.message === TIMED_OUT) giveUp(client)
      throw error
    }
  }
  Object.assign(client, { query })
}

/** Without a farewell, which a silent server would not answer; statements that are under way get an error. */
function giveUp(client: PoolClient): void {
  // Every client of pg has its stream there; the types leave it out.
  const { connection } = client as PoolClient & { readonly connection: { readonly stream: Socket } }
  connection.stream.destroy()
}

/** What is under way may finish; what the database does not answer by then is given up. */
async function closeWithin(
  ms: number,
  db: Kysely<Database>,
  clients: ReadonlySet<PoolClient>,
): Promise<void> {
  const late = setTimeout(() => clients.forEach(giveUp), ms)
  try {
    await db.destroy()
  } finally {
    clearTimeout(late)
  }
}
