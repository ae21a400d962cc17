import { expect, test } from 'vitest'
import { growth, loadBackend } from './memory.ts'

const SEED = Number(process.env.IMALINK_TEST_SEED || Date.now() % 1_000_000)
const PERIODS = 16
const PERIOD_MS = 500
/** In the first seconds code is still compiled, and the database's cache is filled. */
const MAX_GROWTH = 1.6

test.each(['sqlite', 'postgres'] as const)(
  `the memory of a busy backend on %s does not run away (seed ${SEED})`,
  async (engine) => {
    const report = await loadBackend(engine, { seed: SEED, periods: PERIODS, periodMs: PERIOD_MS })

    expect(report.requests).toBeGreaterThan(PERIODS)
    expect(growth(report)).toBeLessThan(MAX_GROWTH)
  },
)
