import type { Soak } from '../../scripts/soak.ts'
import { prepareOrdeal } from '../system/kill-nine.ts'

export const usualRounds = 200

/** Kills the backend in the middle of imports, twice a round, and looks for what it had acknowledged. */
export const soak: Soak['soak'] = async ({ seed, rounds, onRound }) => {
  const ordeal = await prepareOrdeal(seed)
  try {
    for (let round = 1; round <= rounds; round++) {
      onRound(round)
      await ordeal.round()
    }
  } finally {
    await ordeal.end()
  }
}
