import type { Db } from '../../storage/database/database.ts'
import type { PreviewStore } from '../../storage/previews/preview-store.ts'
import type { ResizedCache } from '../../storage/previews/resized-cache.ts'
import { wantedColdpreviews } from './previews.repository.ts'

interface SweeperDeps {
  readonly db: Db
  readonly previews: PreviewStore
  readonly cache: ResizedCache
  readonly log: { info(facts: object, message: string): void; error(facts: object, message: string): void }
}

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_HOURS = 24
/** No upload takes that long from its bytes to its row. */
const UNTOUCHED_MS = DAY_HOURS * HOUR_MS

const prefixes = Array.from({ length: 256 }, (_, number) => number.toString(16).padStart(2, '0'))

/**
 * Removes coldpreviews that no photo refers to any more, and sizes of them: an hour's share of the store each hour, so
 * that all of it has had its turn after a day, whatever its size. Processes may do so at once, beside uploads.
 */
export class PreviewSweeper {
  readonly #deps: SweeperDeps
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> = Promise.resolve()
  #isStopped = false

  constructor(deps: SweeperDeps) {
    this.#deps = deps
  }

  /** The first sweep begins when the start is over, the others every hour. */
  start(afterMs = MINUTE_MS): void {
    this.#schedule(afterMs)
  }

  /** Resolves when what is under way has come to its end. */
  async stop(): Promise<void> {
    this.#isStopped = true
    clearTimeout(this.#timer)
    await this.#running
  }

  #schedule(afterMs: number): void {
    this.#timer = setTimeout(() => {
      this.#running = this.#sweepThisHour()
      void this.#running.then(() => (this.#isStopped ? undefined : this.#schedule(HOUR_MS)))
    }, afterMs)
    this.#timer.unref()
  }

  /** A failure, such as a disk that is gone, is tried again an hour later. */
  async #sweepThisHour(): Promise<void> {
    const hour = Math.floor(Date.now() / HOUR_MS) % DAY_HOURS
    try {
      const share = prefixes.filter((_, number) => number % DAY_HOURS === hour)
      const removed = await sweepPreviews(this.#deps, share, {
        untouchedSince: Date.now() - UNTOUCHED_MS,
        mayGoOn: () => !this.#isStopped,
      })
      if (removed > 0) this.#deps.log.info({ removed }, 'previews of no photo removed')
    } catch (error) {
      this.#deps.log.error({ err: error }, 'sweeping previews failed')
    }
  }
}

/** Sweeps the parts of the store that begin so, and the cache of sizes; answers how many files went. */
export async function sweepPreviews(
  { db, previews, cache }: Pick<SweeperDeps, 'db' | 'previews' | 'cache'>,
  share: readonly string[],
  { untouchedSince, mayGoOn }: { readonly untouchedSince: number; mayGoOn(): boolean },
): Promise<number> {
  const wanted = (sha256s: readonly string[]) => wantedColdpreviews(db, sha256s)
  let removed = 0
  for (const prefix of share) if (mayGoOn()) removed += await previews.sweep(prefix, untouchedSince, wanted)
  return removed + (mayGoOn() ? await cache.sweep(wanted) : 0)
}
