import { sql } from 'kysely'
import type { MigrationContext } from './migration-context.ts'

/**
 * How many photos there are in each year, month, day and hour, by owner and level and (owner 0) of everybody together,
 * kept by triggers so that no writer can forget them; and photos in order of time and of rating for each level of an owner.
 */
export async function addPhotoCounts({ db, engine }: MigrationContext): Promise<void> {
  const counts = engine === 'sqlite' ? sqliteCounts : postgresCounts
  for (const statement of [...indexes, ...counts, ...fill]) await sql.raw(statement).execute(db)
}

/** Characters of a time that name its year, month, day and hour. An undated photo counts under '' in each. */
const LENGTHS = [4, 7, 10, 13]

/** Levels at which somebody else may see a photo whoever owns it: only these are counted for everybody together. */
const OPEN = "('public', 'authenticated')"

/** Those of everybody hold open levels only: on SQLite an owner's query would otherwise take them for its own. */
const indexes = [
  'drop index photos_owner_time',
  'drop index photos_visibility_time',
  'create index photos_own_time on photos (user_id, visibility, sort_time, id) where deleted_at is null',
  `create index photos_open_time on photos (visibility, sort_time, id)
    where deleted_at is null and visibility in ${OPEN}`,
  `create index photos_own_best on photos (user_id, visibility, rating, sort_time desc, id)
    where deleted_at is null and rating >= 4`,
  `create index photos_open_best on photos (visibility, rating, sort_time desc, id)
    where deleted_at is null and rating >= 4 and visibility in ${OPEN}`,
]

const CHANGED = `(old.user_id <> new.user_id or old.visibility <> new.visibility or old.sort_time <> new.sort_time
  or (old.deleted_at is null) <> (new.deleted_at is null))`

/** Counts what is there already. Runs with the triggers in place: on PostgreSQL they hold writers off until the end. */
const fill = ['user_id', '0'].flatMap((owner) =>
  LENGTHS.map(
    (length) => `insert into photo_counts (user_id, visibility, length, bucket, photos)
      select ${owner}, visibility, ${length}, substr(sort_time, 1, ${length}), count(*) from photos
      where deleted_at is null ${owner === '0' ? `and visibility in ${OPEN}` : ''}
      group by 1, 2, 3, 4`,
  ),
)

/** One row a bucket: there is one writer at a time, so it may as well change the row itself. */
const sqliteCounts = [
  `create table photo_counts (
    user_id integer not null,
    visibility text not null,
    length integer not null,
    bucket text not null,
    photos integer not null,
    primary key (user_id, visibility, length, bucket)
  ) without rowid`,
  `create trigger photo_counts_empty after update of photos on photo_counts when new.photos = 0 begin
    delete from photo_counts where user_id = new.user_id and visibility = new.visibility
      and length = new.length and bucket = new.bucket;
  end`,
  ...triggersOf('insert', { row: 'new', count: add }),
  ...triggersOf('delete', { row: 'old', count: subtract }),
  ...triggersOf('update', { row: 'old', count: subtract }),
  ...triggersOf('update', { row: 'new', count: add }),
]

interface Counting {
  readonly row: 'old' | 'new'
  /** The statement that counts one photo in one bucket. */
  readonly count: (bucket: { owner: string; row: string; length: number }) => string
}

function triggersOf(event: 'insert' | 'delete' | 'update', { row, count }: Counting): string[] {
  const columns = event === 'update' ? 'update of user_id, visibility, taken_at, deleted_at' : event
  const changed = event === 'update' ? `and ${CHANGED}` : ''
  const trigger = (name: string, owner: string, condition: string) =>
    `create trigger photo_counts_${event}_${row}_${name} after ${columns} on photos
      when ${row}.deleted_at is null ${condition} ${changed}
      begin ${LENGTHS.map((length) => count({ owner, row, length })).join(' ')} end`
  return [trigger('own', `${row}.user_id`, ''), trigger('open', '0', `and ${row}.visibility in ${OPEN}`)]
}

