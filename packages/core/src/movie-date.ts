import { boxes } from './heif-boxes.ts'

const SECONDS_A_DAY = 86_400

/**
 * When an image sequence was made, `YYYY-MM-DDTHH:MM:SS`, by its movie header (ISO/IEC 14496-12, `mvhd`); null without
 * one. The standard counts in UTC, cameras often in local time, so no zone is claimed.
 */
export function readMovieDate(bytes: Buffer): string | null {
  const movie = boxes(bytes).find(({ type }) => type === 'moov')
  const header = movie && boxes(movie.body).find(({ type }) => type === 'mvhd')?.body
  if (!header || header.length < 12) return null
  const seconds = header[0] === 1 ? Number(header.readBigUInt64BE(4)) : header.readUInt32BE(4)
  return seconds === 0 ? null : formatSince1904(seconds)
}

function formatSince1904(seconds: number): string | null {
  const { year, month, day } = dateOf(Math.floor(seconds / SECONDS_A_DAY))
  const left = seconds % SECONDS_A_DAY
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0')
  return `${year}-${two(month)}-${two(day)}T${two(left / 3600)}:${two((left / 60) % 60)}:${two(left % 60)}`
}

/** Days from the first of March of year 0, where 400 years begin, to the first of January 1904. */
const DAYS_TO_1904 = 695_361

/** Days since 1904 as a date of the Gregorian calendar; years begin in March, so that leap days come last. */
function dateOf(days: number): { year: number; month: number; day: number } {
  const since = days + DAYS_TO_1904
  const era = Math.floor(since / 146_097)
  const dayOfEra = since % 146_097
  const leapDays =
    Math.floor(dayOfEra / 1460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096)
  const yearOfEra = Math.floor((dayOfEra - leapDays) / 365)
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const fromMarch = Math.floor((5 * dayOfYear + 2) / 153)
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
  const day = dayOfYear - Math.floor((153 * fromMarch + 2) / 5) + 1
  return { year: era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, day }
}
