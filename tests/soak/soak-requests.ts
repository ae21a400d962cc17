import type { Soak } from '../../scripts/soak.ts'
import { Campaign } from '../../packages/backend/tests/hostile/campaign.ts'
import { startInstallation } from '../system/installation.ts'

export const usualRounds = 50_000

const ROUNDS_AT_ONCE = 500

/** Sends wrong and hostile requests to a backend: none makes it fail, hang, or answer other than it says. */
export const soak: Soak['soak'] = async ({ seed, rounds, onRound }) => {
  const installation = await startInstallation()
  const started = performance.now()
  try {
    const campaign = await Campaign.start({ origin: installation.backend.address, seed })
    for (let first = 1; first <= rounds; first += ROUNDS_AT_ONCE) {
      onRound(first)
      await campaign.run(first, Math.min(ROUNDS_AT_ONCE, rounds - first + 1))
    }
    const seconds = Math.round((performance.now() - started) / 1000)
    return JSON.stringify({ ...campaign.report, seconds }, null, 2)
  } finally {
    await installation.end()
  }
}
