import { findRoots } from '@imalink/client/disk'
import type { Config } from '../config.ts'
import { currentLogin } from '../credentials.ts'
import { type ExitCode, Failure, exitCodes } from '../failure.ts'
import { interruption } from '../import/interruption.ts'
import { Progress } from '../import/progress.ts'
import { type WatchWishes, Watching } from '../watch/watching.ts'
import { type ImportOptions, makingOf, scanWishes } from './import-options.ts'

export interface WatchOptions extends ImportOptions {
  readonly json?: true
  /** Seconds. */
  readonly every: number
}

/** Keeps folders in step until it is interrupted: what is new or changed in them comes in, what is deleted is left alone. */
export async function watchFolders(
  config: Config,
  named: readonly string[],
  options: WatchOptions,
): Promise<ExitCode> {
  const roots = await findRoots(named)
  if (!roots.every(({ isFolder }) => isFolder))
    throw new Failure('Only folders can be watched.', exitCodes.usage)
  const login = await currentLogin(config)
  const progress = options.quiet ? null : new Progress(process.stderr)
  const stop = interruption(() => progress?.say('Stopping; what core has made is still delivered …'))
  const { signal } = stop
  const watching = new Watching({ config, login, roots, progress, signal, wishes: wishesOf(options) })
  try {
    await watching.untilStopped()
    return exitCodes.ok
  } finally {
    watching.close()
    progress?.stop()
    stop.release()
  }
}

function wishesOf(options: WatchOptions): WatchWishes {
  const { core, every, json } = options
  const making = { ...makingOf(options), wishes: scanWishes(options), core }
  return { making, everyMs: every * 1000, asJson: json ?? false }
}
