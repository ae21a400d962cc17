import type { SignedIn } from '../../access/viewer.ts'
import type { Db, Tx } from '../../storage/database/database.ts'

/** A name as its author is found by, whatever its case and form. */
const keyOf = (name: string) => name.toLowerCase()

/** Which of these ids are authors of the owner's. */
export async function ownAuthors(db: Db, owner: SignedIn, ids: readonly number[]): Promise<Set<number>> {
  if (ids.length === 0) return new Set()
  const rows = await db
    .selectFrom('authors')
    .select('id')
    .where('user_id', '=', owner.userId)
    .where('id', 'in', ids)
    .execute()
  return new Set(rows.map(({ id }) => id))
}

/** The owner's authors of these names, made where they are missing; ids by name. */
export async function ensureAuthors(
  tx: Tx,
  owner: SignedIn,
  names: readonly string[],
  at: string,
): Promise<Map<string, number>> {
  if (names.length === 0) return new Map()
  const firstByKey = new Map([...names].reverse().map((name) => [keyOf(name), name]))
  // In one order everywhere, so that two imports never wait for each other in a ring.
  const keys = [...firstByKey.keys()].sort()
  await tx
    .insertInto('authors')
    .values(
      keys.map((key) => ({
        user_id: owner.userId,
        name: firstByKey.get(key) ?? key,
        name_key: key,
        created_at: at,
        updated_at: at,
      })),
    )
    .onConflict((on) => on.columns(['user_id', 'name_key']).doNothing())
    .execute()
  const rows = await tx
    .selectFrom('authors')
    .select(['id', 'name_key'])
    .where('user_id', '=', owner.userId)
    .where('name_key', 'in', keys)
    .execute()
  const ids = new Map(rows.map((row) => [row.name_key, row.id]))
  return new Map(names.flatMap((name) => (ids.has(keyOf(name)) ? [[name, ids.get(keyOf(name)) ?? 0]] : [])))
}
