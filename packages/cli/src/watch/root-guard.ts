import { stat } from 'node:fs/promises'
import { type DiskPath, type Root, isSystemError, keyOf, textOf } from '@imalink/client/disk'

export interface RootNews {
  readonly path: string
  readonly isThere: boolean
}

/** Knows which of the watched folders are there; a disk that is unplugged or plugged in changes that. */
export class RootGuard {
  readonly #roots: readonly Root[]
  readonly #identities = new Map<string, string | null>()

  constructor(roots: readonly Root[]) {
    this.#roots = roots
  }

  /** Looks again; answers null where all is as it was, else those that came or went (none where one was replaced). */
  async look(): Promise<RootNews[] | null> {
    const news: RootNews[] = []
    let isChanged = false
    for (const { path } of this.#roots) {
      const [before, now] = [this.#identities.get(keyOf(path)), await identityOf(path)]
      this.#identities.set(keyOf(path), now)
      if (before === now) continue
      isChanged = true
      const wasThere = before !== null
      if (wasThere !== (now !== null)) news.push({ path: textOf(path), isThere: now !== null })
    }
    return isChanged ? news : null
  }
}

/** Which folder of which disk is at a path, null for none. */
async function identityOf(path: DiskPath): Promise<string | null> {
  try {
    const { dev, ino } = await stat(path, { bigint: true })
    return `${dev}:${ino}`
  } catch (error) {
    if (isSystemError(error)) return null
    throw error
  }
}
