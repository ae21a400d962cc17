import { type ReactNode, useEffect, useRef } from 'react'
import styles from './page.module.css'

interface PageProps {
  readonly title: string
  /** Under the title, in a few words. */
  readonly note?: ReactNode
  readonly above?: ReactNode
  readonly actions?: ReactNode
  readonly width?: 'narrow' | 'full'
  readonly children: ReactNode
}

/** A page of the app: names the tab, and takes the focus when what had it is gone with the page before. */
export function Page({ title, note, above, actions, width = 'full', children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    if (document.activeElement === document.body) heading.current?.focus({ preventScroll: true })
  }, [title])
  return (
    <article className={`${styles.page ?? ''} ${width === 'narrow' ? (styles.narrow ?? '') : ''}`}>
      <PageTitle title={title} />
      <header className={styles.head}>
        <div>
          {above && <div className={styles.above}>{above}</div>}
          <h1 ref={heading} tabIndex={-1} className={styles.title}>
            {title}
          </h1>
          {note !== undefined && <p className={styles.note}>{note}</p>}
        </div>
        {actions}
      </header>
      {children}
    </article>
  )
}

export function PageTitle({ title }: { readonly title: string }) {
  return <title>{`${title} · ImaLink`}</title>
}
