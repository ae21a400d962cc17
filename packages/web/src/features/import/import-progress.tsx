import { Button } from '../../ui/button.tsx'
import { Notice } from '../../ui/notice.tsx'
import { formatCount } from '../../ui/quantities.ts'
import styles from './import.module.css'
import { useImport } from './import-provider.tsx'
import type { ImportState } from './import-state.ts'
import { filesPerSecond, rateWords, timeLeftWords } from './time-left.ts'

const cores = {
  core: 'Using the core on this computer: your originals stay where they are and never leave it.',
  'pass-through':
    'Using the core of the server: it sees each photo to make its previews and keeps no copy. Your originals stay where they are.',
} as const

export function ImportProgress({ state }: { readonly state: ImportState }) {
  const { cancel } = useImport()
  const { title, counts, found, isScanning, core, waiting, phase } = state
  return (
    <section className={styles.panel} aria-labelledby="progress">
      <div className={styles.panelHead}>
        <h2 id="progress">{phase === 'stopping' ? 'Stopping…' : `Importing ${title}`}</h2>
        <Button disabled={phase === 'stopping'} onClick={cancel}>
          Cancel import
        </Button>
      </div>
      <progress
        className={styles.bar}
        aria-label="Import progress"
        max={Math.max(1, found)}
        value={counts.done}
      />
      <p className={styles.pace}>
        <span>
          {formatCount(counts.done)} of {formatCount(found)} files
          {isScanning ? ', still looking for more' : ''}
        </span>
        <span>{pace(state)}</span>
      </p>
      <dl className={styles.tallies}>
        <Tally name="New photos" count={counts.created} />
        <Tally name="Joined a photo" count={counts.joined} />
        <Tally name="Duplicates" count={counts.duplicates} />
        <Tally name="Known already" count={counts.known} />
        <Tally name="Refused" count={counts.refused} />
      </dl>
      {waiting !== null && (
        <div role="status">
          <Notice>Waiting for a server: {waiting}. The import goes on when it answers.</Notice>
        </div>
      )}
      {core !== null && <p className={styles.quiet}>{cores[core]}</p>}
      <p className={styles.quiet}>You can look at other pages meanwhile; leave this tab open.</p>
    </section>
  )
}

function pace({ samples, found, counts, isScanning }: ImportState): string {
  const rate = filesPerSecond(samples)
  if (rate === null) return 'Starting…'
  const left = isScanning ? null : timeLeftWords(found - counts.done, rate)
  return [rateWords(rate), left].filter((part) => part !== null).join(', ')
}

function Tally({ name, count }: { readonly name: string; readonly count: number }) {
  return (
    <div className={styles.tally}>
      <dt>{name}</dt>
      <dd>{formatCount(count)}</dd>
    </div>
  )
}
