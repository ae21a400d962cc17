import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from 'react-router'
import { type Day, ancestorsOf, parentOf, periodPath, periodTitle } from '../../dates/period.ts'
import { formatRange } from '../../dates/wall-clock.ts'
import { type Direction, bucketsQuery, neighbourDayQuery } from '../../server/timeline.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { usePageKeys } from '../../ui/keys.ts'
import { Page } from '../../ui/page.tsx'
import { countOf } from '../../ui/quantities.ts'
import { Breadcrumb } from './breadcrumb.tsx'
import { PhotoListView } from './photo-list-view.tsx'
import styles from './timeline.module.css'

export function DayPage({ day }: { readonly day: Day }) {
  useEscapeTo(periodPath(parentOf(day) ?? {}))
  const counts = useQuery(bucketsQuery(day))
  const bucket = counts.data?.data[0]
  const range = bucket ? formatRange(bucket.date_range.first, bucket.date_range.last, 'day') : ''
  const note = counts.data
    ? [countOf(counts.data.meta.total_photos, 'photo'), range].filter(Boolean).join(' · ')
    : '\u00a0'
  return (
    <Page
      title={periodTitle(day)}
      note={note}
      above={<Breadcrumb trail={ancestorsOf(day)} />}
      actions={<OtherDays day={day} />}
    >
      <PhotoListView list={day} name={`Photos of ${periodTitle(day)}`} />
    </Page>
  )
}

export function UndatedPage() {
  useEscapeTo('/')
  const counts = useQuery(bucketsQuery({}))
  return (
    <Page
      title="No date"
      note={counts.data ? countOf(counts.data.meta.undated, 'photo') : '\u00a0'}
      above={<Breadcrumb trail={[{}]} />}
    >
      <PhotoListView list="undated" name="Photos without a date" />
    </Page>
  )
}

function useEscapeTo(path: string): void {
  const navigate = useNavigate()
  usePageKeys(({ key }) => {
    if (key !== 'Escape') return false
    void navigate(path)
    return true
  })
}

function OtherDays({ day }: { readonly day: Day }) {
  return (
    <nav className={styles.otherDays} aria-label="Other days">
      <OtherDay day={day} direction="newer" />
      <OtherDay day={day} direction="older" />
    </nav>
  )
}

function OtherDay({ day, direction }: { readonly day: Day; readonly direction: Direction }) {
  const client = useQueryClient()
  const { data } = useQuery(neighbourDayQuery(client, day, direction))
  if (!data) return null
  return (
    <ButtonLink kind="quiet" icon={direction === 'newer' ? 'back' : 'next'} to={periodPath(data)}>
      {direction === 'newer' ? 'Later day' : 'Earlier day'}
    </ButtonLink>
  )
}
