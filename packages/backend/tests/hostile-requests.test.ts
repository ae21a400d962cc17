import { expect, test } from 'vitest'
import { Campaign } from './hostile/campaign.ts'
import { testApp } from './test-app.ts'

const SEED = 20_261_125
const REQUESTS = 2000

const { origin } = await testApp()

test(`wrong and hostile requests are answered as the description says, and harm nobody (seed ${SEED})`, async () => {
  const campaign = await Campaign.start({ origin, seed: SEED })

  await campaign.run(1, REQUESTS)

  const { requests, answers, endpointsReached, endpoints } = campaign.report
  expect(requests).toBe(REQUESTS)
  // A campaign whose requests are all refused at the door would try nothing.
  expect(answers['200']).toBeGreaterThan(REQUESTS / 20)
  expect(answers['422']).toBeGreaterThan(REQUESTS / 20)
  expect(endpointsReached).toBeGreaterThan(endpoints / 2)
}, 120_000)
