import type { Granularity } from '@imalink/contract'
import Sqlite from 'better-sqlite3'
import { type CompiledQuery, Kysely, PostgresDialect, SqliteDialect } from 'kysely'
import { Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { countPhotos } from '../src/access/sources.ts'
import { ANONYMOUS, type SignedIn } from '../src/access/viewer.ts'
import { type Source, sourcesFor, sourcesOfOwner } from '../src/access/visibility.ts'
import { listNewest } from '../src/features/photos/photos.repository.ts'
import { findNearest, readBuckets } from '../src/features/timeline/buckets.repository.ts'
import { prefixLength } from '../src/features/timeline/period.ts'
import { listGrid } from '../src/features/timeline/timeline.repository.ts'
import type { Db } from '../src/storage/database/database.ts'
import type { Database } from '../src/storage/database/schema.ts'
import { testApp } from './test-app.ts'
import { engine } from './test-database.ts'

const app = await testApp()
const OWNER: SignedIn = { userId: 1, credential: { kind: 'server' } }

/** Explains what the repositories ask, on the engine that this run tests. */
interface Explainer {
  readonly db: Db
  explain(query: CompiledQuery): Promise<string>
  close(): Promise<void>
}

const asked: CompiledQuery[] = []
const log = ({ query }: { query: CompiledQuery }) => void asked.push(query)

function openSqlite(): Explainer {
  const connection = new Sqlite(app.config.databaseUrl.replace(/^sqlite:/, ''))
  const db = new Kysely<Database>({ dialect: new SqliteDialect({ database: connection }), log })
  return {
    db,
    close: () => db.destroy(),
    explain: async ({ sql, parameters }) => {
      const steps = connection.prepare(`explain query plan ${sql}`).all(...parameters)
      return (steps as { detail: string }[]).map(({ detail }) => detail).join('\n') // as SQLite documents them
    },
  }
}

/** Whatever the tables hold, PostgreSQL scans and sorts here only where it has no other way. */
const unwilling = ['seqscan', 'bitmapscan', 'sort', 'hashjoin', 'mergejoin', 'hashagg']
  .map((way) => `-c enable_${way}=off`)
  .join(' ')

function openPostgres(): Explainer {
  const pool = new Pool({ connectionString: app.config.databaseUrl, options: unwilling, max: 1 })
  // At the end its database goes with all connections to it, those that are just being closed as well.
  pool.on('connect', (client) => client.on('error', () => undefined))
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }), log })
  return {
    db,
    close: () => db.destroy(),
    explain: async ({ sql, parameters }) => {
      const { rows } = await pool.query<Record<'QUERY PLAN', string>>(`explain ${sql}`, [...parameters])
      return rows.map((row) => row['QUERY PLAN']).join('\n')
    },
  }
}

let explainer: Explainer
beforeAll(() => (explainer = engine === 'sqlite' ? openSqlite() : openPostgres()))
afterAll(() => explainer.close())

/** The plan of the one query that `ask` sends. */
async function planOf(ask: (db: Db) => Promise<unknown>): Promise<string> {
  asked.length = 0
  await ask(explainer.db)
  const [query] = asked
  if (!query || asked.length > 1) throw new Error(`one query was expected, not ${asked.length}`)
  return explainer.explain(query)
}

/** A step that reads all photos or all counts, or sorts what it has read of photos. */
const COSTLY =
  engine === 'sqlite'
    ? /SCAN (photos|photo_counts|users)|TEMP B-TREE/
    : /Seq Scan on (photos|photo_counts|users)|Sort {2}\(/

/** On SQLite a merge sorts the page that it takes of each source once more. */
const withoutPages = (plan: string) => plan.replace(/SCAN newest\nUSE TEMP B-TREE FOR ORDER BY/g, '')

const KEY = { sort_time: '2024-01-01T00:00:00', id: 1 }
const viewers: readonly [string, Source[]][] = [
  ['the owner, of all that they see', sourcesFor(OWNER)],
  ['the owner, of their own', sourcesOfOwner(OWNER, OWNER.userId)],
  ['a stranger, of one owner', sourcesOfOwner({ ...OWNER, userId: 2 }, OWNER.userId)],
  ['anybody', sourcesFor(ANONYMOUS)],
]

describe.each(viewers)('for %s', (_who, sources) => {
  test.each([
    ['the first page', null],
    ['a later page', KEY],
  ])('%s of the list comes in the order of indexes', async (_which, after) => {
    const plan = await planOf((db) => listNewest(db, sources, { limit: 50, offset: 0, after }))

    expect(plan).toMatch(/photos_(own|open)_time/)
    expect(withoutPages(plan)).not.toMatch(COSTLY)
  })

  test.each([
    ['the first page of a day', { prefix: '2024-01-01' }, null],
    ['a later page of a day', { prefix: '2024-01-01' }, KEY],
    ['what is undated', 'undated', null],
  ] as const)('%s of the grid comes in the order of indexes', async (_which, times, after) => {
    const plan = await planOf((db) => listGrid(db, sources, times, { limit: 1000, after }))

    expect(plan).toMatch(/photos_(own|open)_time/)
    expect(withoutPages(plan)).not.toMatch(COSTLY)
  })

  test.each(Object.entries(prefixLength) as [Granularity, number][])(
    'the buckets of a %s are counted, bounded and covered without reading their photos',
    async (_granularity, length) => {
      const plan = await planOf((db) => readBuckets(db, sources, { prefix: '2024', length }))

      expect(plan).toMatch(
        engine === 'sqlite' ? /SEARCH photo_counts USING PRIMARY KEY/ : /photo_counts_bucket/,
      )
      expect(plan).toMatch(/photos_(own|open)_time[^]*photos_(own|open)_best/)
      expect(plan.replace(/Sort.*\n.*Sort Key: photo_counts.*/g, '')).not.toMatch(COSTLY)
    },
  )

  test('what is nearest to the middle of a bucket is found by steps into an index', async () => {
    const middles = sources.map((source) => ({
      ...source,
      prefix: '2024',
      middle: '2024-06-15T12:00:00.000',
    }))

    const plan = await planOf((db) => findNearest(db, middles))

    expect(plan).toMatch(/photos_(own|open)_time/)
    expect(plan).not.toMatch(COSTLY)
  })

  test('totals are read from what is counted by year', async () => {
    const plan = await planOf((db) => countPhotos(db, sources, 'all'))

    expect(plan).toMatch(/photo_counts/)
    expect(plan).not.toMatch(COSTLY)
  })
})
