import { availableParallelism } from 'node:os'
import type { Outcome } from '@imalink/client'
import type { Config } from '../config.ts'
import { currentLogin } from '../credentials.ts'
import type { ExitCode } from '../failure.ts'
import { findEggLayer } from '../import/egg-layer.ts'
import { interruption } from '../import/interruption.ts'
import { Progress } from '../import/progress.ts'
import { reportJson, reportText } from '../import/report.ts'
import { findRoots } from '../import/roots.ts'
import { runImport } from '../import/run-import.ts'
import { dryRun } from './dry-run.ts'

export interface ImportCommandOptions {
  readonly json?: true
  readonly jsonLines?: true
  readonly dryRun?: true
  readonly quiet?: true
  readonly jobs?: number
  readonly coldpreviewSize: number | 'none'
  readonly title?: string
  readonly core?: string
  readonly volume?: string
  /** Seconds. */
  readonly patience: number
}

/** Imports folders and files and prints the report. */
export async function importPhotos(
  config: Config,
  named: readonly string[],
  options: ImportCommandOptions,
): Promise<ExitCode> {
  const roots = await findRoots(named)
  const { address, backend } = await currentLogin(config)
  const progress = options.quiet ? null : new Progress(process.stderr)
  const stop = interruption(() => progress?.say('Stopping; what core has made is still delivered …'))
  const shared = { backend, roots, volume: options.volume ?? '', signal: stop.signal, progress }
  const giveUpAfterMs = options.patience * 1000
  try {
    if (options.dryRun) return await dryRun({ ...shared, giveUpAfterMs, json: options.json ?? false })
    const eggs = await findEggLayer(backend, { core: options.core, coreToken: config.coreToken, address })
    const result = await runImport({
      ...shared,
      address,
      eggs,
      giveUpAfterMs,
      title: options.title ?? null,
      coldpreviewSize: options.coldpreviewSize === 'none' ? null : options.coldpreviewSize,
      jobs: options.jobs ?? usualJobs(),
      onOutcome: options.jsonLines ? printOutcome : () => undefined,
    })
    progress?.stop()
    if (options.jsonLines) printLine({ event: 'end', ...reportJson(result) })
    else if (options.json) process.stdout.write(`${JSON.stringify(reportJson(result), null, 2)}\n`)
    else process.stdout.write(reportText(result))
    return result.exitCode
  } finally {
    progress?.stop()
    stop.release()
  }
}

/** One more than core can work on at once, so that the next image is there when one is done. */
function usualJobs(): number {
  return availableParallelism() + 1
}

function printOutcome({ file, ...verdict }: Outcome): void {
  printLine({ event: 'file', path: file.path, ...verdict })
}

function printLine(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}
