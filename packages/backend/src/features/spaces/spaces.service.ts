import type {
  BodyOf,
  ListMeta,
  QueryOf,
  Space,
  SpaceMember,
  SpaceRole,
  spacesEndpoints,
} from '@imalink/contract'
import { z } from 'zod'
import type { SignedIn } from '../../access/viewer.ts'
import { AppError } from '../../app-error.ts'
import { now } from '../../clock.ts'
import type { History } from '../../history.ts'
import { cutPage, pageMeta, readPage } from '../../paging.ts'
import { type Db, type Tx, inTransaction } from '../../storage/database/database.ts'
import * as spaces from './spaces.repository.ts'

type Endpoints = typeof spacesEndpoints
type Note = History['note']

const LIST = 'spaces'
const MEMBERS = 'spaces:members'
const memberKey = z.object({ joined_at: z.string(), user_id: z.int() })

/** The spaces of the viewer, in the order they were made. */
export async function pageOfSpaces(
  db: Db,
  viewer: SignedIn,
  query: QueryOf<Endpoints['listSpaces']>,
): Promise<{ data: Space[]; meta: ListMeta }> {
  const page = readPage(query, LIST, z.int())
  const rows = await spaces.listSpaces(db, viewer, page)
  const { shown, nextCursor } = cutPage(rows, page, LIST, ({ id }) => id)
  const total = page.after === null ? await spaces.countSpaces(db, viewer) : null
  return { data: shown, meta: pageMeta(page, total, nextCursor) }
}

/** Throws `space_not_found`, also for those who are no members. */
export async function readSpace(db: Db, viewer: SignedIn, spaceId: number): Promise<Space> {
  const space = await spaces.findSpace(db, viewer, spaceId)
  if (!space) throw spaceNotFound()
  return space
}

/** Throws `space_not_found` for those who are no members, `role_insufficient` for those whose role is another. */
export async function mustBe(
  db: Db,
  viewer: SignedIn,
  spaceId: number,
  roles: readonly SpaceRole[],
): Promise<void> {
  const role = await spaces.roleIn(db, viewer, spaceId)
  if (!role) throw spaceNotFound()
  if (!roles.includes(role))
    throw new AppError('role_insufficient', `As ${role} of the space you may not do this.`)
}

export const EVERY_ROLE = ['owner', 'editor', 'viewer'] as const

/** Makes a space that the viewer owns. */
export function createSpace(
  db: Db,
  viewer: SignedIn,
  { name, description = null }: BodyOf<Endpoints['createSpace']>,
): Promise<Space> {
  return inTransaction(db, async (tx) => {
    const at = now()
    const space_id = await spaces.insertSpace(tx, { name, description, created_at: at, updated_at: at })
    await spaces.insertMember(tx, { space_id, user_id: viewer.userId, role: 'owner', joined_at: at })
    return readSpace(tx, viewer, space_id)
  })
}

/** Changes what is given. Throws `space_not_found`, `role_insufficient`. */
export function changeSpace(
  db: Db,
  viewer: SignedIn,
  spaceId: number,
  { name, description }: BodyOf<Endpoints['updateSpace']>,
): Promise<Space> {
  return inTransaction(db, async (tx) => {
    await mustBe(tx, viewer, spaceId, ['owner'])
    await spaces.updateSpace(tx, spaceId, {
      ...(name === undefined ? {} : { name }),
      ...(description === undefined ? {} : { description }),
      updated_at: now(),
    })
    return readSpace(tx, viewer, spaceId)
  })
}

/** Throws `space_not_found`, `role_insufficient`. */
export function deleteSpace(db: Db, viewer: SignedIn, spaceId: number, note: Note): Promise<void> {
  return inTransaction(db, async (tx) => {
    await spaces.lockSpace(tx, spaceId)
    await mustBe(tx, viewer, spaceId, ['owner'])
    const { name } = await readSpace(tx, viewer, spaceId)
    const owners = await spaces.ownersOf(tx, spaceId)
    await spaces.deleteSpace(tx, spaceId)
    await note(tx, viewer, { action: 'space_deleted', owners, detail: { space: { id: spaceId, name } } })
  })
}

