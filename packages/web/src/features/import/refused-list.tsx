import { useVirtualizer } from '@tanstack/react-virtual'
import { useRef } from 'react'
import { countOf } from '../../ui/quantities.ts'
import styles from './import.module.css'
import type { Refusal } from './import-state.ts'

const ROW_PX = 64

/** Every refused file with its reason, however many there are: only the rows in sight are in the page. */
export function RefusedList({ refusals }: { readonly refusals: readonly Refusal[] }) {
  const scroller = useRef<HTMLDivElement>(null)
  const virtualizer = useVirtualizer({
    count: refusals.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 5,
  })
  return (
    <section className={styles.panel} aria-labelledby="refused">
      <h2 id="refused">{countOf(refusals.length, 'refused file')}</h2>
      <div ref={scroller} className={styles.scroller} tabIndex={0} role="group" aria-label="Refused files">
        <ul className={styles.refused} style={{ height: virtualizer.getTotalSize() }}>
          {virtualizer.getVirtualItems().map(({ index, start }) => {
            const refusal = refusals[index]
            return (
              refusal && (
                <Row
                  key={index}
                  index={index}
                  refusal={refusal}
                  top={start}
                  measure={virtualizer.measureElement}
                />
              )
            )
          })}
        </ul>
      </div>
    </section>
  )
}

interface RowProps {
  readonly index: number
  readonly refusal: Refusal
  readonly top: number
  /** Long reasons take several lines on a phone: how high a row is shows when it is drawn. */
  measure(row: HTMLLIElement | null): void
}

function Row({ index, refusal, top, measure }: RowProps) {
  return (
    <li
      ref={measure}
      data-index={index}
      className={styles.refusal}
      style={{ transform: `translateY(${top}px)` }}
    >
      <div className={styles.path}>{refusal.path}</div>
      <div className={styles.reason}>
        {refusal.detail} <code>{refusal.code}</code>
      </div>
    </li>
  )
}
