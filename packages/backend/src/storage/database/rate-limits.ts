import { sql } from 'kysely'
import type { Db } from './database.ts'

/** One statement, so that processes and calls at once count right. `resetsAt` is in milliseconds since 1970. */
export async function countHit(
  db: Db,
  key: string,
  windowMs: number,
): Promise<{ hits: number; resetsAt: number }> {
  const at = Date.now()
  const row = await db
    .insertInto('rate_limits')
    .values({ key, hits: 1, resets_at: at + windowMs })
    .onConflict((on) =>
      on.column('key').doUpdateSet({
        hits: sql<number>`case when rate_limits.resets_at <= ${at} then 1 else rate_limits.hits + 1 end`,
        resets_at: sql<number>`case when rate_limits.resets_at <= ${at} then ${at + windowMs} else rate_limits.resets_at end`,
      }),
    )
    .returning(['hits', 'resets_at'])
    .executeTakeFirstOrThrow()
  return { hits: row.hits, resetsAt: row.resets_at }
}

/** As if the call had not been counted. */
export async function takeBackHit(db: Db, key: string): Promise<void> {
  await db
    .updateTable('rate_limits')
    .set({ hits: sql<number>`hits - 1` })
    .where('key', '=', key)
    .where('hits', '>', 0)
    .execute()
}

export async function forgetOldHits(db: Db): Promise<void> {
  await db.deleteFrom('rate_limits').where('resets_at', '<', Date.now()).execute()
}
