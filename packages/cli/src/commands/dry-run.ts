import { type Server, importBackendAt, surveyFiles } from '@imalink/client'
import type { ScanNews } from '@imalink/client/disk'
import { type ExitCode, exitCodes } from '../failure.ts'
import { type FileEvent, type SurveyedFile, leftOutFile, recalledFile } from '../import/file-event.ts'
import { count, counted } from '../import/printable.ts'
import type { Progress } from '../import/progress.ts'
import { folderLines } from '../import/report-text.ts'
import { type SourceOptions, startSource } from '../import/source-groups.ts'
import { Tally } from '../import/tally.ts'

interface DryRun extends Omit<SourceOptions, 'onNews'> {
  readonly backend: Server
  readonly giveUpAfterMs: number
  readonly progress: Progress | null
  readonly form: 'text' | 'json' | 'json-lines'
  /** Whether every file is told of; the numbers are in any case. */
  readonly list: SourceOptions['list']
  onFile(event: FileEvent | SurveyedFile): void
}

/** Says what an import would do: reads what the journal does not vouch for, asks the server what it knows, and changes nothing. */
export async function dryRun({ progress, form, onFile, ...options }: DryRun): Promise<ExitCode> {
  const tally = new Tally()
  const found = { would_import: 0, known: 0, unreadable: 0 }
  const show = () => progress?.update(countsOf(tally, found))
  await using source = startSource({
    ...options,
    onNews(news) {
      tally.addNews(news)
      eventsOf(news).forEach(onFile)
      if (tally.total !== null) progress?.foundAll(tally.total)
      show()
    },
  })
  await surveyFiles(source.groups(), {
    ...options,
    backend: importBackendAt(options.backend),
    onSurveyed({ path }, surveyed) {
      const status = surveyed === 'new' ? 'would_import' : surveyed
      found[status]++
      onFile({ path, status, dry_run: true })
      show()
    },
    onWaiting: (reason) => progress?.waitFor(reason),
  })
  progress?.stop()
  process.stdout.write(summary(form, sumOf(tally, found), tally))
  return exitCodes.ok
}

function eventsOf({ recalled, leftOutFiles }: ScanNews): FileEvent[] {
  const events = [...recalled.map(recalledFile), ...leftOutFiles.map(leftOutFile)]
  return events.filter((event) => event !== null)
}

type Found = Readonly<Record<SurveyedFile['status'], number>>

function sumOf(tally: Tally, { would_import, known, unreadable }: Found): Sum {
  const { unchanged, refused_before } = tally.totals
  return { new: would_import, known: known + unchanged, unreadable, unchanged, refused_before }
}

interface Sum {
  readonly new: number
  readonly known: number
  readonly unreadable: number
  readonly unchanged: number
  readonly refused_before: number
}

function countsOf(tally: Tally, found: Found) {
  const { totals } = tally
  const surveyed = found.would_import + found.known + found.unreadable
  return {
    ...totals,
    found: totals.found + surveyed,
    done: totals.done + surveyed,
    created: found.would_import,
    known: totals.known + found.known,
    refused: totals.refused + found.unreadable,
  }
}

function summary(form: DryRun['form'], sum: Sum, tally: Tally): string {
  if (form === 'text') return textOf(sum, tally)
  const folders = {
    unreadable_folders: tally.unreadableFolders,
    unreadable_folder_count: tally.unreadableFolderCount,
  }
  const document = { dry_run: true, ...sum, left_out: leftOutFiles(tally), ...folders }
  return form === 'json'
    ? `${JSON.stringify(document, null, 2)}\n`
    : `${JSON.stringify({ event: 'end', ...document })}\n`
}

function textOf(sum: Sum, tally: Tally): string {
  const before =
    sum.refused_before > 0 ? `${count(sum.refused_before)} were refused before and are not tried again, ` : ''
  const numbers =
    `${counted(sum.new, 'file')} would be looked at, ${count(sum.known)} are there already, ${before}` +
    `${count(sum.unreadable)} cannot be read, ${count(leftOutFiles(tally))} would be left out. Nothing was changed.`
  return `${[...folderLines(tally), numbers].join('\n')}\n`
}

function leftOutFiles({ leftOut: { byExtension, ...others } }: Tally): number {
  return [...byExtension.values(), ...Object.values(others)].reduce((sum, number) => sum + number, 0)
}
