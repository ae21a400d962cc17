import type { Db } from '../../storage/database/database.ts'

/** Somebody signed in to the account from there. */
export async function rememberAddress(
  db: Db,
  userId: number,
  addressHash: string,
  at: string,
): Promise<void> {
  await db
    .insertInto('known_addresses')
    .values({ user_id: userId, address_hash: addressHash, signed_in_at: at })
    .onConflict((on) => on.columns(['user_id', 'address_hash']).doUpdateSet({ signed_in_at: at }))
    .execute()
}

export async function isKnownAddress(
  db: Db,
  userId: number,
  addressHash: string,
  since: string,
): Promise<boolean> {
  const known = await db
    .selectFrom('known_addresses')
    .select('user_id')
    .where('user_id', '=', userId)
    .where('address_hash', '=', addressHash)
    .where('signed_in_at', '>', since)
    .executeTakeFirst()
  return known !== undefined
}

export async function forgetAddresses(db: Db, before: string): Promise<void> {
  await db.deleteFrom('known_addresses').where('signed_in_at', '<', before).execute()
}
