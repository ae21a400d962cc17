import { type Expression, type SqlBool, expressionBuilder, sql } from 'kysely'
import type { Db, Tx } from '../../storage/database/database.ts'
import type { Database } from '../../storage/database/schema.ts'
import type { SessionRow } from './import-sessions.repository.ts'

/** Who works on a session, until when in milliseconds since 1970 unless that is renewed. */
export interface Lease {
  readonly sessionId: number
  readonly worker: string
}

const sessions = expressionBuilder<Database, 'import_sessions'>()

/** Spelled out as the index has it, which a parameter would not match. */
const isWaiting = sql<SqlBool>`mode = 'folder' and status in ('pending', 'running')`

function isFree(nowMs: number): Expression<SqlBool> {
  return sessions.or([sessions('lease_owner', 'is', null), sessions('lease_expires_at', '<', nowMs)])
}

function ownerIsActive(): Expression<SqlBool> {
  const active = sessions
    .selectFrom('users')
    .select('users.id')
    .where('users.is_active', '=', 1)
    .whereRef('users.id', '=', 'import_sessions.user_id')
  return sessions.exists(active)
}

/**
 * Takes the folder import that has waited longest and that nobody works on. One statement, whose conditions hold for the
 * row as it is when it is written: of several processes one gets it.
 */
export function claimSession(
  db: Db,
  worker: string,
  { nowMs, untilMs }: { nowMs: number; untilMs: number },
): Promise<SessionRow | undefined> {
  const at = new Date(nowMs).toISOString()
  const next = sessions
    .selectFrom('import_sessions')
    .select('import_sessions.id')
    .where(isWaiting)
    .where(isFree(nowMs))
    .where(ownerIsActive())
    .orderBy('import_sessions.id')
    .limit(1)
  return db
    .updateTable('import_sessions')
    .set((session) => ({
      lease_owner: worker,
      lease_expires_at: untilMs,
      status: 'running' as const,
      started_at: session.fn.coalesce('started_at', session.val(at)),
      updated_at: at,
    }))
    .where('id', '=', next)
    .where(isWaiting)
    .where(isFree(nowMs))
    .returningAll()
    .executeTakeFirst()
}

export interface LeaseState {
  readonly status: SessionRow['status']
  readonly ownerIsActive: boolean
}

/** Keeps the lease until then; undefined where somebody else has it, or the session is gone. */
export async function renewLease(
  db: Db,
  { sessionId, worker }: Lease,
  untilMs: number,
): Promise<LeaseState | undefined> {
  const row = await db
    .updateTable('import_sessions')
    .set({ lease_expires_at: untilMs })
    .where('id', '=', sessionId)
    .where('lease_owner', '=', worker)
    .returning(['status', sql<number>`case when ${ownerIsActive()} then 1 else 0 end`.as('active')])
    .executeTakeFirst()
  return row && { status: row.status, ownerIsActive: row.active === 1 }
}

/** Leaves the session to whoever comes next; one whose owner may no longer sign in is paused until they resume it. */
export async function releaseLease(db: Db, { sessionId, worker }: Lease): Promise<void> {
  await db
    .updateTable('import_sessions')
    .set((session) => ({
      lease_owner: null,
      lease_expires_at: null,
      status: session
        .case()
        .when(session.and([session('status', '=', 'running'), session.not(ownerIsActive())]))
        .then('paused' as const)
        .else(session.ref('status'))
        .end(),
    }))
    .where('id', '=', sessionId)
    .where('lease_owner', '=', worker)
    .execute()
}

/** Says what became of a session that runs; one that its owner has paused or cancelled stays so. */
export async function endRun(
  db: Db,
  { sessionId, worker }: Lease,
  end: Pick<SessionRow, 'status' | 'finished_at' | 'updated_at'> & { readonly total_files?: number },
): Promise<void> {
  await db
    .updateTable('import_sessions')
    .set(end)
    .where('id', '=', sessionId)
    .where('lease_owner', '=', worker)
    .where('status', '=', 'running')
    .execute()
}

/**
 * Whether this worker may still write: the session is its own, runs, and belongs to somebody who may sign in. The row
 * stays locked to the end of the transaction, so that nobody else can take it meanwhile.
 */
export async function holdLease(tx: Tx, { sessionId, worker }: Lease): Promise<boolean> {
  const held = await tx
    .updateTable('import_sessions')
    .set({ lease_owner: worker })
    .where('id', '=', sessionId)
    .where('lease_owner', '=', worker)
    .where('status', '=', 'running')
    .where(ownerIsActive())
    .executeTakeFirst()
  return held.numUpdatedRows > 0n
}

/**
 * Counts as known whatever of the settled files no egg and no error has counted. So the numbers are right whichever
 * process counted what, before a restart or after it, and never fall.
 */
export async function countSettled(
  db: Db,
  { sessionId, worker }: Lease,
  settled: { readonly files: number; readonly total: number | null },
  at: string,
): Promise<void> {
  const uncounted = sql<number>`case when processed_files < ${settled.files} then ${settled.files} - processed_files else 0 end`
  await db
    .updateTable('import_sessions')
    .set({
      known_files: sql<number>`known_files + ${uncounted}`,
      processed_files: sql<number>`processed_files + ${uncounted}`,
      ...(settled.total === null ? {} : { total_files: settled.total }),
      updated_at: at,
    })
    .where('id', '=', sessionId)
    .where('lease_owner', '=', worker)
    .where('status', '=', 'running')
    .execute()
}
