import type { Soak } from '../../scripts/soak.ts'
import { backendAt } from '@imalink/client'
import { SearchCampaign } from '../../packages/backend/tests/search/search-campaign.ts'
import { type Installation, startInstallation } from '../system/installation.ts'

export const usualRounds = 10_000

const SEARCHES_A_LIBRARY = 500
const PHOTOS = 200

/** Random searches of one random library after the other: each is answered as a naive filter answers it. */
export const soak: Soak['soak'] = async ({ seed, rounds, onRound }) => {
  const installation = await startInstallation()
  try {
    for (let first = 1; first <= rounds; first += SEARCHES_A_LIBRARY) {
      onRound(first)
      if (first > 1) await installation.reset()
      const campaign = await SearchCampaign.start(await peopleOf(installation), {
        seed: seed + first,
        photos: PHOTOS,
      })
      await campaign.run({ seed: seed + first, searches: Math.min(SEARCHES_A_LIBRARY, rounds - first + 1) })
    }
  } finally {
    await installation.end()
  }
}

async function peopleOf({ newAccount, backend }: Installation) {
  const [alice, bob] = [await newAccount(), await newAccount()]
  return { alice: alice.server, bob: bob.server, anybody: backendAt(backend.address) }
}
