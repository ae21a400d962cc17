import { sql } from 'kysely'
import type { MigrationContext } from './migration-context.ts'

/** Photos whose ids begin alike are counted together. */
const PHOTOS = 1024

/**
 * Counts of photos by what they have, portion by portion: `counts` is JSON, of portion -1 the sum of all. Triggers only note
 * which portions are to be counted again, so that writing photos hardly costs more; whoever reads counts them first.
 */
export async function addRollups({ db, engine }: MigrationContext): Promise<void> {
  for (const statement of [...tables[engine], ...triggers[engine], fill]) await sql.raw(statement).execute(db)
}

const fill = `insert into stale_rollups (user_id, portion) select distinct user_id, id / ${PHOTOS} from photos`

const COUNTED = [
  'visibility',
  'rating',
  'taken_at',
  'camera_model',
  'lens_model',
  'focal_length',
  'f_number',
  'exposure_time',
  'iso',
  'author_id',
  'deleted_at',
]

const rollups = `create table photo_rollups (
  user_id bigint not null,
  portion bigint not null,
  counts text not null,
  primary key (user_id, portion)
)`

const tables = {
  sqlite: [
    rollups,
    `create table stale_rollups (
      user_id bigint not null,
      portion bigint not null,
      primary key (user_id, portion)
    ) without rowid`,
  ],
  // Noted as often as it happens, so that writers do not wait for each other; what is there twice goes now and then.
  postgres: [
    rollups,
    'create table stale_rollups (user_id bigint not null, portion bigint not null)',
    'create index stale_rollups_portion on stale_rollups (user_id, portion)',
  ],
}

const note = (user: string, photo: string) =>
  `insert into stale_rollups values (${user}, ${photo} / ${PHOTOS}) on conflict do nothing;`
const noteOfTag = (photo: string) =>
  `insert into stale_rollups select user_id, id / ${PHOTOS} from photos where id = ${photo} on conflict do nothing;`

const sqliteTriggers = [
  `create trigger rollups_inserted after insert on photos begin ${note('new.user_id', 'new.id')} end`,
  `create trigger rollups_deleted after delete on photos begin ${note('old.user_id', 'old.id')} end`,
  `create trigger rollups_updated after update of ${COUNTED.join(', ')} on photos
    when ${COUNTED.map((column) => `old.${column} is not new.${column}`).join(' or ')}
    begin ${note('new.user_id', 'new.id')} end`,
  `create trigger rollups_tagged after insert on photo_tags begin ${noteOfTag('new.photo_id')} end`,
  `create trigger rollups_untagged after delete on photo_tags begin ${noteOfTag('old.photo_id')} end`,
]

const row = (name: string) => `(${COUNTED.map((column) => `${name}.${column}`).join(', ')})`
const ofTags = (changed: string) =>
  `select photos.user_id, photos.id from ${changed} join photos on photos.id = ${changed}.photo_id`

const postgresTriggers = [
  // Those that everybody sees go but one, whose writers have all committed.
  `create function stale_rollups_fold() returns void language plpgsql as $$
    begin
      if not pg_try_advisory_xact_lock('stale_rollups'::regclass::oid::bigint) then return; end if;
      delete from stale_rollups one using stale_rollups other
        where one.user_id = other.user_id and one.portion = other.portion and one.ctid < other.ctid;
    end $$`,
  ...noteTrigger(
    'inserted',
    'after insert on photos referencing new table as added',
    'select user_id, id from added',
  ),
  ...noteTrigger(
    'deleted',
    'after delete on photos referencing old table as gone',
    'select user_id, id from gone',
  ),
  ...noteTrigger(
    'updated',
    'after update on photos referencing old table as before new table as behind',
    `select behind.user_id, behind.id from before join behind on behind.id = before.id
      where ${row('before')} is distinct from ${row('behind')}`,
  ),
  ...noteTrigger('tagged', 'after insert on photo_tags referencing new table as added', ofTags('added')),
  ...noteTrigger('untagged', 'after delete on photo_tags referencing old table as gone', ofTags('gone')),
]

function noteTrigger(name: string, when: string, photos: string): string[] {
  return [
    `create function rollups_${name}() returns trigger language plpgsql as $$
    declare noted bigint;
    begin
      insert into stale_rollups
        select distinct photo.user_id, photo.id / ${PHOTOS} from (${photos}) photo;
      get diagnostics noted = row_count;
      if random() * 1000 < noted then perform stale_rollups_fold(); end if;
      return null;
    end $$`,
    `create trigger rollups_${name} ${when} for each statement execute function rollups_${name}()`,
  ]
}

const triggers = { sqlite: sqliteTriggers, postgres: postgresTriggers }
