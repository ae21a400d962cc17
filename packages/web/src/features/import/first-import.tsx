import { Page } from '../../ui/page.tsx'
import { ChooseFiles } from './choose-files.tsx'
import styles from './import.module.css'

/** What an empty timeline shows: how to fill it. */
export function FirstImport({ onStart }: { onStart(): void }) {
  return (
    <Page title="No photos yet" note="Bring in a folder, and they appear here by year, month and day.">
      <ChooseFiles onStart={onStart} />
      <p className={styles.quiet}>
        For large collections there is the command line, where ImaLink runs:{' '}
        <code>npm run imalink -- login</code>, then <code>npm run imalink -- import ~/Pictures</code>
      </p>
    </Page>
  )
}
