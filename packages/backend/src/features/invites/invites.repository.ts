import { type Insertable, sql } from 'kysely'
import type { Db } from '../../storage/database/database.ts'
import type { Database } from '../../storage/database/schema.ts'

function invitesWithNames(db: Db) {
  return db
    .selectFrom('invites')
    .leftJoin('users as maker', 'maker.id', 'invites.created_by')
    .leftJoin('users as guest', 'guest.id', 'invites.used_by')
    .select(['invites.id', 'invites.note', 'invites.created_at', 'invites.expires_at', 'invites.used_at'])
    .select(['invites.created_by', 'maker.username as maker_name'])
    .select(['invites.used_by', 'guest.username as guest_name'])
}

export type InviteRow = Awaited<ReturnType<typeof listInvites>>[number]

/** One page and one row more of all invitations, latest first. */
export function listInvites(db: Db, page: { limit: number; offset: number; after: number | null }) {
  return invitesWithNames(db)
    .$if(page.after !== null, (rows) => rows.where('invites.id', '<', page.after))
    .orderBy('invites.id', 'desc')
    .limit(page.limit + 1)
    .offset(page.offset)
    .execute()
}

export async function countInvites(db: Db): Promise<number> {
  const row = await db
    .selectFrom('invites')
    .select(sql<number>`count(*)`.as('count'))
    .executeTakeFirstOrThrow()
  return row.count
}

export async function insertInvite(db: Db, invite: Insertable<Database['invites']>): Promise<InviteRow> {
  const { id } = await db.insertInto('invites').values(invite).returning('id').executeTakeFirstOrThrow()
  return invitesWithNames(db).where('invites.id', '=', id).executeTakeFirstOrThrow()
}

export async function deleteInvite(db: Db, inviteId: number): Promise<boolean> {
  const gone = await db.deleteFrom('invites').where('id', '=', inviteId).executeTakeFirst()
  return gone.numDeletedRows === 1n
}

export async function findOpenInvite(db: Db, codeHash: string, at: string): Promise<number | undefined> {
  const invite = await db
    .selectFrom('invites')
    .select('id')
    .where('code_hash', '=', codeHash)
    .where('used_at', 'is', null)
    .where('expires_at', '>', at)
    .executeTakeFirst()
  return invite?.id
}

/** Uses an invitation up; false where it is not open any more: of two at once, one is told so. */
export async function spendInvite(db: Db, codeHash: string, userId: number, at: string): Promise<boolean> {
  const spent = await db
    .updateTable('invites')
    .set({ used_by: userId, used_at: at })
    .where('code_hash', '=', codeHash)
    .where('used_at', 'is', null)
    .where('expires_at', '>', at)
    .executeTakeFirst()
  return spent.numUpdatedRows === 1n
}
