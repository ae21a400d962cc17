import { sql } from 'kysely'
import type { MigrationContext } from './migration-context.ts'

/**
 * Edits of many photos on PostgreSQL. A trigger's statements are planned once for each connection, by the first photos that come: what
 * joined the photos before with those behind compared each with each from the second edit on, and what joined them with a table would
 * read all of it for one photo where the first edit was of many. Now the one is sorted out by grouping, which is the same for few and for
 * many, and the other goes by the index. Counts look at those alone that an update moves, where each photo was counted off and on again.
 * Pages keep room for new versions of their rows, so that what no index is about leaves all indexes alone.
 */
export async function easeLargeEdits({ db, engine }: MigrationContext): Promise<void> {
  if (engine === 'sqlite') return
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const COUNTED_BY = 'user_id, visibility, sort_time'

const countMoved = `create or replace function photo_counts_after_update() returns trigger language plpgsql as $$
    declare appended bigint;
    begin
      insert into photo_counts (user_id, visibility, length, bucket, photos, is_appended)
        select owner.id, photo.visibility, unit.length, substr(photo.sort_time, 1, unit.length), sum(photo.change), true
        from (
          select ${COUNTED_BY}, sum(change) as change from (
            select ${COUNTED_BY}, -1 as change from removed where deleted_at is null
            union all select ${COUNTED_BY}, 1 from added where deleted_at is null
          ) side
          group by ${COUNTED_BY} having sum(change) <> 0
        ) photo
        cross join lateral (
          select photo.user_id as id union all select 0 where photo.visibility in ('public', 'authenticated')
        ) owner
        cross join (values (4), (7), (10), (13)) unit (length)
        group by 1, 2, 3, 4
        having sum(photo.change) <> 0;
      get diagnostics appended = row_count;
      -- By chance, so that about a thousand rows wait to be folded however many a statement appends.
      if random() * 1000 < appended then perform photo_counts_fold(); end if;
      return null;
    end $$`

const countTagsOfMoved = `create or replace function tag_counts_moved() returns trigger language plpgsql as $$
    declare appended bigint;
    begin
      insert into tag_counts (tag_id, photos, is_appended)
        select photo_tags.tag_id, sum(moved.change), true
        from (
          select id, sum(change) as change from (
            select id, -1 as change from before where deleted_at is null
            union all select id, 1 from behind where deleted_at is null
          ) side
          group by id having sum(change) <> 0
        ) moved
        join photo_tags on photo_tags.photo_id = moved.id
        group by photo_tags.tag_id having sum(moved.change) <> 0;
      get diagnostics appended = row_count;
      if random() * 1000 < appended then perform tag_counts_fold(); end if;
      return null;
    end $$`

/** What rollups count photos by. */
const COUNTED = `visibility, rating, taken_at, camera_model, lens_model, focal_length, f_number, exposure_time, iso, author_id,
  deleted_at`

const noteUpdated = `create or replace function rollups_updated() returns trigger language plpgsql as $$
    declare noted bigint;
    begin
      insert into stale_rollups
        select distinct photo.user_id, photo.id / 1024 from (
          select user_id, id from (
            select user_id, id, ${COUNTED} from before union all select user_id, id, ${COUNTED} from behind
          ) side
          group by user_id, id, ${COUNTED} having count(*) = 1
        ) photo;
      get diagnostics noted = row_count;
      if random() * 1000 < noted then perform stale_rollups_fold(); end if;
      return null;
    end $$`

const joining = [
  'tag_counts_tagged',
  'tag_counts_untagged',
  'tag_counts_moved',
  'rollups_tagged',
  'rollups_untagged',
]

const statements = [
  countMoved,
  countTagsOfMoved,
  noteUpdated,
  ...joining.flatMap((name) =>
    ['hashjoin', 'mergejoin'].map((way) => `alter function ${name}() set enable_${way} = off`),
  ),
  'alter table photos set (fillfactor = 70)',
]
