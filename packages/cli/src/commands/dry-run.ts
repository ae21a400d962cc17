import { type Server, importBackendAt, nothingCounted, surveyFiles } from '@imalink/client'
import { type ExitCode, exitCodes } from '../failure.ts'
import { counted } from '../import/printable.ts'
import type { Progress } from '../import/progress.ts'
import { sourceGroups } from '../import/source-files.ts'
import { type Root, countFiles, nothingLeftOut } from '../import/walk.ts'

interface DryRun {
  readonly backend: Server
  readonly roots: readonly Root[]
  readonly volume: string
  readonly giveUpAfterMs: number
  readonly signal: AbortSignal
  readonly progress: Progress | null
  readonly json: boolean
}

/** Says what an import would do: reads every file, asks the server what it knows, and changes nothing. */
export async function dryRun({ progress, json, ...options }: DryRun): Promise<ExitCode> {
  const leftOut = nothingLeftOut()
  const found = { new: 0, known: 0, unreadable: 0 }
  const total = await countFiles(options.roots, options.signal)
  if (total !== null) progress?.foundAll(total)
  await surveyFiles(sourceGroups(options.roots, { ...options, leftOut }), {
    ...options,
    backend: importBackendAt(options.backend),
    onSurveyed(_file, status) {
      found[status]++
      progress?.update(asCounts(found))
    },
    onWaiting: (reason) => progress?.waitFor(reason),
  })
  progress?.stop()
  const named = [...leftOut.byExtension.values()].reduce((sum, number) => sum + number, 0)
  const leftOutFiles = named + leftOut.hidden + leftOut.links
  process.stdout.write(
    json
      ? `${JSON.stringify({ dry_run: true, ...found, left_out: leftOutFiles }, null, 2)}\n`
      : `${counted(found.new, 'file')} would be looked at, ${found.known} are there already, ` +
          `${found.unreadable} cannot be read, ${leftOutFiles} would be left out. Nothing was changed.\n`,
  )
  return exitCodes.ok
}

function asCounts({ new: unknown, known, unreadable }: { new: number; known: number; unreadable: number }) {
  const done = unknown + known + unreadable
  return { ...nothingCounted, found: done, done, created: unknown, known, refused: unreadable }
}
