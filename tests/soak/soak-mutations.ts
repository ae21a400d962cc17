import type { Soak } from '../../scripts/soak.ts'
import { Campaign } from '../../packages/core/tests/mutations/campaign.ts'
import { goodFiles } from '../../packages/core/tests/mutations/good-files.ts'
import { imagesFolder } from '../real-images/manifest.ts'

export const usualRounds = 20_000

const ROUNDS_AT_ONCE = 500
const LARGEST_BYTES = 16_000_000

/**
 * Sends damaged copies of good files to a core, and of `IMALINK_TEST_IMAGES` as well: each is a photo or refused with a
 * code, in time and in bounded memory, and good files between them get the hothash they had before.
 */
export const soak: Soak['soak'] = async ({ seed, rounds, onRound }) => {
  const campaign = await start(seed)
  const started = performance.now()
  try {
    for (let first = 1; first <= rounds; first += ROUNDS_AT_ONCE) {
      onRound(first)
      await campaign.run(first, Math.min(ROUNDS_AT_ONCE, rounds - first + 1))
    }
  } finally {
    await campaign.end()
  }
  const seconds = Math.round((performance.now() - started) / 1000)
  return JSON.stringify({ ...campaign.report, seconds }, null, 2)
}

export const soakOne: Soak['soakOne'] = async ({ seed, round }) => {
  const campaign = await start(seed)
  try {
    await campaign.run(round, 1)
  } finally {
    await campaign.end()
  }
  return JSON.stringify(campaign.report, null, 2)
}

function start(seed: number): Promise<Campaign> {
  return Campaign.start({
    seed,
    good: goodFiles(imagesFolder, LARGEST_BYTES),
    timeoutMs: 20_000,
    workerMib: 1024,
    again: (number) => `npm run soak -- mutations --seed ${seed} --only ${number}`,
  })
}
