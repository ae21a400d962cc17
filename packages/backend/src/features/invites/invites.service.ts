import { createHash, randomBytes } from 'node:crypto'
import type { BodyOf, Invite, ListMeta, QueryOf, invitesEndpoints } from '@imalink/contract'
import { z } from 'zod'
import { AppError } from '../../app-error.ts'
import { fromNow, now } from '../../clock.ts'
import { cutPage, pageMeta, readPage } from '../../paging.ts'
import type { Db } from '../../storage/database/database.ts'
import {
  type InviteRow,
  countInvites,
  findOpenInvite,
  insertInvite,
  listInvites,
  spendInvite,
} from './invites.repository.ts'

const LIST = 'invites'
const CODE_BYTES = 16
const USUAL_LIFE_MS = 7 * 24 * 60 * 60 * 1000

/** How a code is kept: nobody who reads the database can use it. */
function hashCode(code: string): string {
  return createHash('sha256').update(`invite:${code}`).digest('hex')
}

function toInvite(row: InviteRow): Invite {
  const { id, note, created_at, expires_at, used_at } = row
  return {
    ...{ id, note, created_at, expires_at, used_at },
    created_by: someone(row.created_by, row.maker_name),
    used_by: someone(row.used_by, row.guest_name),
  }
}

function someone(id: number | null, username: string | null) {
  return id === null || username === null ? null : { id, username }
}

/** Makes an invitation, in the name of `makerId`; the answer is the only place where its code can be read. */
export async function createInvite(
  db: Db,
  makerId: number | null,
  { note, expires_at }: BodyOf<typeof invitesEndpoints.createInvite>,
): Promise<Invite & { code: string }> {
  const expiry = expires_at ? new Date(expires_at).toISOString() : fromNow(USUAL_LIFE_MS)
  if (expiry <= now()) throw expiredAlready()
  const code = randomBytes(CODE_BYTES).toString('base64url')
  const row = await insertInvite(db, {
    code_hash: hashCode(code),
    note: note ?? null,
    created_by: makerId,
    created_at: now(),
    expires_at: expiry,
    used_by: null,
    used_at: null,
  })
  return { ...toInvite(row), code }
}

function expiredAlready(): AppError {
  const message = 'is over already'
  return new AppError('validation_failed', `body.expires_at: ${message}.`, {
    errors: [{ path: 'body.expires_at', message }],
  })
}

/** Every invitation, latest first. For administrators: the caller has been let in as one. */
export async function pageOfInvites(
  db: Db,
  query: QueryOf<typeof invitesEndpoints.listInvites>,
): Promise<{ data: Invite[]; meta: ListMeta }> {
  const page = readPage(query, LIST, z.int())
  const rows = await listInvites(db, page)
  const { shown, nextCursor } = cutPage(rows, page, LIST, ({ id }) => id)
  const total = page.after === null ? await countInvites(db) : null
  return { data: shown.map(toInvite), meta: pageMeta(page, total, nextCursor) }
}

/** What registration asks of invitations. */
export const invitations = {
  async isOpen(db: Db, code: string): Promise<boolean> {
    return (await findOpenInvite(db, hashCode(code), now())) !== undefined
  },
  /** Uses an invitation up for one account; false where it is not open any more. */
  spend(db: Db, code: string, userId: number): Promise<boolean> {
    return spendInvite(db, hashCode(code), userId, now())
  },
}
