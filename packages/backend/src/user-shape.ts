import type { Profile, User } from '@imalink/contract'
import type { Selectable } from 'kysely'
import type { Database } from './storage/database/schema.ts'

export type UserRow = Selectable<Database['users']>

/** An account as its owner and administrators see it: never a password's hash. */
export function toUser(row: UserRow): User {
  return {
    id: row.id,
    username: row.username,
    email: row.email,
    display_name: row.display_name,
    is_active: row.is_active === 1,
    is_admin: row.is_admin === 1,
    created_at: row.created_at,
    updated_at: row.updated_at,
  }
}

/** An account with the settings that are its owner's business alone. */
export function toProfile(row: UserRow): Profile {
  const { share_location, default_author_id } = row
  return { ...toUser(row), share_location: share_location === 1, default_author_id }
}
