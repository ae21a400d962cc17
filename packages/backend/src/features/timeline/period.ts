import type { Granularity } from '@imalink/contract'
import { AppError } from '../../app-error.ts'

export interface Period {
  readonly year?: number | undefined
  readonly month?: number | undefined
  readonly day?: number | undefined
  readonly hour?: number | undefined
}

const units = ['year', 'month', 'day', 'hour'] as const

/** Characters of `YYYY-MM-DDTHH:MM:SS` that name a bucket. */
export const prefixLength: Readonly<Record<Granularity, number>> = { year: 4, month: 7, day: 10, hour: 13 }

/**
 * The beginning that every time in the period shares, `''` for all of time.
 * Throws `contradicting_parameters` where a finer unit stands without its coarser ones.
 */
export function periodPrefix(period: Period): string {
  const given = units.filter((unit) => period[unit] !== undefined)
  const missing = units.slice(0, given.length).find((unit) => period[unit] === undefined)
  if (missing) {
    throw new AppError('contradicting_parameters', `${given.at(-1)} needs ${missing} as well.`)
  }
  const separators = ['', '-', '-', 'T']
  return given.map((unit, index) => separators[index] + digits(period[unit] ?? 0, unit)).join('')
}

function digits(value: number, unit: (typeof units)[number]): string {
  return String(value).padStart(unit === 'year' ? 4 : 2, '0')
}

/** Throws `contradicting_parameters` where the granularity's own coarser units are missing. */
export function requireCoarser(granularity: Granularity, period: Period): void {
  const missing = units.slice(0, units.indexOf(granularity)).find((unit) => period[unit] === undefined)
  if (missing) throw new AppError('contradicting_parameters', `granularity=${granularity} needs ${missing}.`)
}

/** The parts of a bucket's name that its granularity has. */
export function bucketKeys(prefix: string, granularity: Granularity) {
  const [year = 0, ...finer] = prefix.split(/[-T]/).map(Number)
  const wanted = units.slice(1, units.indexOf(granularity) + 1)
  return { year, ...Object.fromEntries(wanted.map((unit, index) => [unit, finer[index]])) }
}

/** The first text behind every time that begins with `prefix`: `:` and `.` sort before `~`. */
export const PAST_PREFIX = '~'

/** Milliseconds of a wall-clock time on a calendar without zones: only differences mean something. */
export function wallClockMs(text: string): number {
  return Date.parse(`${text}Z`)
}

/** The middle between two wall-clock times, to the millisecond, in the same form. */
export function midpoint(first: string, last: string): string {
  const middle = (wallClockMs(first) + wallClockMs(last)) / 2
  return new Date(Math.floor(middle)).toISOString().replace('Z', '')
}
