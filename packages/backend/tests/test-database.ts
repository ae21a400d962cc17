import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { Client } from 'pg'

export const engine = process.env['IMALINK_TEST_DATABASE'] === 'postgres' ? 'postgres' : 'sqlite'

export interface TestDatabase {
  readonly url: string
  drop(): Promise<void>
}

/** A new, empty database on the engine that this run tests; on SQLite a file in `folder`, which its owner removes. */
export function makeDatabase(folder: string): Promise<TestDatabase> {
  return makeDatabaseOn(engine, folder)
}

/** The same on the engine that is named. */
export async function makeDatabaseOn(on: 'sqlite' | 'postgres', folder: string): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`
  if (on === 'sqlite') return { url: `sqlite:${join(folder, `${name}.db`)}`, drop: async () => undefined }
  const server = process.env['IMALINK_TEST_POSTGRES_URL']
  if (!server) throw new Error('IMALINK_TEST_POSTGRES_URL names the server to test on')
  await runOn(server, `create database ${name}`)
  const url = new URL(server)
  url.pathname = `/${name}`
  return { url: url.href, drop: () => runOn(server, `drop database ${name} with (force)`) }
}

async function runOn(server: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: server })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
