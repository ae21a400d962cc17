import { AppError } from '../../app-error.ts'
import { fromNow } from '../../clock.ts'
import type { Db } from '../../storage/database/database.ts'
import { countHit, takeBackHit } from '../../storage/database/rate-limits.ts'
import type { UserRow } from '../../user-shape.ts'
import { findUser, findUserByName } from './accounts.repository.ts'
import { forgetAddresses, isKnownAddress } from './known-addresses.repository.ts'
import { addressHash, hashToken, passwordMatches } from './secrets.ts'

const MAX_FAILURES = 10
const FAILURES_MS = 15 * 60 * 1000
const KNOWN_ADDRESS_MS = 30 * 24 * 60 * 60 * 1000

/** The caller's address, and the secret by which addresses are kept. */
export interface Caller {
  readonly secret: string
  readonly address: string
}

/**
 * The account that name and password open. Throws `wrong_credentials`, alike and in like time for a wrong name and a
 * wrong password, and `rate_limited` after ten failures in 15 minutes, whoever failed, unless the account has been
 * signed in to from this address: nobody can lock another out.
 */
export async function signIn(db: Db, caller: Caller, name: string, password: string): Promise<UserRow> {
  const user = await findUserByName(db, name)
  // Names that nobody has are counted alike, so that the limit tells none from the others.
  const account = user ? accountOf(user.id) : `name:${hashToken(name.toLowerCase())}`
  return countingFailures(db, (await isKnown(db, caller, user)) ? null : account, async () => {
    const opened = await openedBy(user, password)
    if (!opened) throw new AppError('wrong_credentials', 'The name or the password is wrong.')
    return opened
  })
}

/** Makes sure that it is its owner who asks for something grave. Throws `wrong_password`, `rate_limited`. */
export async function confirmPassword(
  db: Db,
  caller: Caller,
  userId: number,
  password: string,
): Promise<UserRow> {
  const user = await findUser(db, userId)
  return countingFailures(db, (await isKnown(db, caller, user)) ? null : accountOf(userId), async () => {
    const opened = await openedBy(user, password)
    if (!opened) throw new AppError('wrong_password', 'The current password is wrong.')
    return opened
  })
}

const accountOf = (userId: number) => `user:${userId}`

/** The account, if the password opens it; in like time where there is none. */
async function openedBy(user: UserRow | undefined, password: string): Promise<UserRow | null> {
  const matches = await passwordMatches(password, user?.password_hash)
  return matches && user?.is_active === 1 ? user : null
}

async function isKnown(db: Db, { secret, address }: Caller, user: UserRow | undefined): Promise<boolean> {
  if (!user) return false
  return isKnownAddress(db, user.id, addressHash(secret, address), fromNow(-KNOWN_ADDRESS_MS))
}

/**
 * Counts the attempt before it is made, so that many at once do not slip through, and takes it back when it succeeds.
 * `account` is null for one that does not count.
 */
async function countingFailures<T>(db: Db, account: string | null, attempt: () => Promise<T>): Promise<T> {
  if (account === null) return attempt()
  const key = `failures|${account}`
  const { hits, resetsAt } = await countHit(db, key, FAILURES_MS)
  if (hits > MAX_FAILURES) throw tooManyFailures(resetsAt)
  const result = await attempt()
  await takeBackHit(db, key)
  return result
}

function tooManyFailures(resetsAt: number): AppError {
  const retryAfterSeconds = Math.max(Math.ceil((resetsAt - Date.now()) / 1000), 1)
  return new AppError(
    'rate_limited',
    `Too many wrong passwords for this account; try again in ${retryAfterSeconds} s.`,
    { retryAfterSeconds },
  )
}

/** Forgets where nobody has signed in for so long that it no longer counts. */
export function forgetOldAddresses(db: Db): Promise<void> {
  return forgetAddresses(db, fromNow(-KNOWN_ADDRESS_MS))
}
