import { sql } from 'kysely'
import type { MigrationContext } from './migration-context.ts'

/**
 * Edits of many photos on PostgreSQL: counts look at those alone that an update moves elsewhere, where each photo was counted off and on
 * again; and pages keep room for new versions of their rows, so that what no index is about leaves all indexes alone.
 */
export async function easeLargeEdits({ db, engine }: MigrationContext): Promise<void> {
  if (engine === 'sqlite') return
  for (const statement of [countUpdated, 'alter table photos set (fillfactor = 70)'])
    await sql.raw(statement).execute(db)
}

const COUNTED_BY = ['user_id', 'visibility', 'sort_time', 'deleted_at is null']
const valuesOf = (photo: string) => COUNTED_BY.map((value) => `${photo}.${value}`).join(', ')

const countUpdated = `create or replace function photo_counts_after_update() returns trigger language plpgsql as $$
    declare appended bigint;
    begin
      insert into photo_counts (user_id, visibility, length, bucket, photos, is_appended)
        select owner.id, photo.visibility, unit.length, substr(photo.sort_time, 1, unit.length), sum(photo.change), true
        from (
          select side.* from removed join added on added.id = removed.id
          cross join lateral (values
            (removed.user_id, removed.visibility, removed.sort_time, removed.deleted_at, -1),
            (added.user_id, added.visibility, added.sort_time, added.deleted_at, 1)
          ) side (user_id, visibility, sort_time, deleted_at, change)
          where (${valuesOf('removed')}) is distinct from (${valuesOf('added')})
        ) photo
        cross join lateral (
          select photo.user_id as id union all select 0 where photo.visibility in ('public', 'authenticated')
        ) owner
        cross join (values (4), (7), (10), (13)) unit (length)
        where photo.deleted_at is null
        group by 1, 2, 3, 4
        having sum(photo.change) <> 0;
      get diagnostics appended = row_count;
      -- By chance, so that about a thousand rows wait to be folded however many a statement appends.
      if random() * 1000 < appended then perform photo_counts_fold(); end if;
      return null;
    end $$`
