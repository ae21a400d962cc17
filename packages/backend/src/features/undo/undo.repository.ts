import type { Insertable } from 'kysely'
import type { SignedIn } from '../../access/viewer.ts'
import type { Db, Tx } from '../../storage/database/database.ts'
import type { Database } from '../../storage/database/schema.ts'

export async function insertStep(tx: Tx, row: Insertable<Database['undo_steps']>): Promise<void> {
  await tx.insertInto('undo_steps').values(row).execute()
}

/** The changes that the owner's token stands for, once. */
export async function takeStep(
  tx: Tx,
  owner: SignedIn,
  token: string,
  at: string,
): Promise<string | undefined> {
  const step = await tx
    .deleteFrom('undo_steps')
    .where('token', '=', token)
    .where('user_id', '=', owner.userId)
    .where('expires_at', '>', at)
    .returning('changes')
    .executeTakeFirst()
  return step?.changes
}

/** For the program itself: steps that can be taken back no more. */
export async function deleteExpired(db: Db, at: string): Promise<void> {
  await db.deleteFrom('undo_steps').where('expires_at', '<=', at).execute()
}
