import { randomBytes } from 'node:crypto'
import type { BodyOf, User, accountsEndpoints } from '@imalink/contract'
import { AppError } from '../../app-error.ts'
import { now } from '../../clock.ts'
import { type Db, inTransaction, isUniqueViolation } from '../../storage/database/database.ts'
import {
  claimFirstAdmin,
  findUserByName,
  insertUser,
  isTaken,
  setPasswordHash,
  type UserRow,
} from './accounts.repository.ts'
import { hashPassword, passwordMatches } from './secrets.ts'
import { revokeSessionsOf } from './sessions.repository.ts'

type Registration = BodyOf<typeof accountsEndpoints.register>

export function toUser(row: UserRow): User {
  return {
    id: row.id,
    username: row.username,
    email: row.email,
    display_name: row.display_name,
    is_active: row.is_active === 1,
    is_admin: row.is_admin === 1,
    created_at: row.created_at,
    updated_at: row.updated_at,
  }
}

/**
 * Makes an account; the first of an installation is its administrator.
 * Throws `registration_closed`, `username_taken`, `email_taken`.
 */
export async function registerUser(
  db: Db,
  registration: Registration,
  rules: { registration: 'open' | 'closed' },
): Promise<UserRow> {
  if (rules.registration === 'closed')
    throw new AppError('registration_closed', 'This server takes no new accounts.')
  const username = registration.username ?? `user-${randomBytes(5).toString('hex')}`
  await refuseTaken(db, username, registration.email)
  const passwordHash = await hashPassword(registration.password)
  try {
    return await inTransaction(db, async (tx) =>
      insertUser(tx, newUser(registration, username, passwordHash, await claimFirstAdmin(tx))),
    )
  } catch (error) {
    if (!isUniqueViolation(error)) throw error
    await refuseTaken(db, username, registration.email)
    throw error
  }
}

function newUser(
  { email, display_name }: Registration,
  username: string,
  passwordHash: string,
  isAdmin: boolean,
) {
  const at = now()
  return {
    username,
    username_key: username.toLowerCase(),
    email,
    email_key: email.toLowerCase(),
    display_name: display_name ?? username,
    password_hash: passwordHash,
    is_active: 1,
    is_admin: isAdmin ? 1 : 0,
    share_location: 0,
    created_at: at,
    updated_at: at,
  } as const
}

async function refuseTaken(db: Db, username: string, email: string): Promise<void> {
  if (await isTaken(db, 'username_key', username.toLowerCase())) {
    throw new AppError('username_taken', 'Another account has this username.')
  }
  if (await isTaken(db, 'email_key', email.toLowerCase())) {
    throw new AppError('email_taken', 'Another account has this e-mail address.')
  }
}

/** The account that name and password open. Throws `wrong_credentials`, alike and in like time for both. */
export async function checkPassword(db: Db, name: string, password: string): Promise<UserRow> {
  const user = await findUserByName(db, name)
  const matches = await passwordMatches(password, user?.password_hash)
  if (!matches || !user || user.is_active !== 1) {
    throw new AppError('wrong_credentials', 'The name or the password is wrong.')
  }
  return user
}

/** Gives a user another password and ends every session of theirs. False where nobody has that name. */
export async function resetPassword(db: Db, name: string, password: string): Promise<boolean> {
  const user = await findUserByName(db, name)
  if (!user) return false
  const passwordHash = await hashPassword(password)
  await inTransaction(db, async (tx) => {
    await setPasswordHash(tx, user.id, passwordHash, now())
    await revokeSessionsOf(tx, user.id, now())
  })
  return true
}
