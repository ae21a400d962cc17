import type { Soak } from '../../scripts/soak.ts'
import { prepareCampaign } from '../system/kill-backend.ts'

export const usualRounds = 200

/** Kills the backend under all kinds of writes, on one engine and then on the other, so many times each. */
export const soak: Soak['soak'] = async ({ seed, rounds, onRound }) => {
  const reports: string[] = []
  for (const engine of ['sqlite', 'postgres'] as const) {
    const campaign = await prepareCampaign(engine, seed)
    try {
      for (let round = 1; round <= rounds; round++) {
        onRound(round)
        await campaign.kill()
      }
      const { settled, pending, kept } = campaign.seen
      reports.push(`${engine}: ${settled} photos as acknowledged, ${pending} a change further, ${kept} there`)
    } finally {
      await campaign.end()
    }
  }
  return reports.join('\n')
}
