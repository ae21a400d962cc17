import { ButtonLink } from '../../ui/button.tsx'
import { ProblemNotice } from '../../ui/notice.tsx'
import { Page } from '../../ui/page.tsx'
import { countOf } from '../../ui/quantities.ts'
import { ChooseFiles } from './choose-files.tsx'
import styles from './import.module.css'
import { useImport } from './import-provider.tsx'
import { type ImportState, isOver } from './import-state.ts'
import { ImportProgress } from './import-progress.tsx'
import { leftOutWords } from './left-out.ts'
import { RefusedList } from './refused-list.tsx'

export function ImportPage() {
  const { state } = useImport()
  return (
    <Page title="Import" width="narrow">
      {state && !isOver(state) && <ImportProgress state={state} />}
      {state && isOver(state) && <Summary state={state} />}
      {state && state.refusals.length > 0 && <RefusedList refusals={state.refusals} />}
      <ChooseFiles />
    </Page>
  )
}

const outcomes = {
  completed: 'Import finished',
  cancelled: 'Import cancelled',
  failed: 'Import stopped',
} as const

function Summary({ state }: { readonly state: ImportState }) {
  const { phase, counts, failure } = state
  if (phase === 'running' || phase === 'stopping') return null
  return (
    <section className={styles.panel} aria-labelledby="summary">
      <h2 id="summary">{outcomes[phase]}</h2>
      {failure !== null && <ProblemNotice sentence={failure} />}
      <ul className={styles.summary} role="status">
        {summaryLines(state).map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      {counts.done - counts.refused > 0 && (
        <div>
          <ButtonLink kind="primary" icon="timeline" to="/">
            See the timeline
          </ButtonLink>
        </div>
      )}
    </section>
  )
}

/** What came in, what was there, what was refused and what was not even tried, in whole sentences. */
function summaryLines({ title, counts, found, inTrash, leftOut, phase }: ImportState): string[] {
  const notTried = phase === 'completed' ? 0 : found - counts.done
  const skipped = leftOutWords(leftOut)
  return [
    `${counts.created === 0 ? 'No new photos' : countOf(counts.created, 'new photo')} from ${title}.`,
    counts.joined > 0 &&
      `${countOf(counts.joined, 'file')} joined the photo of the same shot, as a RAW and its JPEG do.`,
    counts.duplicates > 0 && `${countOf(counts.duplicates, 'file')} showed a photo that you have already.`,
    counts.known > 0 && `${countOf(counts.known, 'file')} had been imported before.`,
    inTrash > 0 &&
      `${countOf(inTrash, 'photo')} of these ${inTrash === 1 ? 'is' : 'are'} in the trash and stayed there.`,
    counts.refused > 0 && `${countOf(counts.refused, 'file')} could not be imported; the reasons are below.`,
    notTried > 0 && `${countOf(notTried, 'file')} not looked at. Import the same folder again to go on.`,
    skipped !== null && `Left out: ${skipped}.`,
  ].filter((line) => line !== false)
}
