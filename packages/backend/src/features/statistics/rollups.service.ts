import type { OwnerSource } from '../../access/visibility.ts'
import { type Db, type Tx, inTransaction } from '../../storage/database/database.ts'
import {
  type Counts,
  type CountsByLevel,
  countPhotos,
  readCounts,
  sumOf,
  withPortion,
  writeCounts,
} from './counts.ts'
import * as rollups from './rollups.repository.ts'

/**
 * Counts of all photos of the sources, by their level. What has changed since it was counted is counted first, portion by
 * portion.
 */
export async function countsByLevel(db: Db, sources: readonly OwnerSource[]): Promise<CountsByLevel> {
  const owners = rollups.ownersOf(sources)
  await countStale(db, owners)
  const wholes = new Map(
    (await rollups.readWholes(db, owners)).map(({ user_id, counts }) => [user_id, readCounts(counts)]),
  )
  const parts = sources.flatMap(({ userId, visibility }) => {
    const owned = userId === null ? [...wholes.values()] : [wholes.get(userId)]
    return owned.flatMap((byLevel) => ({ level: visibility, counts: byLevel?.get(visibility) ?? NO_COUNTS }))
  })
  const byLevel = Map.groupBy(parts, ({ level }) => level)
  return new Map([...byLevel].map(([level, some]) => [level, added(some.map(({ counts }) => counts))]))
}

const NO_COUNTS: Counts = new Map()

/** The sum of counts. */
export function added(all: readonly Counts[]): Counts {
  return sumOf(all.map((counts) => ({ counts, sign: 1 })))
}

/** Each in a transaction of its own, so that nobody waits for more than one. */
async function countStale(db: Db, owners: rollups.Owners): Promise<void> {
  for (const portion of await rollups.stalePortions(db, owners))
    await inTransaction(db, (tx) => countAgain(tx, portion))
}

async function countAgain(tx: Tx, portion: rollups.Portion): Promise<void> {
  await rollups.lockRollups(tx)
  if (!(await rollups.takeNote(tx, portion))) return
  const whole = { user_id: portion.user_id }
  const before = readCounts(await rollups.readRollup(tx, portion))
  const now = countPhotos(await rollups.photosOf(tx, portion), await rollups.tagsOf(tx, portion))
  const sum = withPortion(readCounts(await rollups.readRollup(tx, whole)), { before, now })
  await rollups.writeRollup(tx, portion, writeCounts(now))
  await rollups.writeRollup(tx, whole, writeCounts(sum))
}

/** So many photos more make it worth while to count them before somebody asks. */
const MANY = 5000

/**
 * Counts in the background what an import brings, so that the first who asks afterwards need not wait for all of it.
 */
export class RollupKeeper {
  readonly #db: Db
  readonly #onFailure: (error: unknown) => void
  #uncounted = 0
  #counting: Promise<void> | null = null

  constructor(db: Db, onFailure: (error: unknown) => void) {
    this.#db = db
    this.#onFailure = onFailure
  }

  /** Told how many photos have been stored. */
  grew(count: number): void {
    this.#uncounted += count
    if (this.#uncounted < MANY || this.#counting) return
    this.#uncounted = 0
    this.#counting = countStale(this.#db, null)
      .catch(this.#onFailure)
      .finally(() => (this.#counting = null))
  }

  /** Resolves when nothing is being counted any more. */
  async stop(): Promise<void> {
    this.#uncounted = -Infinity
    await this.#counting
  }
}
