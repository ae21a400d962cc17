import { afterAll, beforeAll, test } from 'vitest'
import { type Ordeal, prepareOrdeal } from './kill-nine.ts'

const ROUNDS = 5
const SEED = Number(process.env.IMALINK_TEST_SEED || Date.now() % 1_000_000)

let ordeal: Ordeal

beforeAll(async () => {
  ordeal = await prepareOrdeal(SEED)
})
afterAll(() => ordeal.end())

test.each(Array.from({ length: ROUNDS }, (_, round) => round + 1))(
  `loses nothing acknowledged when the backend is killed twice in an import (seed ${SEED}, round %i)`,
  () => ordeal.round(),
)
