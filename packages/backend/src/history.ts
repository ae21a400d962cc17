import type { ActivityAction } from '@imalink/contract'
import type { SignedIn } from './access/viewer.ts'
import type { Db, Tx } from './storage/database/database.ts'

/** Values by column of the photos' table: text, numbers, null. */
type Values = Readonly<Record<string, unknown>>

/** The row of a stack as it was. */
export type StackBefore = Readonly<
  Record<'id' | 'stack_type' | 'cover_photo_id' | 'created_at' | 'updated_at', unknown>
>

/** What an edit of many photos changed, with all that is needed to put it back. Kept as JSON. */
export interface Changes {
  /** When it was done, as the rows say. */
  readonly at: string
  /** Values that photos were given, and those that each of them had before. */
  readonly columns: readonly {
    readonly given: Values
    readonly before: readonly (readonly [photoId: number, values: Values])[]
  }[]
  /** Photos that were given a tag, and photos that lost it, by its name. */
  readonly tagged: readonly (readonly [name: string, photoIds: readonly number[]])[]
  readonly untagged: readonly (readonly [name: string, photoIds: readonly number[]])[]
  readonly stacks: readonly StackBefore[]
}

export const NO_CHANGES = { columns: [], tagged: [], untagged: [], stacks: [] } as const

/** Something that is worth knowing for the owner of what it was done to. */
export interface Event {
  readonly action: ActivityAction
  /** Hothashes. */
  readonly photos?: readonly string[]
  /** Where `photos` are the first of them alone. */
  readonly photo_count?: number
  readonly detail?: Readonly<Record<string, unknown>>
  /** Whose logs it goes into; the actor's own where it is left out. */
  readonly owners?: readonly number[]
}

/** What every feature may have remembered; `app.ts` introduces it. */
export interface History {
  /** Remembers what an edit changed, in its transaction: the token that undoes it, or null where it changed nothing. */
  remember(tx: Tx, owner: SignedIn, changes: Changes): Promise<string | null>
  /** Writes an event into the log of everybody whom it concerns; best in the transaction that does it. */
  note(db: Db, actor: SignedIn, event: Event): Promise<void>
}
