import { randomUUID } from 'node:crypto'
import type { Selectable } from 'kysely'
import type { Db } from '../../storage/database/database.ts'
import type { Database } from '../../storage/database/schema.ts'

/** Makes the installation's own row at the first start. */
export async function ensureInstallation(db: Db): Promise<void> {
  await db
    .insertInto('installation')
    .values({ id: 1, installation_id: randomUUID(), restore_epoch: 0, had_admin: 0 })
    .onConflict((on) => on.column('id').doNothing())
    .execute()
}

export function readInstallation(db: Db): Promise<Selectable<Database['installation']>> {
  return db.selectFrom('installation').selectAll().executeTakeFirstOrThrow()
}
