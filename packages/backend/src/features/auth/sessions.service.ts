import type { ListMeta, QueryOf, Session, usersEndpoints } from '@imalink/contract'
import { z } from 'zod'
import type { SignedIn } from '../../access/viewer.ts'
import { AppError } from '../../app-error.ts'
import { fromNow, now } from '../../clock.ts'
import { cutPage, pageMeta, readPage } from '../../paging.ts'
import type { Db } from '../../storage/database/database.ts'
import {
  countSessions,
  deleteEndedSessions,
  listSessions,
  revokeSessionByHandle,
} from './sessions.repository.ts'

const LIST = 'sessions'
const KEEP_ENDED_MS = 30 * 24 * 60 * 60 * 1000
const key = z.object({ created_at: z.string(), handle: z.string() })

/** Where the caller is signed in, latest first. */
export async function pageOfSessions(
  db: Db,
  owner: SignedIn,
  query: QueryOf<typeof usersEndpoints.listSessions>,
): Promise<{ data: Session[]; meta: ListMeta }> {
  const page = readPage(query, LIST, key)
  const at = now()
  const rows = await listSessions(db, owner, { ...page, at })
  const { shown, nextCursor } = cutPage(rows, page, LIST, ({ created_at, handle }) => ({
    created_at,
    handle,
  }))
  const total = page.after === null ? await countSessions(db, owner, at) : null
  const data = shown.map(({ id, handle, ...times }) => ({
    id: handle,
    ...times,
    is_current: isCurrent(owner, id),
  }))
  return { data, meta: pageMeta(page, total, nextCursor) }
}

/** Signs a session of the caller's out. Answers whether it was the one that asks. Throws `session_not_found`. */
export async function endSession(db: Db, owner: SignedIn, handle: string): Promise<{ isCurrent: boolean }> {
  const isHandle = /^[0-9a-f]{32}$/.test(handle)
  const id = isHandle ? await revokeSessionByHandle(db, owner, handle, now()) : undefined
  if (id === undefined) throw new AppError('session_not_found', 'There is no such session of yours.')
  return { isCurrent: isCurrent(owner, id) }
}

function isCurrent({ credential }: SignedIn, sessionId: string): boolean {
  return credential.kind === 'session' && credential.sessionId === sessionId
}

/** Removes what has been over for a month: until then a spent refresh token still tells that it was stolen. */
export function forgetEndedSessions(db: Db): Promise<void> {
  return deleteEndedSessions(db, fromNow(-KEEP_ENDED_MS))
}
