import type { BodyOf, ListMeta, QueryOf, Space, SpaceInvitation, spacesEndpoints } from '@imalink/contract'
import { z } from 'zod'
import type { SignedIn } from '../../access/viewer.ts'
import { AppError } from '../../app-error.ts'
import { now } from '../../clock.ts'
import type { History } from '../../history.ts'
import { cutPage, pageMeta, readPage } from '../../paging.ts'
import { type Db, inTransaction } from '../../storage/database/database.ts'
import * as invitations from './invitations.repository.ts'
import { insertMember, lockSpace } from './spaces.repository.ts'
import { mustBe, noteMember, readSpace } from './spaces.service.ts'

type Endpoints = typeof spacesEndpoints
type Note = History['note']
type Page = { data: SpaceInvitation[]; meta: ListMeta }

const OF_SPACE = 'spaces:invitations'
const OF_USER = 'invitations'

/** Who is invited and has not answered. Throws `space_not_found`, `role_insufficient`. */
export async function invitationsOfSpace(
  db: Db,
  viewer: SignedIn,
  spaceId: number,
  query: QueryOf<Endpoints['listSpaceInvitations']>,
): Promise<Page> {
  await mustBe(db, viewer, spaceId, ['owner'])
  const page = readPage(query, OF_SPACE, z.int())
  const rows = await invitations.listOfSpace(db, spaceId, page)
  const { shown, nextCursor } = cutPage(rows, page, OF_SPACE, ({ id }) => id)
  const total = page.after === null ? await invitations.countOfSpace(db, spaceId) : null
  return { data: shown.map(toInvitation), meta: pageMeta(page, total, nextCursor) }
}

/** Where the viewer is invited to and has not answered. */
export async function invitationsOf(
  db: Db,
  viewer: SignedIn,
  query: QueryOf<Endpoints['myInvitations']>,
): Promise<Page> {
  const page = readPage(query, OF_USER, z.int())
  const rows = await invitations.listOfUser(db, viewer, page)
  const { shown, nextCursor } = cutPage(rows, page, OF_USER, ({ id }) => id)
  const total = page.after === null ? await invitations.countOfUser(db, viewer) : null
  return { data: shown.map(toInvitation), meta: pageMeta(page, total, nextCursor) }
}

/**
 * Invites the account that has the name or address now; answered alike where there is none, so that nobody is told who has an
 * account. Throws `space_not_found`, `role_insufficient`.
 */
export function invite(
  db: Db,
  viewer: SignedIn,
  spaceId: number,
  { said, note }: { readonly said: BodyOf<Endpoints['inviteToSpace']>; readonly note: Note },
): Promise<SpaceInvitation> {
  const { email, username, role = 'viewer' } = said
  const invitee = (email ?? username ?? '').normalize('NFC')
  return inTransaction(db, async (tx) => {
    await lockSpace(tx, spaceId)
    await mustBe(tx, viewer, spaceId, ['owner'])
    const invitee_key = invitee.toLowerCase()
    const column = email === undefined ? 'username_key' : 'email_key'
    const user_id = (await invitations.findInvitee(tx, column, invitee_key)) ?? null
    const about = { space_id: spaceId, user_id, invitee, invitee_key, role }
    const id = await invitations.upsertInvitation(tx, {
      ...about,
      invited_by: viewer.userId,
      created_at: now(),
    })
    const { name } = await readSpace(tx, viewer, spaceId)
    await note(tx, viewer, {
      action: 'space_invited',
      detail: { space: { id: spaceId, name }, invitee, role },
    })
    const row = await invitations.findInvitation(tx, id)
    if (!row) throw new Error('an invitation that was written is not there')
    return toInvitation(row)
  })
}

function toInvitation(row: invitations.InvitationRow): SpaceInvitation {
  const { id, space_id, space_name, invitee, role, invited_by, inviter_name, created_at } = row
  return {
    ...{ id, invitee, role, created_at },
    space: { id: space_id, name: space_name },
    status: 'pending',
    invited_by:
      invited_by === null || inviter_name === null ? null : { id: invited_by, display_name: inviter_name },
  }
}

/** Takes an invitation back. Throws `space_not_found`, `role_insufficient`, `space_invitation_not_found`. */
export function withdraw(
  db: Db,
  viewer: SignedIn,
  { spaceId, invitationId }: { readonly spaceId: number; readonly invitationId: number },
): Promise<void> {
  return inTransaction(db, async (tx) => {
    await mustBe(tx, viewer, spaceId, ['owner'])
    if (!(await invitations.deleteOfSpace(tx, spaceId, invitationId))) throw invitationNotFound()
  })
}

/** Makes the viewer a member; a role that they have already stays. Throws `space_invitation_not_found`. */
export function accept(db: Db, viewer: SignedIn, invitationId: number, note: Note): Promise<Space> {
  return inTransaction(db, async (tx) => {
    const taken = await invitations.takeOfUser(tx, viewer, invitationId)
    if (!taken) throw invitationNotFound()
    const { space_id: spaceId, role } = taken
    const user_id = viewer.userId
    const isNew = await insertMember(tx, { space_id: spaceId, user_id, role, joined_at: now() })
    if (isNew) await noteMember(tx, viewer, { spaceId, user_id, role, action: 'space_joined' }, note)
    return readSpace(tx, viewer, spaceId)
  })
}

/** Throws `space_invitation_not_found`. */
export function decline(db: Db, viewer: SignedIn, invitationId: number): Promise<void> {
  return inTransaction(db, async (tx) => {
    if (!(await invitations.takeOfUser(tx, viewer, invitationId))) throw invitationNotFound()
  })
}

const invitationNotFound = () =>
  new AppError('space_invitation_not_found', 'There is no such invitation, or no longer.')
