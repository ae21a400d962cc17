import { ok } from 'node:assert'
import type { Soak } from '../../scripts/soak.ts'
import { growth, loadBackend } from '../system/memory.ts'

/** An hour. */
export const usualRounds = 60

const PERIOD_MS = 60_000
/** What the collector of garbage has yet to free comes and goes by more than a tenth. */
const MAX_GROWTH = 1.15

const MIB = 1024 * 1024

/** A backend on each engine, both under all the load that the machine gives, for so many minutes: their memory stays flat. */
export const soak: Soak['soak'] = async ({ seed, rounds, onRound }) => {
  const engines = ['sqlite', 'postgres'] as const
  const reports = await Promise.all(
    engines.map((engine) =>
      loadBackend(engine, {
        seed,
        periods: rounds,
        periodMs: PERIOD_MS,
        onPeriod: (period) => engine === 'sqlite' && onRound(period),
      }),
    ),
  )
  const told = reports.map((report, index) => {
    const { requests, resident } = report
    const mib = resident.map((bytes) => Math.round(bytes / MIB)).join(' ')
    return `${engines[index]}: ${requests} requests, growth ${growth(report).toFixed(3)}, MiB a minute: ${mib}`
  })
  ok(
    reports.every((report) => growth(report) <= MAX_GROWTH),
    told.join('\n'),
  )
  return told.join('\n')
}