function add({ owner, row, length }: { owner: string; row: string; length: number }): string {
  return `insert into photo_counts values (${owner}, ${row}.visibility, ${length}, substr(${row}.sort_time, 1, ${length}), 1)
    on conflict do update set photos = photos + 1;`
}

function subtract({ owner, row, length }: { owner: string; row: string; length: number }): string {
  return `update photo_counts set photos = photos - 1 where user_id = ${owner} and visibility = ${row}.visibility
    and length = ${length} and bucket = substr(${row}.sort_time, 1, ${length});`
}

/**
 * The rows of a bucket add up. A writer only appends what it changed, so writers neither wait for each other nor deadlock;
 * now and then one of them, and never two, folds what was appended into one row a bucket.
 */
const postgresCounts = [
  `create table photo_counts (
    user_id bigint not null,
    visibility text not null,
    length integer not null,
    bucket text collate "C" not null,
    photos bigint not null,
    is_appended boolean not null default false
  )`,
  'create index photo_counts_bucket on photo_counts (user_id, visibility, length, bucket)',
  'create index photo_counts_appended on photo_counts (is_appended) where is_appended',
  // Folding leaves dead rows in a table that is read all the time.
  'alter table photo_counts set (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 5000)',
  foldFunction(),
  ...countTrigger('insert', 'new table as added', 'select *, 1 as change from added'),
  ...countTrigger('delete', 'old table as removed', 'select *, -1 as change from removed'),
  ...countTrigger(
    'update',
    'old table as removed new table as added',
    'select *, 1 as change from added union all select *, -1 as change from removed',
  ),
]

/** Statement by statement, so that a batch of photos of one day appends as little as one of them. */
function countTrigger(event: 'insert' | 'delete' | 'update', tables: string, changes: string): string[] {
  return [
    `create function photo_counts_after_${event}() returns trigger language plpgsql as $$
    declare appended bigint;
    begin
      insert into photo_counts (user_id, visibility, length, bucket, photos, is_appended)
        select owner.id, photo.visibility, unit.length, substr(photo.sort_time, 1, unit.length), sum(photo.change), true
        from (${changes}) photo
        cross join lateral (
          select photo.user_id as id union all select 0 where photo.visibility in ${OPEN}
        ) owner
        cross join (values ${LENGTHS.map((length) => `(${length})`).join(', ')}) unit (length)
        where photo.deleted_at is null
        group by 1, 2, 3, 4
        having sum(photo.change) <> 0;
      get diagnostics appended = row_count;
      -- By chance, so that about a thousand rows wait to be folded however many a statement appends.
      if random() * 1000 < appended then perform photo_counts_fold(); end if;
      return null;
    end $$`,
    `create trigger photo_counts_after_${event} after ${event} on photos referencing ${tables}
      for each statement execute function photo_counts_after_${event}()`,
  ]
}

/** Whoever holds the lock folds, until its transaction ends; the others leave it to a later one. */
function foldFunction(): string {
  return `create function photo_counts_fold() returns void language plpgsql as $$
    begin
      if not pg_try_advisory_xact_lock('photo_counts'::regclass::oid::bigint) then return; end if;
      with appended as (
        delete from photo_counts where is_appended returning user_id, visibility, length, bucket, photos
      ), changes as (
        select user_id, visibility, length, bucket, sum(photos) as photos from appended group by 1, 2, 3, 4
      ), folded as (
        delete from photo_counts old using changes
        where not old.is_appended and old.user_id = changes.user_id and old.visibility = changes.visibility
          and old.length = changes.length and old.bucket = changes.bucket
        returning old.user_id, old.visibility, old.length, old.bucket, old.photos
      )
      insert into photo_counts (user_id, visibility, length, bucket, photos)
        select user_id, visibility, length, bucket, sum(photos)
        from (select * from changes union all select * from folded) every_row
        group by 1, 2, 3, 4
        having sum(photos) <> 0;
    end $$`
}
