import { sql } from 'kysely'
import type { MigrationContext } from './migration-context.ts'

/** Whom a user credits with pictures that name nobody. */
export async function addDefaultAuthor({ db }: MigrationContext): Promise<void> {
  await sql`alter table users add column default_author_id bigint references authors (id) on delete set null`.execute(
    db,
  )
  await sql`create index users_default_author on users (default_author_id) where default_author_id is not null`.execute(
    db,
  )
}
