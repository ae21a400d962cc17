/*
 * A camera's time is a wall clock, not an instant: it is read from its text and never passes through `Date`, which
 * would move it into the time zone of whoever looks.
 */

const monthNames = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]
const weekdayNames = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']

/** Name of a month, 1-12. */
export function monthName(month: number): string {
  return monthNames[month - 1] ?? String(month)
}

/** Name of the day of the week, by Sakamoto's method for the Gregorian calendar. */
export function weekdayName(year: number, month: number, day: number): string {
  const shift = [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4][month - 1] ?? 0
  const y = month < 3 ? year - 1 : year
  const weekday = (y + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + shift + day) % 7
  return weekdayNames[weekday] ?? ''
}

export interface WallClockParts {
  readonly year: number
  readonly month: number
  readonly day: number
  /** `HH:MM:SS`, without a fraction. */
  readonly time: string
}

/** Splits `YYYY-MM-DDTHH:MM:SS[.sss]`; null for anything else. */
export function splitWallClock(text: string): WallClockParts | null {
  const parts = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}:\d{2}:\d{2})/.exec(text)
  if (!parts) return null
  const [, year, month, day, time = ''] = parts
  return { year: Number(year), month: Number(month), day: Number(day), time }
}

/** `Saturday, 15 June 2024, 14:30:12`, with the offset behind it where the camera knew one. */
export function formatTakenAt(text: string, offset: string | null): string {
  const at = splitWallClock(text)
  if (!at) return text
  const zone = offset === null ? '' : ` (UTC${offset})`
  return `${weekdayName(at.year, at.month, at.day)}, ${at.day} ${monthName(at.month)} ${at.year}, ${at.time}${zone}`
}

/** The range of a bucket in as few words as its granularity allows: `3 Jan – 30 Dec`, `4 – 28 June`, `08:10 – 17:45`. */
export function formatRange(first: string, last: string, bucket: 'year' | 'month' | 'day'): string {
  const from = splitWallClock(first)
  const to = splitWallClock(last)
  if (!from || !to) return ''
  if (bucket === 'day') return span(from.time.slice(0, 5), to.time.slice(0, 5))
  if (bucket === 'month') return between(from.day, to.day, monthName(to.month))
  return span(`${from.day} ${shortMonth(from.month)}`, `${to.day} ${shortMonth(to.month)}`)
}

function span(from: string, to: string): string {
  return from === to ? from : `${from} – ${to}`
}

function between(from: number, to: number, month: string): string {
  return from === to ? `${from} ${month}` : `${from} – ${to} ${month}`
}

function shortMonth(month: number): string {
  return monthName(month).slice(0, 3)
}
