import { randomUUID } from 'node:crypto'
import type { SignedIn } from '../../access/viewer.ts'
import { AppError } from '../../app-error.ts'
import { fromNow, now } from '../../clock.ts'
import { type Db, type Tx, inTransaction } from '../../storage/database/database.ts'
import type { Changes, StackBefore } from '../../history.ts'
import { deleteExpired, insertStep, takeStep } from './undo.repository.ts'

/** A photo that is not as the edit left it, and what of it. */
export interface Conflict {
  readonly photo: string
  readonly what: string
}

/** What undoing needs of photos and stacks; `app.ts` introduces them. */
export interface Restorers {
  /** Puts back what photos had, as far as nobody has changed it since; how many, and which not. */
  putBack(
    tx: Tx,
    owner: SignedIn,
    changes: Changes,
    at: string,
  ): Promise<{ restored: number; conflicts: readonly Conflict[] }>
  /** Makes stacks what they were, those that are gone as well, unless somebody has changed them since. */
  reviveStacks(tx: Tx, owner: SignedIn, stacks: readonly StackBefore[], since: string): Promise<void>
  /** Removes those of these stacks that have no photos. */
  clearStacks(tx: Tx, owner: SignedIn, stacks: readonly StackBefore[]): Promise<void>
  note(tx: Tx, owner: SignedIn, photos: number): Promise<void>
}

const HOUR_MS = 60 * 60 * 1000
const MOST_NAMED = 50

/** Remembers what an edit changed, in its transaction: the token that undoes it, or null where it changed nothing. */
export async function remember(tx: Tx, owner: SignedIn, changes: Changes): Promise<string | null> {
  const { columns, tagged, untagged, stacks } = changes
  if ([columns, tagged, untagged, stacks].every(({ length }) => length === 0)) return null
  const token = randomUUID()
  await insertStep(tx, {
    token,
    user_id: owner.userId,
    changes: JSON.stringify(changes),
    expires_at: fromNow(HOUR_MS),
  })
  return token
}

/**
 * Puts back what the token's edit changed. Throws `undo_not_found`, and `changed_since` where some of it has been changed
 * otherwise since: that is left alone, and the rest is put back.
 */
export async function undo(
  db: Db,
  owner: SignedIn,
  token: string,
  { putBack, reviveStacks, clearStacks, note }: Restorers,
): Promise<{ photos_restored: number }> {
  const { restored, conflicts } = await inTransaction(db, async (tx) => {
    const step = isToken(token) ? await takeStep(tx, owner, token, now()) : undefined
    if (step === undefined)
      throw new AppError('undo_not_found', 'There is nothing to undo by this token, or no longer.')
    const changes = JSON.parse(step) as Changes // as `remember` writes them
    await reviveStacks(tx, owner, changes.stacks, changes.at)
    const done = await putBack(tx, owner, changes, now())
    await clearStacks(tx, owner, changes.stacks)
    await note(tx, owner, done.restored)
    return done
  })
  if (conflicts.length > 0) throw changedSince(conflicts, restored)
  return { photos_restored: restored }
}

const isToken = (text: string) => /^[0-9a-f-]{36}$/.test(text)

function changedSince(conflicts: readonly Conflict[], restored: number): AppError {
  const photos = new Set(conflicts.map(({ photo }) => photo)).size
  const detail = `${photos} photos have been changed since and are left alone; ${restored} are as they were before.`
  return new AppError('changed_since', detail, {
    errors: conflicts.slice(0, MOST_NAMED).map(({ photo, what }) => ({ path: photo, message: what })),
  })
}

/** Forgets what can be undone no more; for the program itself. */
export function forgetOldSteps(db: Db): Promise<void> {
  return deleteExpired(db, now())
}
