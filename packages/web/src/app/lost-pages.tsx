import { useRouteError } from 'react-router'
import { sentenceOf } from '../server/backend.ts'
import { ButtonLink } from '../ui/button.tsx'
import { ProblemNotice } from '../ui/notice.tsx'
import { Page } from '../ui/page.tsx'
import styles from './shell.module.css'

export function MissingPage({ what = 'There is no page at this address.' }: { readonly what?: string }) {
  return (
    <Page title="Not found" note={what} width="narrow">
      <div>
        <ButtonLink to="/">Go to the timeline</ButtonLink>
      </div>
    </Page>
  )
}

/** A fault of the page itself: said as it is, with the one way out that always works. */
export function BrokenPage() {
  const error = useRouteError()
  return (
    <main className={styles.main}>
      <Page title="This page broke" width="narrow">
        <ProblemNotice sentence={sentenceOf(error)} onRetry={() => location.reload()} />
      </Page>
    </main>
  )
}
