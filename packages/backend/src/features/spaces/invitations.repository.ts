import type { SpaceRole } from '@imalink/contract'
import type { Insertable } from 'kysely'
import type { SignedIn } from '../../access/viewer.ts'
import type { Db, Tx } from '../../storage/database/database.ts'
import type { Database } from '../../storage/database/schema.ts'

interface Page {
  readonly limit: number
  readonly offset: number
  readonly after: number | null
}

function invitations(db: Db) {
  return db
    .selectFrom('space_invitations')
    .innerJoin('spaces', 'spaces.id', 'space_invitations.space_id')
    .leftJoin('users', 'users.id', 'space_invitations.invited_by')
    .select(['space_invitations.id', 'space_invitations.invitee', 'space_invitations.role'])
    .select(['space_invitations.created_at', 'space_invitations.invited_by', 'space_invitations.space_id'])
    .select(['spaces.name as space_name', 'users.display_name as inviter_name'])
}

export type InvitationRow = Awaited<ReturnType<typeof listOfSpace>>[number]

function pageOf(rows: ReturnType<typeof invitations>, page: Page) {
  return rows
    .$if(page.after !== null, (some) => some.where('space_invitations.id', '>', page.after ?? 0))
    .orderBy('space_invitations.id')
    .limit(page.limit + 1)
    .offset(page.offset)
    .execute()
}

/** One page and one row more; for owners of the space. */
export function listOfSpace(db: Db, spaceId: number, page: Page) {
  return pageOf(invitations(db).where('space_invitations.space_id', '=', spaceId), page)
}

/** One page and one row more of the invitations of the viewer. */
export function listOfUser(db: Db, viewer: SignedIn, page: Page) {
  return pageOf(invitations(db).where('space_invitations.user_id', '=', viewer.userId), page)
}

async function count(db: Db, column: 'space_id' | 'user_id', id: number): Promise<number> {
  const row = await db
    .selectFrom('space_invitations')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where(column, '=', id)
    .executeTakeFirstOrThrow()
  return row.count
}

export const countOfSpace = (db: Db, spaceId: number) => count(db, 'space_id', spaceId)
export const countOfUser = (db: Db, viewer: SignedIn) => count(db, 'user_id', viewer.userId)

/** Invites, or changes the role of an invitation that is there; its id. */
export async function upsertInvitation(
  tx: Tx,
  row: Insertable<Database['space_invitations']>,
): Promise<number> {
  const { id } = await tx
    .insertInto('space_invitations')
    .values(row)
    .onConflict((on) => on.columns(['space_id', 'invitee_key']).doUpdateSet({ role: row.role }))
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

export function findInvitation(db: Db, invitationId: number) {
  return invitations(db).where('space_invitations.id', '=', invitationId).executeTakeFirst()
}

/** The account of an address or a username, undefined where there is none. */
export async function findInvitee(db: Db, column: 'email_key' | 'username_key', key: string) {
  const user = await db.selectFrom('users').select('id').where(column, '=', key).executeTakeFirst()
  return user?.id
}

/** Takes an invitation of the viewer away: what it was to, undefined where there is none. */
export function takeOfUser(
  tx: Tx,
  viewer: SignedIn,
  invitationId: number,
): Promise<{ space_id: number; role: SpaceRole } | undefined> {
  return tx
    .deleteFrom('space_invitations')
    .where('id', '=', invitationId)
    .where('user_id', '=', viewer.userId)
    .returning(['space_id', 'role'])
    .executeTakeFirst()
}

export async function deleteOfSpace(tx: Tx, spaceId: number, invitationId: number): Promise<boolean> {
  const gone = await tx
    .deleteFrom('space_invitations')
    .where('id', '=', invitationId)
    .where('space_id', '=', spaceId)
    .executeTakeFirst()
  return gone.numDeletedRows > 0n
}
