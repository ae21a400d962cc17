import { sql } from 'kysely'
import type { MigrationContext } from './migration-context.ts'

/**
 * How many photos of each stack its owner, whoever is signed in, and anybody at all may see; and how many of somebody's photos, or
 * (user 0) of everybody's, stand behind another of their stack for each of these, and how many stacks there are with photos outside
 * the trash. Triggers keep both.
 */
export async function addStackCounts({ db, engine }: MigrationContext): Promise<void> {
  for (const statement of [...counts[engine], fill]) await sql.raw(statement).execute(db)
}

/** For whom members are counted, and what a photo is that they see. */
const reaches = {
  kept: (photo: string) => `${photo}.deleted_at is null`,
  signed_in: (photo: string) =>
    `${photo}.deleted_at is null and ${photo}.visibility in ('public', 'authenticated')`,
  anyone: (photo: string) => `${photo}.deleted_at is null and ${photo}.visibility = 'public'`,
}
const REACHES = Object.keys(reaches)
const LIST = REACHES.join(', ')
const columnsOf = (names: readonly string[]) => names.map((name) => `${name} bigint not null`).join(', ')

/** What is counted of all stacks of a user. */
const TOTALS = [...REACHES, 'stacks']
const TOTALS_LIST = TOTALS.join(', ')

/** By what a photo is counted for each of them. */
const seenIn = (photo: string) =>
  Object.values(reaches).map((isSeen) => `case when ${isSeen(photo)} then 1 else 0 end`)

/** With the triggers in place, which count what stands behind. */
const fill = `insert into stack_counts (stack_id, user_id, ${LIST})
  select stack_id, user_id, ${seenIn('photos')
    .map((seen) => `sum(${seen})`)
    .join(', ')}
  from photos where stack_id is not null group by stack_id, user_id`

const stackCounts = `create table stack_counts (
  stack_id bigint primary key references stacks (id) on delete cascade,
  user_id bigint not null,
  ${columnsOf(REACHES)}
)`

const countJoined = `insert into stack_counts (stack_id, user_id, ${LIST})
  select stacks.id, stacks.user_id, ${seenIn('new').join(', ')} from stacks where stacks.id = new.stack_id
  on conflict (stack_id) do update set
    ${REACHES.map((reach) => `${reach} = stack_counts.${reach} + excluded.${reach}`).join(', ')};`
const countLeft = `update stack_counts set
  ${seenIn('old')
    .map((seen, index) => `${REACHES[index]} = ${REACHES[index]} - ${seen}`)
    .join(', ')}
  where stack_id = old.stack_id;`

/** What a stack with these counts adds to the totals. */
const addedBy = (counts: string) => [
  ...REACHES.map((reach) => `case when ${counts}.${reach} > 1 then ${counts}.${reach} - 1 else 0 end`),
  `case when ${counts}.kept > 0 then 1 else 0 end`,
]

interface Event {
  readonly name: string
  readonly when: string
  readonly condition: string
  readonly statements: string
}

const isStacked = 'old.stack_id is not null or new.stack_id is not null'
const ofPhotos: readonly Event[] = [
  {
    name: 'joined',
    when: 'insert on photos',
    condition: 'new.stack_id is not null',
    statements: countJoined,
  },
  {
    name: 'gone',
    when: 'delete on photos',
    condition: 'old.stack_id is not null',
    statements: countLeft,
  },
  {
    name: 'changed',
    when: 'update of stack_id, visibility, deleted_at on photos',
    condition: isStacked,
    statements: `${countLeft} ${countJoined}`,
  },
]

/** What the counts of a stack have to do with what stands behind; `add` notes it for the owner and for everybody together. */
function ofStacks(add: (counts: 'old' | 'new', changes: readonly string[]) => string): readonly Event[] {
  const [before, after] = [addedBy('old'), addedBy('new')]
  const changes = after.map((more, index) => `${more} - ${before[index]}`)
  const less = before.map((count) => `-(${count})`)
  const on = 'on stack_counts'
  return [
    {
      name: 'began',
      when: `insert ${on}`,
      condition: 'new.kept > 0',
      statements: add('new', after),
    },
    {
      name: 'moved',
      when: `update ${on}`,
      condition: REACHES.map((reach) => `old.${reach} <> new.${reach}`).join(' or '),
      statements: add('new', changes),
    },
    {
      name: 'ended',
      when: `delete ${on}`,
      condition: 'old.kept > 0',
      statements: add('old', less),
    },
  ]
}

const forBoth = (counts: string, changes: readonly string[]) =>
  `select owner.id, ${changes.join(', ')} from (select ${counts}.user_id as id union all select 0) owner`

const sqliteCounts = [
  stackCounts,
  `create table stack_totals (user_id integer primary key, ${columnsOf(TOTALS)})`,
  ...[
    ...ofPhotos,
    ...ofStacks(
      (counts, changes) =>
        `insert into stack_totals (user_id, ${TOTALS_LIST}) ${forBoth(counts, changes)} where true
          on conflict do update set ${TOTALS.map((total) => `${total} = ${total} + excluded.${total}`).join(', ')};`,
    ),
  ].map(
    ({ name, when, condition, statements }) =>
      `create trigger stack_counts_${name} after ${when} when ${condition} begin ${statements} end`,
  ),
]

/** The rows of a user add up: appended and folded, so that those who stack at once do not wait for each other. */
const postgresCounts = [
  stackCounts,
  `create table stack_totals (user_id bigint not null, ${columnsOf(TOTALS)}, is_appended boolean not null default false)`,
  'create index stack_totals_user on stack_totals (user_id)',
  'create index stack_totals_appended on stack_totals (is_appended) where is_appended',
  'alter table stack_totals set (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 5000)',
  `create function stack_totals_fold() returns void language plpgsql as $$
    begin
      if not pg_try_advisory_xact_lock('stack_totals'::regclass::oid::bigint) then return; end if;
      with appended as (
        delete from stack_totals where is_appended returning user_id, ${TOTALS_LIST}
      ), folded as (
        delete from stack_totals old using (select distinct user_id from appended) changes
        where not old.is_appended and old.user_id = changes.user_id
        returning old.user_id, ${TOTALS.map((total) => `old.${total}`).join(', ')}
      )
      insert into stack_totals (user_id, ${TOTALS_LIST})
        select user_id, ${TOTALS.map((total) => `sum(${total})`).join(', ')}
        from (select * from appended union all select * from folded) every_row
        group by user_id;
    end $$`,
  ...[
    ...ofPhotos,
    ...ofStacks(
      (counts, changes) =>
        `insert into stack_totals (user_id, ${TOTALS_LIST}, is_appended)
          select appended.*, true from (${forBoth(counts, changes)}) appended;
        -- By chance, so that about a thousand rows wait to be folded.
        if random() * 500 < 1 then perform stack_totals_fold(); end if;`,
    ),
  ].flatMap(({ name, when, condition, statements }) => [
    `create function stack_counts_${name}() returns trigger language plpgsql as $$
      begin ${statements} return null; end $$`,
    `create trigger stack_counts_${name} after ${when} for each row when (${condition})
      execute function stack_counts_${name}()`,
  ]),
]

const counts = { sqlite: sqliteCounts, postgres: postgresCounts }
