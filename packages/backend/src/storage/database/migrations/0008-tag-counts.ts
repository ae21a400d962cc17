import { sql } from 'kysely'
import type { MigrationContext } from './migration-context.ts'

/**
 * How many photos outside the trash have each tag, kept by triggers; the rows of a tag add up. Tags in one order on both
 * engines. Who puts a tag on a photo or takes it off holds the row of the photo, so that its way into the trash cannot be missed.
 */
export async function addTagCounts({ db, engine }: MigrationContext): Promise<void> {
  const statements = engine === 'sqlite' ? sqliteCounts : postgresCounts
  for (const statement of [...statements, fill]) await sql.raw(statement).execute(db)
}

const fill = `insert into tag_counts (tag_id, photos)
  select tag_id, count(*) from photo_tags join photos on photos.id = photo_tags.photo_id
  where photos.deleted_at is null group by tag_id`

const add = (tags: string) => `insert into tag_counts (tag_id, photos) ${tags}
  on conflict do update set photos = photos + 1;`
const subtract = (tags: string) => `update tag_counts set photos = photos - 1 where tag_id in (${tags});`
const tagsOf = (photo: string) => `select tag_id from photo_tags where photo_id = ${photo}`

const sqliteCounts = [
  'create table tag_counts (tag_id integer primary key, photos integer not null)',
  `create trigger tag_counts_empty after update of photos on tag_counts when new.photos = 0 begin
    delete from tag_counts where tag_id = new.tag_id;
  end`,
  `create trigger tag_counts_tagged after insert on photo_tags
    when (select deleted_at from photos where id = new.photo_id) is null
    begin ${add('values (new.tag_id, 1)')} end`,
  // A photo that goes for good is gone here already, and was counted off before.
  `create trigger tag_counts_untagged after delete on photo_tags
    when exists (select 1 from photos where id = old.photo_id and deleted_at is null)
    begin ${subtract('old.tag_id')} end`,
  `create trigger tag_counts_trashed after update of deleted_at on photos
    when old.deleted_at is null and new.deleted_at is not null
    begin ${subtract(tagsOf('new.id'))} end`,
  `create trigger tag_counts_restored after update of deleted_at on photos
    when old.deleted_at is not null and new.deleted_at is null
    begin ${add(`select tag_id, 1 from photo_tags where photo_id = new.id`)} end`,
  `create trigger tag_counts_deleted before delete on photos when old.deleted_at is null
    begin ${subtract(tagsOf('old.id'))} end`,
]

/** Appended and folded, as counts of photos are, so that imports with the same tags do not wait for each other. */
const postgresCounts = [
  'alter table tags alter column name type text collate "C"',
  'create table tag_counts (tag_id bigint not null, photos bigint not null, is_appended boolean not null default false)',
  'create index tag_counts_tag on tag_counts (tag_id)',
  'create index tag_counts_appended on tag_counts (is_appended) where is_appended',
  'alter table tag_counts set (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 5000)',
  `create function tag_counts_fold() returns void language plpgsql as $$
    begin
      if not pg_try_advisory_xact_lock('tag_counts'::regclass::oid::bigint) then return; end if;
      with appended as (
        delete from tag_counts where is_appended returning tag_id, photos
      ), changes as (
        select tag_id, sum(photos) as photos from appended group by tag_id
      ), folded as (
        delete from tag_counts old using changes where not old.is_appended and old.tag_id = changes.tag_id
        returning old.tag_id, old.photos
      )
      insert into tag_counts (tag_id, photos)
        select tag_id, sum(photos) from (select * from changes union all select * from folded) every_row
        group by tag_id having sum(photos) <> 0;
    end $$`,
  ...countTrigger({
    name: 'tagged',
    when: 'after insert on photo_tags referencing new table as added',
    changes: `select added.tag_id, 1 as change from added
      join photos on photos.id = added.photo_id where photos.deleted_at is null`,
  }),
  ...countTrigger({
    name: 'untagged',
    when: 'after delete on photo_tags referencing old table as removed',
    changes: `select removed.tag_id, -1 as change from removed
      join photos on photos.id = removed.photo_id where photos.deleted_at is null`,
  }),
  ...countTrigger({
    name: 'moved',
    when: 'after update on photos referencing old table as before new table as behind',
    changes: `select photo_tags.tag_id, case when behind.deleted_at is null then 1 else -1 end as change from before
      join behind on behind.id = before.id join photo_tags on photo_tags.photo_id = behind.id
      where (before.deleted_at is null) <> (behind.deleted_at is null)`,
  }),
  `create function tag_counts_deleted() returns trigger language plpgsql as $$
    begin
      insert into tag_counts (tag_id, photos, is_appended)
        select tag_id, -1, true from photo_tags where photo_id = old.id;
      return old;
    end $$`,
  `create trigger tag_counts_deleted before delete on photos for each row when (old.deleted_at is null)
    execute function tag_counts_deleted()`,
]

interface Counting {
  readonly name: string
  readonly when: string
  /** Selects `tag_id` and `change`. */
  readonly changes: string
}

function countTrigger({ name, when, changes }: Counting): string[] {
  return [
    `create function tag_counts_${name}() returns trigger language plpgsql as $$
    declare appended bigint;
    begin
      insert into tag_counts (tag_id, photos, is_appended)
        select tag_id, sum(change), true from (${changes}) counted group by tag_id having sum(change) <> 0;
      get diagnostics appended = row_count;
      -- By chance, so that about a thousand rows wait to be folded however many a statement appends.
      if random() * 1000 < appended then perform tag_counts_fold(); end if;
      return null;
    end $$`,
    `create trigger tag_counts_${name} ${when} for each statement execute function tag_counts_${name}()`,
  ]
}
