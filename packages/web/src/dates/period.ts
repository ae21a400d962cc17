import { monthName, splitWallClock, weekdayName } from './wall-clock.ts'

/** The whole library, a year, a month of it, or a day of that. */
export interface Period {
  readonly year?: number | undefined
  readonly month?: number | undefined
  readonly day?: number | undefined
}

export interface Day {
  readonly year: number
  readonly month: number
  readonly day: number
}

/** The photos that words find. */
export interface Found {
  readonly words: string
}

/** What a grid shows: the photos of one day, those without a date, or what was searched for. */
export type PhotoList = Day | 'undated' | Found

export function isFound(list: PhotoList): list is Found {
  return typeof list === 'object' && 'words' in list
}

/** Reads `2024`, `06`, `15` out of an address; null where they are no such numbers. */
export function parsePeriod(parts: readonly (string | undefined)[]): Period | null {
  const [year, month, day] = parts
  if (year === undefined) return {}
  if (!/^\d{4}$/.test(year)) return null
  if (month === undefined) return { year: Number(year) }
  if (!isWithin(month, 12)) return null
  if (day === undefined) return { year: Number(year), month: Number(month) }
  return isWithin(day, 31) ? { year: Number(year), month: Number(month), day: Number(day) } : null
}

function isWithin(text: string, max: number): boolean {
  return /^\d{1,2}$/.test(text) && Number(text) >= 1 && Number(text) <= max
}

export function isDay(period: Period): period is Day {
  return period.year !== undefined && period.month !== undefined && period.day !== undefined
}

/** `/2024/06/15`; `/` for the whole library. */
export function periodPath({ year, month, day }: Period): string {
  const parts = [year, month, day].filter((part) => part !== undefined)
  return `/${parts.map((part) => String(part).padStart(2, '0')).join('/')}`
}

export function listPath(list: PhotoList): string {
  if (list === 'undated') return '/undated'
  return isFound(list) ? `/search?${new URLSearchParams({ q: list.words }).toString()}` : periodPath(list)
}

/** The period that this one is part of; null for the whole library. */
export function parentOf({ year, month, day }: Period): Period | null {
  if (year === undefined) return null
  if (month === undefined) return {}
  return day === undefined ? { year } : { year, month }
}

/** What a page about a period is called: `Timeline`, `2024`, `June 2024`, `Saturday, 15 June 2024`. */
export function periodTitle({ year, month, day }: Period): string {
  if (year === undefined) return 'Timeline'
  if (month === undefined) return String(year)
  if (day === undefined) return `${monthName(month)} ${year}`
  return `${weekdayName(year, month, day)}, ${day} ${monthName(month)} ${year}`
}

/** What a period is called beside its neighbours: `All years`, `2024`, `June`, `15`. */
export function periodName({ year, month, day }: Period): string {
  if (year === undefined) return 'All years'
  if (month === undefined) return String(year)
  return day === undefined ? monthName(month) : String(day)
}

/** The list that a photo is in, by its wall-clock time. */
export function listOfPhoto(takenAt: string | null): PhotoList {
  const at = takenAt === null ? null : splitWallClock(takenAt)
  return at === null ? 'undated' : { year: at.year, month: at.month, day: at.day }
}

/** Everything that a period is part of, the largest first. */
export function ancestorsOf(period: Period): Period[] {
  const parent = parentOf(period)
  return parent ? [...ancestorsOf(parent), parent] : []
}
