import type { ReactNode } from 'react'
import { useParams } from 'react-router'
import { isDay, parsePeriod } from '../../dates/period.ts'
import { BucketsPage } from './buckets-page.tsx'
import { DayPage } from './day-page.tsx'

interface TimelinePageProps {
  /** What to show somebody who has no photos. */
  readonly whenEmpty: ReactNode
  /** What to show for an address that is no date. */
  readonly whenMissing: ReactNode
}

/** Years, the months of a year, the days of a month, or the photos of a day, as the address says. */
export function TimelinePage({ whenEmpty, whenMissing }: TimelinePageProps) {
  const { year, month, day } = useParams()
  const period = parsePeriod([year, month, day])
  if (!period) return whenMissing
  return isDay(period) ? <DayPage day={period} /> : <BucketsPage period={period} whenEmpty={whenEmpty} />
}
