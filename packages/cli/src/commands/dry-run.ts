import { type Server, importBackendAt, surveyFiles } from '@imalink/client'
import type { ScanNews } from '@imalink/client/disk'
import { type ExitCode, exitCodes } from '../failure.ts'
import { explanation } from '../import/explanation.ts'
import { leftOutFile, recalledFile } from '../import/file-event.ts'
import { count, counted, printable } from '../import/printable.ts'
import type { Progress } from '../import/progress.ts'
import { type SourceOptions, startSource } from '../import/source-groups.ts'
import { Tally } from '../import/tally.ts'

interface DryRun extends Omit<SourceOptions, 'onNews'> {
  readonly backend: Server
  readonly giveUpAfterMs: number
  readonly progress: Progress | null
  readonly json: boolean
  /** Hears a line about every file; null where only the numbers are asked for. */
  readonly onLine: ((line: string) => void) | null
}

type Surveyed = 'new' | 'known' | 'unreadable'

const expectations: Readonly<Record<Surveyed, string>> = {
  new: 'it would be looked at.',
  known: 'a photo was made of the same bytes.',
  unreadable: 'it cannot be read.',
}

/** Says what an import would do: reads what the journal does not vouch for, asks the server what it knows, and changes nothing. */
export async function dryRun({ progress, json, onLine, ...options }: DryRun): Promise<ExitCode> {
  const tally = new Tally()
  const found = { new: 0, known: 0, unreadable: 0 }
  const show = () => progress?.update(countsOf(tally, found))
  await using source = startSource({
    ...options,
    list: onLine ? 'recalled and left out' : 'nothing',
    onNews(news) {
      tally.addNews(news)
      if (onLine) linesOf(news).forEach(onLine)
      if (tally.total !== null) progress?.foundAll(tally.total)
      show()
    },
  })
  await surveyFiles(source.groups(), {
    ...options,
    backend: importBackendAt(options.backend),
    onSurveyed(file, status) {
      found[status]++
      onLine?.(`${status.padEnd(10)} ${printable(file.path)}: ${expectations[status]}`)
      show()
    },
    onWaiting: (reason) => progress?.waitFor(reason),
  })
  progress?.stop()
  const { unchanged, refused_before } = tally.totals
  const sum = { ...found, known: found.known + unchanged, unchanged, refused_before }
  process.stdout.write(json ? jsonOf(sum, tally) : textOf(sum, tally))
  return exitCodes.ok
}

function linesOf({ recalled, leftOutFiles }: ScanNews): string[] {
  const events = [...recalled.map(recalledFile), ...leftOutFiles.map(leftOutFile)]
  return events.filter((event) => event !== null).map(explanation)
}

interface Sum {
  readonly new: number
  readonly known: number
  readonly unreadable: number
  readonly unchanged: number
  readonly refused_before: number
}

function countsOf(tally: Tally, found: { new: number; known: number; unreadable: number }) {
  const { totals } = tally
  const surveyed = found.new + found.known + found.unreadable
  return {
    ...totals,
    found: totals.found + surveyed,
    done: totals.done + surveyed,
    created: found.new,
    known: totals.known + found.known,
    refused: totals.refused + found.unreadable,
  }
}

function jsonOf(sum: Sum, tally: Tally): string {
  const summary = { dry_run: true, ...sum, left_out: leftOutFiles(tally) }
  return `${JSON.stringify(summary, null, 2)}\n`
}

function textOf(sum: Sum, tally: Tally): string {
  const before =
    sum.refused_before > 0 ? `${count(sum.refused_before)} were refused before and are not tried again, ` : ''
  return (
    `${counted(sum.new, 'file')} would be looked at, ${count(sum.known)} are there already, ${before}` +
    `${count(sum.unreadable)} cannot be read, ${count(leftOutFiles(tally))} would be left out. Nothing was changed.\n`
  )
}

function leftOutFiles({ leftOut: { byExtension, ...others } }: Tally): number {
  return [...byExtension.values(), ...Object.values(others)].reduce((sum, number) => sum + number, 0)
}
