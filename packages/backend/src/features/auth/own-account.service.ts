import type { BodyOf, Profile, usersEndpoints } from '@imalink/contract'
import { hasAdministrator, lockAdministrators } from '../../access/administrators.ts'
import type { SignedIn } from '../../access/viewer.ts'
import { AppError, missingReference } from '../../app-error.ts'
import { now } from '../../clock.ts'
import { type Db, type Tx, inTransaction, isReferenceViolation } from '../../storage/database/database.ts'
import { type UserRow, toProfile } from '../../user-shape.ts'
import { areThereUsers, deleteUser, findUser, updateUser } from './accounts.repository.ts'
import { orTaken } from './accounts.service.ts'
import { hashPassword } from './secrets.ts'
import { revokeSessionsOf } from './sessions.repository.ts'
import { type Caller, confirmPassword } from './sign-in.service.ts'

type ProfileChange = BodyOf<typeof usersEndpoints.updateProfile>

/** The caller's account. Throws `credentials_invalid` where it has gone meanwhile. */
export async function ownUser(db: Db, owner: SignedIn): Promise<UserRow> {
  return stillThere(await findUser(db, owner.userId))
}

function stillThere(user: UserRow | undefined): UserRow {
  if (!user) throw new AppError('credentials_invalid', 'The account is gone.')
  return user
}

/** What accounts need of authors and spaces; `app.ts` introduces them. */
export interface Beyond {
  /** Gives to others what somebody alone owns and others use, before the account goes. */
  passOn(tx: Tx, owner: SignedIn): Promise<void>
  /** Which of these ids are authors of the owner's. */
  ownAuthors(db: Db, owner: SignedIn, ids: readonly number[]): Promise<ReadonlySet<number>>
}

/** Changes what is given. Throws `username_taken`, `email_taken`, `author_not_found`. */
export async function updateProfile(
  db: Db,
  owner: SignedIn,
  { ownAuthors, change }: Pick<Beyond, 'ownAuthors'> & { readonly change: ProfileChange },
): Promise<Profile> {
  const { default_author_id: authorId } = change
  if (authorId && !(await ownAuthors(db, owner, [authorId])).has(authorId)) throw authorNotFound()
  const columns = { ...asColumns(change), updated_at: now() }
  const update = () =>
    updateUser(db, owner.userId, columns).catch((cause: unknown) => {
      // The author was deleted since it was looked for.
      throw isReferenceViolation(cause) ? authorNotFound() : cause
    })
  return toProfile(stillThere(await orTaken(db, change, update, owner.userId)))
}

const authorNotFound = () => missingReference('author_not_found', 'There is no such author of yours.')

function asColumns({ username, email, display_name, share_location, default_author_id }: ProfileChange) {
  return {
    ...(default_author_id === undefined ? {} : { default_author_id }),
    ...(username === undefined ? {} : { username, username_key: username.toLowerCase() }),
    ...(email === undefined ? {} : { email, email_key: email.toLowerCase() }),
    ...(display_name === undefined ? {} : { display_name, display_name_key: display_name.toLowerCase() }),
    ...(share_location === undefined ? {} : ({ share_location: share_location ? 1 : 0 } as const)),
  }
}

/** Another password; every other session of the caller ends. Throws `wrong_password`, `rate_limited`. */
export async function changePassword(
  db: Db,
  owner: SignedIn,
  caller: Caller,
  passwords: BodyOf<typeof usersEndpoints.changePassword>,
): Promise<void> {
  const { id } = await confirmPassword(db, caller, owner.userId, passwords.current_password)
  const passwordHash = await hashPassword(passwords.new_password)
  const { credential } = owner
  const except = credential.kind === 'session' ? { except: credential.sessionId } : {}
  await inTransaction(db, async (tx) => {
    const at = now()
    await updateUser(tx, id, { password_hash: passwordHash, updated_at: at })
    await revokeSessionsOf(tx, id, { at, ...except })
  })
}

/**
 * Removes the caller's account and everything it owns; files of previews go with the sweep that removes those which no
 * photo refers to. Throws `wrong_password`, `rate_limited`, `last_administrator`.
 */
export async function deleteAccount(
  db: Db,
  owner: SignedIn,
  caller: Caller,
  { password, passOn }: BodyOf<typeof usersEndpoints.deleteAccount> & Pick<Beyond, 'passOn'>,
): Promise<void> {
  await confirmPassword(db, caller, owner.userId, password)
  await inTransaction(db, async (tx) => {
    await lockAdministrators(tx)
    const user = stillThere(await findUser(tx, owner.userId))
    await passOn(tx, owner)
    await deleteUser(tx, user.id)
    const leavesNobody = user.is_admin === 1 && !(await hasAdministrator(tx)) && (await areThereUsers(tx))
    if (leavesNobody)
      throw new AppError(
        'last_administrator',
        'You are the last administrator; make somebody else one first, or delete the other accounts.',
      )
  })
}
