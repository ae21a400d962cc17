import type { ReactNode } from 'react'
import { Button } from './button.tsx'
import { Icon } from './icon.tsx'
import styles from './notice.module.css'

/** Something the reader should know, and nothing is wrong. */
export function Notice({ children }: { readonly children: ReactNode }) {
  return (
    <div className={styles.notice}>
      <div className={styles.text}>{children}</div>
    </div>
  )
}

interface ProblemNoticeProps {
  /** One sentence: what went wrong. */
  readonly sentence: string
  readonly onRetry?: () => unknown
}

/** What went wrong, read out at once, with a way to try again where trying again can help. */
export function ProblemNotice({ sentence, onRetry }: ProblemNoticeProps) {
  return (
    <div className={`${styles.notice ?? ''} ${styles.problem ?? ''}`} role="alert">
      <Icon name="warning" />
      <div className={styles.text}>{sentence}</div>
      {onRetry && <Button onClick={onRetry}>Try again</Button>}
    </div>
  )
}

/** Shows only after a moment, because most answers are quicker. */
export function Waiting({ children = 'Loading…' }: { readonly children?: ReactNode }) {
  return (
    <div className={styles.waiting} role="status">
      {children}
    </div>
  )
}
