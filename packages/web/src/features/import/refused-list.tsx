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
            return refusal && <Row key={index} refusal={refusal} top={start} />
          })}
        </ul>
      </div>
    </section>
  )
}

function Row({ refusal, top }: { readonly refusal: Refusal; readonly top: number }) {
  return (
    <li className={styles.refusal} style={{ transform: `translateY(${top}px)`, height: ROW_PX }}>
      <div className={styles.path} title={refusal.path}>
        {refusal.path}
      </div>
      <div className={styles.reason} title={refusal.detail}>
        {refusal.detail} <code>{refusal.code}</code>
      </div>
    </li>
  )
}
