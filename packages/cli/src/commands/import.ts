import { findRoots } from '@imalink/client/disk'
import type { Config } from '../config.ts'
import { currentLogin } from '../credentials.ts'
import type { ExitCode } from '../failure.ts'
import { findEggLayer } from '../import/egg-layer.ts'
import { expectation, explanation } from '../import/explanation.ts'
import { type FileEvent, type SurveyedFile, isSurveyed } from '../import/file-event.ts'
import { interruption } from '../import/interruption.ts'
import { journalThread } from '../import/journal-thread.ts'
import { Progress } from '../import/progress.ts'
import { reportText } from '../import/report-text.ts'
import { reportJson } from '../import/report.ts'
import { type ImportPlan, runImport } from '../import/run-import.ts'
import { openJournal } from '../journal/open-journal.ts'
import { dryRun } from './dry-run.ts'
import { type ImportOptions, makingOf, scanWishes } from './import-options.ts'

export interface ImportCommandOptions extends ImportOptions {
  readonly json?: true
  readonly jsonLines?: true
  readonly explain?: true
  readonly dryRun?: true
  readonly recheck?: true
  readonly title?: string
}

/** Imports folders and files and prints the report. */
export async function importPhotos(
  config: Config,
  named: readonly string[],
  options: ImportCommandOptions,
): Promise<ExitCode> {
  const thread = journalThread()
  const roots = await findRoots(named)
  const { address, backend } = await currentLogin(config)
  const progress = options.quiet ? null : new Progress(process.stderr)
  const stop = interruption(() => progress?.say('Stopping; what core has made is still delivered …'))
  const say = (sentence: string) =>
    progress ? progress.say(sentence) : process.stderr.write(`${sentence}\n`)
  // Before anything is delivered nothing has to outlast Ctrl-C.
  const asking = { ...backend, signal: stop.signal }
  const journal = await openJournal(config, asking, say)
  const source = {
    ...{ roots, journal, progress, backend, thread },
    wishes: scanWishes(options),
    recheck: options.recheck ?? false,
    list: listed(options),
    signal: stop.signal,
  }
  try {
    if (options.dryRun) {
      const onFile = (event: FileEvent | SurveyedFile) => printFile(event, options, progress)
      return await dryRun({ ...source, ...makingOf(options), form: formOf(options), onFile })
    }
    const result = await runImport({
      ...source,
      ...makingOf(options),
      address,
      findEggs: () => findEggLayer(asking, { core: options.core, coreToken: config.coreToken, address }),
      title: options.title ?? null,
      onFile: (event) => printFile(event, options, progress),
      onTrouble: say,
    })
    progress?.stop()
    if (options.jsonLines) printLine({ event: 'end', ...reportJson(result) })
    else if (options.json) process.stdout.write(`${JSON.stringify(reportJson(result), null, 2)}\n`)
    else process.stdout.write(reportText(result))
    return result.exitCode
  } finally {
    progress?.stop()
    stop.release()
    journal.close()
  }
}

function listed({ jsonLines, explain }: ImportCommandOptions): ImportPlan['list'] {
  if (explain) return 'recalled and left out'
  return jsonLines ? 'recalled' : 'nothing'
}

function printFile(
  event: FileEvent | SurveyedFile,
  options: ImportCommandOptions,
  progress: Progress | null,
): void {
  if (options.jsonLines) return printLine({ event: 'file', ...event })
  if (options.explain) printText(isSurveyed(event) ? expectation(event) : explanation(event), progress)
}

function formOf({ json, jsonLines }: ImportCommandOptions): 'text' | 'json' | 'json-lines' {
  if (jsonLines) return 'json-lines'
  return json ? 'json' : 'text'
}

function printText(line: string, progress: Progress | null): void {
  if (progress) progress.sayOn(process.stdout, `${line}\n`)
  else process.stdout.write(`${line}\n`)
}

function printLine(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}