/** Who is in the space, longest-serving first. Throws `space_not_found`. */
export async function pageOfMembers(
  db: Db,
  viewer: SignedIn,
  spaceId: number,
  query: QueryOf<Endpoints['listSpaceMembers']>,
): Promise<{ data: SpaceMember[]; meta: ListMeta }> {
  await mustBe(db, viewer, spaceId, EVERY_ROLE)
  const page = readPage(query, MEMBERS, memberKey)
  const rows = await spaces.listMembers(db, spaceId, page)
  const { shown, nextCursor } = cutPage(rows, page, MEMBERS, ({ joined_at, user_id }) => ({
    joined_at,
    user_id,
  }))
  const total = page.after === null ? await spaces.countMembers(db, spaceId) : null
  return { data: shown.map(toMember), meta: pageMeta(page, total, nextCursor) }
}

function toMember({ user_id: id, username, display_name, role, joined_at }: spaces.MemberRow): SpaceMember {
  return { user: { id, username, display_name }, role, joined_at }
}

/** Whom a request names: a member, or the viewer as `me`. */
export interface Named {
  readonly spaceId: number
  readonly member: number | 'me'
}

async function memberNamed(tx: Tx, viewer: SignedIn, { spaceId, member }: Named): Promise<spaces.MemberRow> {
  const found = await spaces.findMember(tx, spaceId, member === 'me' ? viewer.userId : member)
  if (!found) throw new AppError('member_not_found', 'There is no such member of the space.')
  return found
}

/** Gives a member another role. Throws `space_not_found`, `member_not_found`, `role_insufficient`, `last_owner`. */
export function changeRole(
  db: Db,
  viewer: SignedIn,
  named: Named,
  { role, note }: { readonly role: SpaceRole; readonly note: Note },
): Promise<SpaceMember> {
  const { spaceId } = named
  return inTransaction(db, async (tx) => {
    await spaces.lockSpace(tx, spaceId)
    await mustBe(tx, viewer, spaceId, ['owner'])
    const { user_id, role: before } = await memberNamed(tx, viewer, named)
    await spaces.setRole(tx, spaceId, user_id, role)
    await mustHaveOwner(tx, spaceId)
    if (role !== before)
      await noteMember(tx, viewer, { spaceId, user_id, role, action: 'space_role_changed' }, note)
    return toMember(await memberNamed(tx, viewer, named))
  })
}

/** The viewer leaves, or removes somebody. Throws `space_not_found`, `member_not_found`, `role_insufficient`, `last_owner`. */
export function removeMember(db: Db, viewer: SignedIn, named: Named, note: Note): Promise<void> {
  const { spaceId } = named
  return inTransaction(db, async (tx) => {
    await spaces.lockSpace(tx, spaceId)
    await mustBe(tx, viewer, spaceId, EVERY_ROLE)
    const { user_id, role } = await memberNamed(tx, viewer, named)
    const isLeaving = user_id === viewer.userId
    if (!isLeaving) await mustBe(tx, viewer, spaceId, ['owner'])
    const action = isLeaving ? 'space_left' : 'space_removed'
    await noteMember(tx, viewer, { spaceId, user_id, role, action }, note)
    await spaces.deleteMember(tx, spaceId, user_id)
    await mustHaveOwner(tx, spaceId)
  })
}

async function mustHaveOwner(tx: Tx, spaceId: number): Promise<void> {
  if ((await spaces.ownersOf(tx, spaceId)).length === 0)
    throw new AppError(
      'last_owner',
      'This is the last owner; make somebody else one first, or delete the space.',
    )
}

interface Membership {
  readonly spaceId: number
  readonly user_id: number
  readonly role: SpaceRole
  readonly action: 'space_role_changed' | 'space_left' | 'space_removed' | 'space_joined'
}

/** Owners of the space and whom it is about are told. */
export async function noteMember(
  tx: Tx,
  viewer: SignedIn,
  { spaceId, user_id, role, action }: Membership,
  note: Note,
): Promise<void> {
  const member = await spaces.findMember(tx, spaceId, user_id)
  const { name } = await readSpace(tx, viewer, spaceId)
  await note(tx, viewer, {
    action,
    owners: [...(await spaces.ownersOf(tx, spaceId)), user_id],
    detail: {
      space: { id: spaceId, name },
      member: { id: user_id, display_name: member?.display_name },
      role,
    },
  })
}

/** Before an account goes: spaces that it alone owns pass to the longest-serving editor, or go as well. */
export async function passSpacesOn(tx: Tx, owner: SignedIn): Promise<void> {
  for (const { space_id, heir_id } of await spaces.aloneOwnedBy(tx, owner.userId)) {
    await spaces.lockSpace(tx, space_id)
    if (heir_id === null) await spaces.deleteSpace(tx, space_id)
    else await spaces.setRole(tx, space_id, heir_id, 'owner')
  }
}

const spaceNotFound = () => new AppError('space_not_found', 'There is no such space of yours.')
