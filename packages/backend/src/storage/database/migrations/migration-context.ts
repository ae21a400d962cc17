import type { Db, Storage } from '../database.ts'

/** What a migration works with: the transaction it runs in, and which engine that is. */
export interface MigrationContext {
  readonly db: Db
  readonly engine: Storage['engine']
}
