import { expect, onTestFinished, test } from 'vitest'
import { Campaign } from './mutations/campaign.ts'
import { goodFiles } from './mutations/good-files.ts'

const SEED = 20_261_125
const CASES = 500
const LARGEST_BYTES = 400_000

const folder = process.env['IMALINK_TEST_IMAGES'] || null

test('damaged copies of good files are photos or refused with a code, and nothing else notices', async () => {
  const campaign = await Campaign.start({
    seed: SEED,
    good: goodFiles(folder, LARGEST_BYTES),
    timeoutMs: 5000,
    workerMib: 1024,
    again: () => 'vitest run --project core mutations',
  })
  onTestFinished(() => campaign.end())

  await campaign.run(1, CASES)

  const { cases, outcomes } = campaign.report
  expect(cases).toBe(CASES)
  // A campaign whose files are all refused, or all taken, would try nothing.
  expect(outcomes['photo']).toBeGreaterThan(CASES / 10)
  expect(outcomes['corrupt_image']).toBeGreaterThan(CASES / 10)
}, 120_000)
