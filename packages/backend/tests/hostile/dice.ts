import { randomness } from '../../../../tests/system/randomness.ts'

/** Chance that a seed decides. */
export class Dice {
  readonly #random: () => number

  constructor(seed: number) {
    this.#random = randomness(seed)
  }

  /** From 0 to `limit` - 1. */
  below(limit: number): number {
    return Math.floor(this.#random() * limit)
  }

  chance(probability: number): boolean {
    return this.#random() < probability
  }

  /** One of them; they must not be none. */
  pick<T>(all: readonly T[]): T {
    return all[this.below(all.length)] as T // below() answers an index.
  }
}
