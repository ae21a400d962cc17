import { sql } from 'kysely'
import type { MigrationContext } from './migration-context.ts'

/**
 * What stories say of the pictures in them, by which their owner's photos are found. The program, which alone knows how stories are
 * built, writes it at its start for those that were there before.
 */
export async function addStoryTexts({ db }: MigrationContext): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const statements = [
  'alter table stories add column is_told integer not null default 0',
  'create index stories_untold on stories (id) where is_told = 0',
  `create table story_pictures (
    story_id bigint not null references stories (id) on delete cascade,
    hothash text not null,
    user_id bigint not null,
    texts text not null,
    primary key (story_id, hothash)
  )`,
  'create index story_pictures_photo on story_pictures (user_id, hothash)',
]
