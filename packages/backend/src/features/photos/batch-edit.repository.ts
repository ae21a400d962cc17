import type { Visibility } from '@imalink/contract'
import { type SqlBool, type Updateable, expressionBuilder, sql } from 'kysely'
import type { SignedIn } from '../../access/viewer.ts'
import { isOwnRow, ownedBy } from '../../access/visibility.ts'
import { type Tx, locking } from '../../storage/database/database.ts'
import type { Database } from '../../storage/database/schema.ts'

const photos = expressionBuilder<Database, 'photos'>()

/** Those of the owner's photos outside the trash, which nobody else changes until the transaction ends. */
export function lockAll(
  tx: Tx,
  owner: SignedIn,
  { ids, hothashes }: { readonly ids: readonly number[]; readonly hothashes: readonly string[] },
): Promise<{ id: number; hothash: string; visibility: Visibility }[]> {
  const named = [
    ...(ids.length > 0 ? [photos('photos.id', 'in', ids)] : []),
    ...(hothashes.length > 0 ? [photos('photos.hothash', 'in', hothashes)] : []),
  ]
  const rows = tx
    .selectFrom('photos')
    .select(['id', 'hothash', 'visibility'])
    .where(photos.and([ownedBy(owner), photos.or(named)]))
  return locking(tx, rows.orderBy('id')).execute()
}

/** Gives all of these photos the values; answers the ids of those that had others. */
export async function setAll(
  tx: Tx,
  ids: readonly number[],
  values: Updateable<Database['photos']>,
  at: string,
): Promise<number[]> {
  const differs = Object.entries(values).map(
    ([column, value]) => sql<SqlBool>`${sql.ref(`photos.${column}`)} is distinct from ${value}`,
  )
  const changed = await tx
    .updateTable('photos')
    .set({ ...values, updated_at: at })
    .where('id', 'in', ids)
    .where(photos.or(differs))
    .returning('id')
    .execute()
  return changed.map(({ id }) => id)
}

/** Adds a tag to all of these photos; answers the ids of those that did not have it. */
export async function addToAll(tx: Tx, ids: readonly number[], tagId: number): Promise<number[]> {
  const added = await tx
    .insertInto('photo_tags')
    .columns(['photo_id', 'tag_id'])
    .expression(
      tx
        .selectFrom('photos')
        .select(['id as photo_id', sql<number>`cast(${tagId} as bigint)`.as('tag_id')])
        .where('id', 'in', ids),
    )
    .onConflict((on) => on.doNothing())
    .returning('photo_id')
    .execute()
  return added.map(({ photo_id }) => photo_id)
}

/** Whether one of these photos has more than `most` tags. */
export async function hasTooManyTags(tx: Tx, ids: readonly number[], most: number): Promise<boolean> {
  const full = await tx
    .selectFrom('photo_tags')
    .select('photo_id')
    .where('photo_id', 'in', ids)
    .groupBy('photo_id')
    .having(({ fn }) => fn.countAll(), '>', most)
    .limit(1)
    .execute()
  return full.length > 0
}

/** Takes the owner's tags of these names off all of these photos; answers which had which. */
export async function removeFromAll(
  tx: Tx,
  owner: SignedIn,
  ids: readonly number[],
  names: readonly string[],
): Promise<{ photo_id: number; tag_id: number }[]> {
  const tags = tx
    .selectFrom('tags')
    .select('id')
    .where('user_id', '=', owner.userId)
    .where('name', 'in', names)
  return tx
    .deleteFrom('photo_tags')
    .where('photo_id', 'in', ids)
    .where('tag_id', 'in', tags)
    .returning(['photo_id', 'tag_id'])
    .execute()
}

/** The owner's tags of these names that there are; names by id. */
export async function namesOfTags(
  tx: Tx,
  owner: SignedIn,
  names: readonly string[],
): Promise<Map<number, string>> {
  const rows = await tx
    .selectFrom('tags')
    .select(['id', 'name'])
    .where('user_id', '=', owner.userId)
    .where('name', 'in', names)
    .execute()
  return new Map(rows.map(({ id, name }) => [id, name]))
}

/** Those of the owner's photos, in the trash or not, which nobody else changes until the transaction ends. */
export function lockEvenTrashed(
  tx: Tx,
  owner: SignedIn,
  ids: readonly number[],
): Promise<{ id: number; hothash: string }[]> {
  const rows = tx
    .selectFrom('photos')
    .select(['id', 'hothash'])
    .where(isOwnRow('photos.user_id', owner))
    .where('id', 'in', ids)
  return locking(tx, rows.orderBy('id')).execute()
}

/** Some columns of photos that are locked, by their ids. */
export async function readColumns(
  tx: Tx,
  ids: readonly number[],
  columns: readonly string[],
): Promise<Map<number, Readonly<Record<string, unknown>>>> {
  const rows = await tx
    .selectFrom('photos')
    .select('id')
    .select(columns.map((column) => sql.ref(column).as(column)))
    .where('id', 'in', ids)
    .execute()
  return new Map(rows.map(({ id, ...values }) => [id, values]))
}

/** Which of these authors of the owner's there are still. */
export async function existingAuthors(tx: Tx, owner: SignedIn, ids: readonly number[]): Promise<Set<number>> {
  const some = [...new Set(ids)]
  if (some.length === 0) return new Set()
  const rows = await tx
    .selectFrom('authors')
    .select('id')
    .where('user_id', '=', owner.userId)
    .where('id', 'in', some)
    .execute()
  return new Set(rows.map(({ id }) => id))
}

/** The names of photos that are locked. */
export async function hothashesOf(tx: Tx, ids: readonly number[]): Promise<string[]> {
  const rows = await tx.selectFrom('photos').select('hothash').where('id', 'in', ids).orderBy('id').execute()
  return rows.map(({ hothash }) => hothash)
}
