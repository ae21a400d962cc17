const form = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?(Z|[+-]\d{2}:\d{2})?$/

export interface WallClock {
  /** `YYYY-MM-DDTHH:MM:SS[.sss]`, no zone. */
  readonly taken_at: string
  /** `±HH:MM`, or null where the text names no zone. */
  readonly taken_at_offset: string | null
}

/**
 * Reads a camera's time as written: the zone is split off, the wall-clock part stays as it is, longer fractions are cut
 * to three digits. Null for anything that is no such time, has an impossible field, or lies outside 1900-2100.
 */
export function parseWallClock(text: string): WallClock | null {
  const parts = form.exec(text)
  if (!parts) return null
  const [, year, month, day, hour, minute, second, fraction, zone] = parts
  const numbers = [year, month, day, hour, minute, second].map(Number)
  if (!isRealMoment(numbers) || !isRealOffset(zone)) return null
  const millis = fraction ? `.${fraction.slice(0, 3).padEnd(3, '0')}` : ''
  return {
    taken_at: `${year}-${month}-${day}T${hour}:${minute}:${second}${millis}`,
    taken_at_offset: zone === 'Z' ? '+00:00' : (zone ?? null),
  }
}

function isRealMoment(numbers: readonly number[]): boolean {
  const [year = 0, month = 0, day = 0, hour = 99, minute = 99, second = 99] = numbers
  if (year < 1900 || year > 2100 || month < 1 || month > 12) return false
  return day >= 1 && day <= daysIn(year, month) && hour < 24 && minute < 60 && second < 60
}

/** Whether a text is an offset from UTC, `±HH:MM`; the widest in use are -12:00 and +14:00. */
export function isOffset(text: string): boolean {
  return /^[+-]\d{2}:\d{2}$/.test(text) && isRealOffset(text)
}

function isRealOffset(zone: string | undefined): boolean {
  if (!zone || zone === 'Z') return true
  const hours = Number(zone.slice(1, 3))
  const minutes = Number(zone.slice(4, 6))
  const total = (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes)
  return minutes < 60 && total >= -12 * 60 && total <= 14 * 60
}

/** Days in a month of the Gregorian calendar; `month` is 1-12. */
export function daysIn(year: number, month: number): number {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  if (month === 2) return leap ? 29 : 28
  return [4, 6, 9, 11].includes(month) ? 30 : 31
}
