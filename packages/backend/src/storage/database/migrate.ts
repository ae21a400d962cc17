import { type Kysely, sql } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import type { Storage } from './database.ts'
import type { Database } from './schema.ts'
import { migrations } from './migrations/index.ts'

/** The database was made by a program that knows more migrations than this one. */
export class NewerDatabaseError extends Error {
  override readonly name = 'NewerDatabaseError'
}

/**
 * Brings the database to this program's version; it can be run again after an interruption.
 * Throws `NewerDatabaseError`.
 */
export async function migrate(storage: Storage): Promise<void> {
  await refuseNewer(storage)
  const known: Record<string, Migration> = Object.fromEntries(
    Object.entries(migrations).map(([name, up]) => [
      name,
      { up: (db: Kysely<Database>) => up({ db, engine: storage.engine }) },
    ]),
  )
  const migrator = new Migrator({ db: storage.db, provider: { getMigrations: async () => known } })
  const { error } = await migrator.migrateToLatest()
  if (error) throw error instanceof Error ? error : new Error('the migration failed', { cause: error })
}

async function refuseNewer({ db }: Storage): Promise<void> {
  const unknown = (await appliedMigrations(db)).find((name) => !(name in migrations))
  if (unknown) {
    throw new NewerDatabaseError(
      `The database was made by a newer version of ImaLink (it has "${unknown}"); update the program or use another data folder.`,
    )
  }
}

async function appliedMigrations(db: Storage['db']): Promise<string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true })
  if (!tables.some((table) => table.name === 'kysely_migration')) return []
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db)
  return rows.map((row) => row.name)
}

/** Whether every migration of this program has been applied. */
export async function isMigrated({ db }: Storage): Promise<boolean> {
  const applied = new Set(await appliedMigrations(db))
  return Object.keys(migrations).every((name) => applied.has(name))
}
