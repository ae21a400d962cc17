import { sql } from 'kysely'
import type { Storage } from './database.ts'

/** So many photos since the start make the first look worth its time. */
const FIRST_AT = 100

/**
 * PostgreSQL plans by the sizes that tables had when it last looked, once a minute, and keeps plans until it looks again. An
 * import that begins in an empty library outgrows that: whenever the photos that came have doubled, it is told to look.
 */
export class Statistics {
  readonly #storage: Storage
  readonly #onFailure: (error: unknown) => void
  #photos = 0
  #lookAt = FIRST_AT

  constructor(storage: Storage, onFailure: (error: unknown) => void) {
    this.#storage = storage
    this.#onFailure = onFailure
  }

  /** Told how many photos have been stored. SQLite plans alike at every size. */
  grew(count: number): void {
    this.#photos += count
    if (this.#storage.engine === 'sqlite' || this.#photos < this.#lookAt) return
    this.#lookAt = this.#photos * 2
    sql`analyze photos, photo_texts, hotpreviews, image_files, photo_eggs, photo_counts`
      .execute(this.#storage.db)
      .catch(this.#onFailure)
  }
}
