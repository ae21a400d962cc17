import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Campaign, prepareCampaign } from './kill-backend.ts'

const KILLS = 10
const SEED = Number(process.env.IMALINK_TEST_SEED || Date.now() % 1_000_000)

describe.each(['sqlite', 'postgres'] as const)('on %s', (engine) => {
  let campaign: Campaign

  beforeAll(async () => {
    campaign = await prepareCampaign(engine, SEED)
  })
  afterAll(() => campaign.end())

  test(`all that can be written survives ${KILLS} kills of the backend under load (seed ${SEED})`, async () => {
    for (let kill = 1; kill <= KILLS; kill++) await campaign.kill()

    expect(campaign.seen.kept).toBeGreaterThan(0)
  }, 300_000)
})
