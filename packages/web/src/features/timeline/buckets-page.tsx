import type { Bucket } from '@imalink/contract'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useRef } from 'react'
import { Link, useNavigate } from 'react-router'
import {
  type Period,
  ancestorsOf,
  parentOf,
  periodName,
  periodPath,
  periodTitle,
} from '../../dates/period.ts'
import { formatRange, monthName, weekdayName } from '../../dates/wall-clock.ts'
import { sentenceOf } from '../../server/backend.ts'
import { hotpreviewUrl } from '../../server/photos.ts'
import { bucketsQuery } from '../../server/timeline.ts'
import { Icon } from '../../ui/icon.tsx'
import { usePageKeys } from '../../ui/keys.ts'
import { ProblemNotice, Waiting } from '../../ui/notice.tsx'
import { Page } from '../../ui/page.tsx'
import { countOf, formatCount } from '../../ui/quantities.ts'
import { Breadcrumb } from './breadcrumb.tsx'
import { cardAfterKey } from './card-keys.ts'
import { isArrowKey } from './layout-rows.ts'
import styles from './timeline.module.css'

interface BucketsPageProps {
  readonly period: Period
  readonly whenEmpty: ReactNode
}

export function BucketsPage({ period, whenEmpty }: BucketsPageProps) {
  const buckets = useQuery(bucketsQuery(period))
  const isWhole = period.year === undefined
  if (isWhole && buckets.data?.meta.total_photos === 0 && buckets.data.meta.undated === 0) return whenEmpty
  return (
    <Page
      title={periodTitle(period)}
      note={buckets.data ? summary(period, buckets.data.meta) : '\u00a0'}
      above={isWhole ? null : <Breadcrumb trail={ancestorsOf(period)} />}
    >
      {buckets.isPending && <Waiting />}
      {buckets.isError && <ProblemNotice sentence={sentenceOf(buckets.error)} onRetry={buckets.refetch} />}
      {buckets.data && (
        <BucketCards
          period={period}
          buckets={buckets.data.data}
          undated={isWhole ? buckets.data.meta.undated : 0}
        />
      )}
    </Page>
  )
}

function summary(period: Period, meta: { total_photos: number; undated: number }): string {
  if (period.year !== undefined || meta.undated === 0) return countOf(meta.total_photos, 'photo')
  const photos = countOf(meta.total_photos + meta.undated, 'photo')
  return `${photos}, ${formatCount(meta.undated)} of them without a date`
}

interface BucketCardsProps {
  readonly period: Period
  readonly buckets: readonly Bucket[]
  readonly undated: number
}

function BucketCards({ period, buckets, undated }: BucketCardsProps) {
  const list = useRef<HTMLUListElement>(null)
  useCardKeys(list, period)
  if (buckets.length === 0 && undated === 0) return <p className={styles.none}>No photos here.</p>
  return (
    <ul ref={list} className={styles.cards} aria-label={cardsName(period)}>
      {buckets.map((bucket) => (
        <BucketCard key={periodPath(bucket)} bucket={bucket} />
      ))}
      {undated > 0 && <UndatedCard count={undated} />}
    </ul>
  )
}

function cardsName({ year, month }: Period): string {
  if (year === undefined) return 'Years'
  return month === undefined ? 'Months' : 'Days'
}

function useCardKeys(list: { readonly current: HTMLUListElement | null }, period: Period): void {
  const navigate = useNavigate()
  usePageKeys(({ key }) => {
    const up = parentOf(period)
    if (key === 'Escape' && up) {
      void navigate(periodPath(up))
      return true
    }
    if (!isArrowKey(key) || !list.current) return false
    const links = [...list.current.querySelectorAll('a')]
    cardAfterKey(links, document.activeElement, key)?.focus()
    return true
  })
}

function BucketCard({ bucket }: { readonly bucket: Bucket }) {
  const { first, last } = bucket.date_range
  return (
    <li>
      <Link className={styles.card} to={periodPath(bucket)}>
        <img
          className={styles.cover}
          src={hotpreviewUrl(bucket.preview_hothash)}
          alt=""
          width="150"
          height="112"
          loading="lazy"
          decoding="async"
        />
        <span className={styles.name}>{cardName(bucket)}</span>
        <span className={styles.count}>{countOf(bucket.count, 'photo')}</span>
        <span className={styles.range}>{formatRange(first, last, granularityOf(bucket))}</span>
      </Link>
    </li>
  )
}

function cardName(bucket: Bucket): string {
  const { year, month, day } = bucket
  if (month === undefined || day === undefined) return periodName(bucket)
  return `${weekdayName(year, month, day).slice(0, 3)}, ${day} ${monthName(month)}`
}

function granularityOf(bucket: Bucket): 'year' | 'month' | 'day' {
  if (bucket.month === undefined) return 'year'
  return bucket.day === undefined ? 'month' : 'day'
}

function UndatedCard({ count }: { readonly count: number }) {
  return (
    <li>
      <Link className={styles.card} to="/undated">
        <span className={`${styles.cover ?? ''} ${styles.noCover ?? ''}`}>
          <Icon name="undated" size={40} />
        </span>
        <span className={styles.name}>No date</span>
        <span className={styles.count}>{countOf(count, 'photo')}</span>
        <span className={styles.range}>The camera did not say when</span>
      </Link>
    </li>
  )
}
