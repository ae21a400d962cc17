import type { AliasableExpression, Expression, SqlBool } from 'kysely'
import type { Phrase } from '../../text/words.ts'
import type { Tx } from '../database/database.ts'

/** Texts of a photo in the order of the index; a phrase lies within one of them. */
export interface PhotoTexts {
  readonly photo_id: number
  /** What everybody may find who may see the photo. */
  readonly open: readonly string[]
  /** What its owner alone may find. */
  readonly own: readonly string[]
}

/** Whose texts are looked through: what all may find, or what the owner may as well. */
export type Reach = 'open' | 'whole'

/** Phrases, all of them or any, in what `reach` takes in. */
export interface TextSearch {
  readonly phrases: readonly Phrase[]
  readonly logic: 'all' | 'any'
  readonly reach: Reach
}

/** Finds photos by words; the same on every database, whatever its own search makes of a language. */
export interface TextIndex {
  /** Until the transaction ends nobody else changes what the texts of these photos are made of. */
  lock(tx: Tx, photoIds: readonly number[]): Promise<void>
  /** Puts texts in the place of those that the photos had. */
  write(tx: Tx, texts: readonly PhotoTexts[]): Promise<void>
  /** Ids of all photos that are found. */
  found(search: TextSearch): AliasableExpression<{ id: number }>
  /** Whether the photo of a row of `photos` is found. */
  isFound(search: TextSearch): Expression<SqlBool>
}
