import { sql } from 'kysely'
import type { MigrationContext } from './migration-context.ts'

/** Whether its owner has set when and where a photo was taken: null then means that they want it so. */
export async function addEditMarks({ db }: MigrationContext): Promise<void> {
  for (const column of ['is_time_edited', 'is_place_edited'])
    await sql.raw(`alter table photos add column ${column} integer not null default 0`).execute(db)
}
