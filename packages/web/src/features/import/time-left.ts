export interface Sample {
  readonly atMs: number
  readonly done: number
}

const WINDOW_MS = 15_000

/** The samples that still tell how fast an import is now, with one more: those of the last 15 seconds. */
export function withSample(samples: readonly Sample[], sample: Sample): Sample[] {
  return [...samples.filter(({ atMs }) => sample.atMs - atMs <= WINDOW_MS), sample]
}

/** Files a second over these samples; null until two of them are at least a second apart. */
export function filesPerSecond(samples: readonly Sample[]): number | null {
  const first = samples[0]
  const last = samples.at(-1)
  if (!first || !last || last.atMs - first.atMs < 1000) return null
  return ((last.done - first.done) * 1000) / (last.atMs - first.atMs)
}

/** `about 3 minutes left`: rounded, because more would be a pretence. Null when the rate says nothing. */
export function timeLeftWords(filesLeft: number, rate: number | null): string | null {
  if (rate === null || rate <= 0) return null
  const seconds = filesLeft / rate
  if (seconds < 10) return 'a few seconds left'
  if (seconds < 55) return `about ${Math.round(seconds / 10) * 10} seconds left`
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return minutes === 1 ? 'about a minute left' : `about ${minutes} minutes left`
  const hours = Math.round(minutes / 60)
  return hours === 1 ? 'about an hour left' : `about ${hours} hours left`
}

/** `12 files a second`, `1 file in 4 seconds`. */
export function rateWords(rate: number): string {
  if (rate >= 10) return `${Math.round(rate)} files a second`
  if (rate >= 1) return `${rate.toFixed(1)} files a second`
  return rate === 0 ? 'no files yet' : `1 file in ${Math.round(1 / rate)} seconds`
}
