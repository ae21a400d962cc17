import { randomBytes } from 'node:crypto'
import type { BodyOf, authEndpoints } from '@imalink/contract'
import { AppError } from '../../app-error.ts'
import { now } from '../../clock.ts'
import { type Db, type Tx, inTransaction, isUniqueViolation } from '../../storage/database/database.ts'
import type { UserRow } from '../../user-shape.ts'
import { claimFirstAdmin, findUserByName, insertUser, isTaken, updateUser } from './accounts.repository.ts'
import { hashPassword } from './secrets.ts'
import { revokeSessionsOf } from './sessions.repository.ts'

type Registration = BodyOf<typeof authEndpoints.register>

/** What accounts need of invitations. */
export interface Invitations {
  isOpen(db: Db, code: string): Promise<boolean>
  /** Uses an invitation up for one account; false where another was quicker. */
  spend(tx: Tx, code: string, userId: number): Promise<boolean>
}

interface RegistrationRules {
  readonly registration: 'open' | 'invite' | 'closed'
  readonly invitations: Invitations
}

/**
 * Makes an account; the first of an installation is its administrator.
 * Throws `registration_closed`, `invite_invalid`, `username_taken`, `email_taken`.
 */
export async function registerUser(
  db: Db,
  registration: Registration,
  rules: RegistrationRules,
): Promise<UserRow> {
  const code = await admit(db, registration, rules)
  const username = registration.username ?? `user-${randomBytes(5).toString('hex')}`
  const names = { username, email: registration.email }
  await refuseTaken(db, names)
  const passwordHash = await hashPassword(registration.password)
  return orTaken(db, names, () =>
    inTransaction(db, async (tx) => {
      const isFirst = await claimFirstAdmin(tx)
      const user = await insertUser(tx, newUser(registration, username, passwordHash, isFirst))
      if (code !== null && !(await rules.invitations.spend(tx, code, user.id))) throw invalidInvite()
      return user
    }),
  )
}

/** The code of the invitation that the account will use up, null where none is needed. */
async function admit(
  db: Db,
  { invite }: Registration,
  { registration, invitations }: RegistrationRules,
): Promise<string | null> {
  if (registration === 'open') return null
  if (registration === 'closed')
    throw new AppError('registration_closed', 'This server takes no new accounts.')
  if (invite === undefined)
    throw new AppError('invite_invalid', 'This server takes new accounts by invitation only.')
  if (!(await invitations.isOpen(db, invite))) throw invalidInvite()
  return invite
}

function invalidInvite(): AppError {
  return new AppError('invite_invalid', 'The invitation is unknown, used or expired; ask for another.')
}

function newUser(
  { email, display_name }: Registration,
  username: string,
  passwordHash: string,
  isAdmin: boolean,
) {
  const [at, shownName] = [now(), display_name ?? username]
  return {
    username,
    username_key: username.toLowerCase(),
    email,
    email_key: email.toLowerCase(),
    display_name: shownName,
    display_name_key: shownName.toLowerCase(),
    password_hash: passwordHash,
    is_active: 1,
    is_admin: isAdmin ? 1 : 0,
    share_location: 0,
    created_at: at,
    updated_at: at,
  } as const
}

export interface ChosenNames {
  readonly username?: string | undefined
  readonly email?: string | undefined
}

/** Refuses a name or address that an account other than `exceptUserId` has: `username_taken`, `email_taken`. */
async function refuseTaken(db: Db, { username, email }: ChosenNames, exceptUserId?: number): Promise<void> {
  if (username && (await isTaken(db, 'username_key', username.toLowerCase(), exceptUserId)))
    throw new AppError('username_taken', 'Another account has this username.')
  if (email && (await isTaken(db, 'email_key', email.toLowerCase(), exceptUserId)))
    throw new AppError('email_taken', 'Another account has this e-mail address.')
}

/** Does what gives somebody these names; where the database finds one taken, says which. */
export async function orTaken<T>(
  db: Db,
  names: ChosenNames,
  work: () => Promise<T>,
  exceptUserId?: number,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (isUniqueViolation(error)) await refuseTaken(db, names, exceptUserId)
    throw error
  }
}

/** Gives a user another password and ends every session of theirs. False where nobody has that name. */
export async function resetPassword(db: Db, name: string, password: string): Promise<boolean> {
  const user = await findUserByName(db, name)
  if (!user) return false
  const passwordHash = await hashPassword(password)
  await inTransaction(db, async (tx) => {
    await updateUser(tx, user.id, { password_hash: passwordHash, updated_at: now() })
    await revokeSessionsOf(tx, user.id, { at: now() })
  })
  return true
}
