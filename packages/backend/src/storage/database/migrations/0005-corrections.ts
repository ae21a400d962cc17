import { sql } from 'kysely'
import type { MigrationContext } from './migration-context.ts'

const columns = [
  // Whether its owner has set when and where a photo was taken: null then means that they want it so.
  'is_time_edited integer not null default 0',
  'is_place_edited integer not null default 0',
  // What they said of both, and how it is to be shown, as JSON.
  'timeloc_correction text',
  'view_correction text',
]

/** What the owner of a photo has corrected of what its original says. */
export async function addCorrections({ db }: MigrationContext): Promise<void> {
  for (const column of columns) await sql.raw(`alter table photos add column ${column}`).execute(db)
}
