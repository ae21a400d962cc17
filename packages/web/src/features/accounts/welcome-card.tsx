import type { ReactNode } from 'react'
import { PageTitle } from '../../ui/page.tsx'
import styles from './accounts.module.css'

interface WelcomeCardProps {
  readonly title: string
  readonly lead: string
  readonly children: ReactNode
}

/** What somebody sees who is not signed in. */
export function WelcomeCard({ title, lead, children }: WelcomeCardProps) {
  return (
    <main className={styles.place}>
      <PageTitle title={title} />
      <div className={styles.card}>
        <div className={styles.brand}>
          <img src="/favicon.svg" width="36" height="36" alt="" />
          ImaLink
        </div>
        <div>
          <h1 className={styles.title}>{title}</h1>
          <p className={styles.lead}>{lead}</p>
        </div>
        {children}
      </div>
    </main>
  )
}
