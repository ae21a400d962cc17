import type { Db, Tx } from '../storage/database/database.ts'
import type { SignedIn } from './viewer.ts'

/** Whether the caller administers the installation. It opens accounts and invitations, and no photo. */
export async function isAdministrator(db: Db, viewer: SignedIn): Promise<boolean> {
  const user = await db
    .selectFrom('users')
    .select('is_admin')
    .where('id', '=', viewer.userId)
    .executeTakeFirst()
  return user?.is_admin === 1
}

/** Until the transaction ends, no other changes who administers: two cannot both leave the last place to the other. */
export async function lockAdministrators(tx: Tx): Promise<void> {
  await tx.updateTable('installation').set({ had_admin: 1 }).execute()
}

/** Whether an active account administers the installation. */
export async function hasAdministrator(tx: Tx): Promise<boolean> {
  const user = await tx
    .selectFrom('users')
    .select('id')
    .where('is_admin', '=', 1)
    .where('is_active', '=', 1)
    .limit(1)
    .executeTakeFirst()
  return user !== undefined
}
