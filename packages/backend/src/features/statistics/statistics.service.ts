import type { Statistics } from '@imalink/contract'
import type { SignedIn } from '../../access/viewer.ts'
import { sourcesOfOwner } from '../../access/visibility.ts'
import type { Db } from '../../storage/database/database.ts'
import type { Counts, Field } from './counts.ts'
import { added, countsByLevel } from './rollups.service.ts'

const MOST = 500

/** What the owner's photos outside the trash were taken with, and when. */
export async function statisticsOf(db: Db, owner: SignedIn): Promise<Statistics> {
  const counts = added([...(await countsByLevel(db, sourcesOfOwner(owner, owner.userId))).values()])
  const numbers = (field: Field) =>
    mostOf(counts, field)
      .map(asNumber)
      .sort((a, b) => a.value - b.value)
  return {
    total: counts.get('total')?.get('') ?? 0,
    by_year: numbers('year'),
    by_month: numbers('month'),
    by_weekday: numbers('weekday'),
    by_hour: numbers('hour'),
    by_camera: mostOf(counts, 'camera'),
    by_lens: mostOf(counts, 'lens'),
    by_focal_length: numbers('focal_length'),
    by_f_number: numbers('f_number'),
    by_exposure_time: mostOf(counts, 'exposure_time').sort(
      (a, b) => secondsOf(a.value) - secondsOf(b.value) || (a.value < b.value ? -1 : 1),
    ),
    by_iso: numbers('iso'),
    by_rating: numbers('rating'),
  }
}

interface Counted {
  readonly value: string
  readonly count: number
}

/** The most frequent values, that one first. */
function mostOf(counts: Counts, field: Field): Counted[] {
  return [...(counts.get(field) ?? [])]
    .map(([value, count]) => ({ value: `${value}`, count }))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
    .slice(0, MOST)
}

const asNumber = ({ value, count }: Counted) => ({ value: Number(value), count })

/** Of "1/250" or "2.5"; what is neither comes last. */
function secondsOf(exposure: string): number {
  const [, numerator = '', denominator = '1'] = /^(\d+(?:\.\d+)?)(?:\/(\d+(?:\.\d+)?))?$/.exec(exposure) ?? []
  return numerator === '' || Number(denominator) === 0 ? Infinity : Number(numerator) / Number(denominator)
}
