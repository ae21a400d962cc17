import type { Selectable } from 'kysely'
import { type Db, type Tx, locking } from '../../storage/database/database.ts'
import type { Database } from '../../storage/database/schema.ts'

/** Parameters in one statement have an end. */
const AT_ONCE = 1000

/** A story, which nobody else changes until the transaction ends: for the text index, not for a viewer. */
export function lockAnybodys(tx: Tx, id: number) {
  return locking(tx, tx.selectFrom('stories').selectAll().where('id', '=', id)).executeTakeFirst()
}

/** What a story said of its pictures when that was last noted. */
export async function toldOf(tx: Tx, storyId: number): Promise<Map<string, string>> {
  const rows = await tx
    .selectFrom('story_pictures')
    .select(['hothash', 'texts'])
    .where('story_id', '=', storyId)
    .execute()
  return new Map(rows.map(({ hothash, texts }) => [hothash, texts]))
}

/** Notes what a story says of some of its pictures, null where they are no longer in it. */
export async function tell(
  tx: Tx,
  { id, user_id }: Pick<Selectable<Database['stories']>, 'id' | 'user_id'>,
  changes: ReadonlyMap<string, string | null>,
): Promise<void> {
  const all = [...changes]
  for (let first = 0; first < all.length; first += AT_ONCE) {
    const some = all.slice(first, first + AT_ONCE)
    const rows = some.flatMap(([hothash, texts]) =>
      texts === null ? [] : { story_id: id, user_id, hothash, texts },
    )
    await tx
      .deleteFrom('story_pictures')
      .where('story_id', '=', id)
      .where(
        'hothash',
        'in',
        some.map(([hothash]) => hothash),
      )
      .execute()
    if (rows.length > 0) await tx.insertInto('story_pictures').values(rows).execute()
  }
}

/** Ids of a user's photos that have these hothashes, in the trash as well: for the text index, not for a viewer. */
export async function idsOf(tx: Tx, userId: number, hothashes: readonly string[]): Promise<number[]> {
  const ids: number[] = []
  for (let first = 0; first < hothashes.length; first += AT_ONCE)
    for (const { id } of await tx
      .selectFrom('photos')
      .select('id')
      .where('user_id', '=', userId)
      .where('hothash', 'in', hothashes.slice(first, first + AT_ONCE))
      .execute())
      ids.push(id)
  return ids
}

/** Somebody's story of which is not noted yet what it says of its pictures. */
export function findUntold(db: Db): Promise<{ id: number } | undefined> {
  return db.selectFrom('stories').select('id').where('is_told', '=', 0).limit(1).executeTakeFirst()
}
