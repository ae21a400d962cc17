import { type Expression, type SqlBool, type Updateable, expressionBuilder, sql } from 'kysely'
import type { Db } from '../../storage/database/database.ts'
import type { Database } from '../../storage/database/schema.ts'
import type { UserRow } from '../../user-shape.ts'

const users = expressionBuilder<Database, 'users'>()

/** Accounts with this in one of their names, in any case; all where it is empty. */
function named(part: string): Expression<SqlBool> {
  const pattern = `%${part.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`
  const like = (key: 'username_key' | 'display_name_key' | 'email_key') =>
    sql<SqlBool>`${users.ref(key)} like ${pattern} escape '\\'`
  return users.or([like('username_key'), like('display_name_key'), like('email_key')])
}

/** One page and one row more of the accounts with `part` in one of their names, oldest first. */
export function listUsers(
  db: Db,
  part: string,
  page: { limit: number; offset: number; after: number | null },
): Promise<UserRow[]> {
  return db
    .selectFrom('users')
    .selectAll()
    .where(named(part))
    .$if(page.after !== null, (rows) => rows.where('id', '>', page.after))
    .orderBy('id')
    .limit(page.limit + 1)
    .offset(page.offset)
    .execute()
}

export async function countUsers(db: Db, part: string): Promise<number> {
  const row = await db
    .selectFrom('users')
    .select(sql<number>`count(*)`.as('count'))
    .where(named(part))
    .executeTakeFirstOrThrow()
  return row.count
}

/** Changes what is given of an account; undefined where there is none. */
export function updateUser(
  db: Db,
  userId: number,
  change: Pick<Updateable<Database['users']>, 'is_active' | 'is_admin' | 'updated_at'>,
): Promise<UserRow | undefined> {
  return db.updateTable('users').set(change).where('id', '=', userId).returningAll().executeTakeFirst()
}
