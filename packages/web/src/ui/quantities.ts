const grouped = new Intl.NumberFormat('en')

/** `1,247`. */
export function formatCount(count: number): string {
  return grouped.format(count)
}

/** `1 photo`, `1,247 photos`. */
export function countOf(count: number, singular: string, plural = `${singular}s`): string {
  return `${formatCount(count)} ${count === 1 ? singular : plural}`
}

/** Decimal units, as disks and cameras count: `2.5 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return countOf(bytes, 'byte')
  const units = ['kB', 'MB', 'GB', 'TB']
  const power = Math.min(units.length, Math.floor(Math.log10(bytes) / 3))
  const value = bytes / 1000 ** power
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[power - 1]}`
}

/** A server's instant in the viewer's own zone: `24 Nov 2026, 21:05`. Not for `taken_at`, which has no zone. */
export function formatInstant(instant: string): string {
  return new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' }).format(
    new Date(instant),
  )
}
