import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Db } from '../../storage/database/database.ts'
import { LeaseLostError } from './folder-backend.ts'
import { type FolderImport, runFolderImport } from './folder-import.service.ts'
import { type Lease, claimSession, releaseLease, renewLease } from './folder-lease.repository.ts'
import type { SessionRow } from './import-sessions.repository.ts'

/** How often the database is asked for work that another process was told of. */
const LOOK_EVERY_MS = 2000
/** A process that is gone leaves its session to others after so long. */
const LEASE_MS = 6000
const RENEW_EVERY_MS = 1500

export interface RunnerDeps extends Omit<
  FolderImport,
  'session' | 'lease' | 'signal' | 'onFailure' | 'onWaiting'
> {
  readonly db: Db
  readonly log: {
    info(fields: object, message: string): void
    error(fields: object, message: string): void
  }
}

/** Works on folder imports in the background, one at a time, until it is stopped. */
export class FolderRunner {
  readonly #deps: RunnerDeps
  readonly #worker = randomUUID()
  readonly #closing = new AbortController()
  #wake = new AbortController()
  #working: Promise<void> | null = null

  constructor(deps: RunnerDeps) {
    this.#deps = deps
  }

  start(): void {
    if (!this.#deps.roots.isEmpty) this.#working ??= this.#workUntilClosed()
  }

  /** Something has changed: there may be work, or the work at hand may be over. */
  poke(): void {
    this.#wake.abort()
  }

  /** Breaks off what is at hand, in a state that it can be gone on from, and resolves when nothing more is written. */
  async stop(): Promise<void> {
    this.#closing.abort(new Error('The server is closing'))
    this.poke()
    await this.#working
  }

  async #workUntilClosed(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      try {
        const session = await this.#claim()
        if (session) await this.#work(session)
        else await this.#rest(LOOK_EVERY_MS, this.#closing.signal)
      } catch (error) {
        this.#deps.log.error({ err: error }, 'folder import broke off; it is taken up again')
        await this.#rest(LOOK_EVERY_MS, this.#closing.signal)
      }
    }
  }

  #claim(): Promise<SessionRow | undefined> {
    const nowMs = Date.now()
    return claimSession(this.#deps.db, this.#worker, { nowMs, untilMs: nowMs + LEASE_MS })
  }

  /** For so long, or until it is poked or `over`. */
  async #rest(ms: number, over: AbortSignal): Promise<void> {
    const wake = this.#wake.signal
    await sleep(ms, undefined, { signal: AbortSignal.any([wake, over]) }).catch(() => undefined)
    if (wake.aborted) this.#wake = new AbortController()
  }

  async #work(session: SessionRow): Promise<void> {
    const { db, log } = this.#deps
    const lease: Lease = { sessionId: session.id, worker: this.#worker }
    const over = new AbortController()
    const renewing = this.#keepLease(lease, over)
    log.info({ import_session_id: session.id }, 'folder import is worked on')
    try {
      const signal = AbortSignal.any([over.signal, this.#closing.signal])
      await runFolderImport({
        ...this.#deps,
        session,
        lease,
        signal,
        onWaiting: (reason) =>
          log.info(
            { import_session_id: session.id, reason },
            reason === null ? 'folder import goes on' : 'folder import waits',
          ),
        onFailure: (error) =>
          log.error({ import_session_id: session.id, err: error }, 'folder import failed'),
      })
    } catch (error) {
      if (!(error instanceof LeaseLostError) && !this.#closing.signal.aborted) throw error
    } finally {
      over.abort(new LeaseLostError())
      await renewing
      await releaseLease(db, lease)
      log.info({ import_session_id: session.id }, 'folder import is let go')
    }
  }

  /** Renews the lease until `over`; aborts that itself where the session is no longer to be worked on. */
  async #keepLease(lease: Lease, over: AbortController): Promise<void> {
    let expiresMs = Date.now() + LEASE_MS
    while (!over.signal.aborted) {
      await this.#rest(RENEW_EVERY_MS, over.signal)
      if (over.signal.aborted) return
      const untilMs = Date.now() + LEASE_MS
      const state = await this.#renew(lease, untilMs)
      if (state === 'held') expiresMs = untilMs
      else if (state === 'lost' || Date.now() > expiresMs) over.abort(new LeaseLostError())
    }
  }

  /** A database that does not answer says nothing about the lease. */
  async #renew(lease: Lease, untilMs: number): Promise<'held' | 'lost' | 'unknown'> {
    try {
      const state = await renewLease(this.#deps.db, lease, untilMs)
      return state?.status === 'running' && state.ownerIsActive ? 'held' : 'lost'
    } catch (error) {
      this.#deps.log.error({ err: error }, 'lease of a folder import not renewed')
      return 'unknown'
    }
  }
}
