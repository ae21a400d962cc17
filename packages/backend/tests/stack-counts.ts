import { sql } from 'kysely'
import type { Storage } from '../src/storage/database/database.ts'

const OPEN = "visibility in ('public', 'authenticated')"

/** Whose photos in stacks are counted otherwise than they are there; empty where all is well. */
export async function strayStackCounts({ db }: Storage): Promise<unknown[]> {
  const { rows } = await sql
    .raw(
      `with there as (
        select stack_id, user_id, count(*) as kept,
          count(case when ${OPEN} then 1 end) as signed_in, count(case when visibility = 'public' then 1 end) as anyone
        from photos where stack_id is not null and deleted_at is null group by stack_id, user_id
      ), behind as (
        select user_id, 1 as stacks, kept - 1 as kept, ${['signed_in', 'anyone']
          .map((reach) => `case when ${reach} > 1 then ${reach} - 1 else 0 end as ${reach}`)
          .join(', ')} from there
      )
      select 'stack' as what, id, 0 as stacks, sum(kept) as kept, sum(signed_in) as signed_in, sum(anyone) as anyone from (
        select stack_id as id, kept, signed_in, anyone from there
        union all select stack_id, -kept, -signed_in, -anyone from stack_counts) members
      group by id having sum(kept) <> 0 or sum(signed_in) <> 0 or sum(anyone) <> 0
      union all
      select 'user', id, sum(stacks), sum(kept), sum(signed_in), sum(anyone) from (
        select user_id as id, stacks, kept, signed_in, anyone from behind
        union all select 0, stacks, kept, signed_in, anyone from behind
        union all select user_id, -stacks, -kept, -signed_in, -anyone from stack_totals) photos
      group by id having sum(stacks) <> 0 or sum(kept) <> 0 or sum(signed_in) <> 0 or sum(anyone) <> 0`,
    )
    .execute(db)
  return rows
}
