import type { BodyOf, ListMeta, QueryOf, User, usersEndpoints } from '@imalink/contract'
import { z } from 'zod'
import { hasAdministrator, lockAdministrators } from '../../access/administrators.ts'
import { AppError } from '../../app-error.ts'
import { now } from '../../clock.ts'
import { cutPage, pageMeta, readPage } from '../../paging.ts'
import { type Db, type Tx, inTransaction } from '../../storage/database/database.ts'
import { toUser } from '../../user-shape.ts'
import { countUsers, listUsers, updateUser } from './users.repository.ts'

const LIST = 'users'

/** Accounts, oldest first. For administrators: the caller has been let in as one. */
export async function pageOfUsers(
  db: Db,
  query: QueryOf<typeof usersEndpoints.listUsers>,
): Promise<{ data: User[]; meta: ListMeta }> {
  const page = readPage(query, LIST, z.int())
  const part = query.q ?? ''
  const rows = await listUsers(db, part, page)
  const { shown, nextCursor } = cutPage(rows, page, LIST, ({ id }) => id)
  const total = page.after === null ? await countUsers(db, part) : null
  return { data: shown.map(toUser), meta: pageMeta(page, total, nextCursor) }
}

/** Ends every session of a user, in the transaction that deactivates them. */
export type EndSessions = (tx: Tx, userId: number) => Promise<void>

/**
 * Changes what an account may do. A deactivated one is signed out everywhere, and its keys open nothing until it is
 * active again. Throws `user_not_found`, `last_administrator`.
 */
export function changeStanding(
  db: Db,
  endSessions: EndSessions,
  userId: number,
  { is_active, is_admin }: BodyOf<typeof usersEndpoints.updateUser>,
): Promise<User> {
  const change = {
    ...(is_active === undefined ? {} : ({ is_active: is_active ? 1 : 0 } as const)),
    ...(is_admin === undefined ? {} : ({ is_admin: is_admin ? 1 : 0 } as const)),
    updated_at: now(),
  }
  return inTransaction(db, async (tx) => {
    await lockAdministrators(tx)
    const user = await updateUser(tx, userId, change)
    if (!user) throw new AppError('user_not_found', 'There is no such account.')
    if (is_active === false) await endSessions(tx, userId)
    if (!(await hasAdministrator(tx)))
      throw new AppError(
        'last_administrator',
        'This is the last administrator; make somebody else one first.',
      )
    return toUser(user)
  })
}
