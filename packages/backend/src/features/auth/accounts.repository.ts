import type { Insertable, Updateable } from 'kysely'
import type { Db } from '../../storage/database/database.ts'
import type { Database } from '../../storage/database/schema.ts'
import type { UserRow } from '../../user-shape.ts'

/** Inserts a user; the unique constraints on name and address decide between two that come at once. */
export function insertUser(db: Db, user: Insertable<Database['users']>): Promise<UserRow> {
  return db.insertInto('users').values(user).returningAll().executeTakeFirstOrThrow()
}

/** True for one caller in an installation's life. */
export async function claimFirstAdmin(db: Db): Promise<boolean> {
  const claim = await db
    .updateTable('installation')
    .set({ had_admin: 1 })
    .where('had_admin', '=', 0)
    .executeTakeFirst()
  return claim.numUpdatedRows === 1n
}

/** An e-mail address or a username, in either field. */
export async function findUserByName(db: Db, name: string): Promise<UserRow | undefined> {
  // PostgreSQL refuses such text, so nobody has such a name.
  if (name.includes('\0') || !name.isWellFormed()) return undefined
  const key = name.toLowerCase()
  return db
    .selectFrom('users')
    .selectAll()
    .where((user) => user.or([user('email_key', '=', key), user('username_key', '=', key)]))
    .executeTakeFirst()
}

export function findUser(db: Db, userId: number): Promise<UserRow | undefined> {
  return db.selectFrom('users').selectAll().where('id', '=', userId).executeTakeFirst()
}

/** Whether an account other than `exceptUserId` has the name or address. */
export async function isTaken(
  db: Db,
  column: 'username_key' | 'email_key',
  key: string,
  exceptUserId = 0,
): Promise<boolean> {
  const user = await db
    .selectFrom('users')
    .select('id')
    .where(column, '=', key)
    .where('id', '<>', exceptUserId)
    .executeTakeFirst()
  return user !== undefined
}

/** Changes what is given of a user; undefined where there is none any more. */
export function updateUser(
  db: Db,
  userId: number,
  change: Updateable<Database['users']>,
): Promise<UserRow | undefined> {
  return db.updateTable('users').set(change).where('id', '=', userId).returningAll().executeTakeFirst()
}

/** Deletes a user, and by the database's own references everything they own. */
export async function deleteUser(db: Db, userId: number): Promise<void> {
  await db.deleteFrom('users').where('id', '=', userId).execute()
}

export async function areThereUsers(db: Db): Promise<boolean> {
  return (await db.selectFrom('users').select('id').limit(1).executeTakeFirst()) !== undefined
}
