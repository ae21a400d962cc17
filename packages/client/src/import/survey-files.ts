import type { ImportOptions, SourceFile, SourceGroup } from '../import.ts'
import { Allowance } from './allowance.ts'
import { everyGroup, stoppedBy } from './every-group.ts'
import { stemOf } from './group-by-name.ts'
import { knownFiles } from './known-files.ts'
import { ORIGINALS_IN_MEMORY, type Original } from './original.ts'
import { GIVE_UP_AFTER_MS, Patience } from './patience.ts'
import { groupReading } from './read-group.ts'

export interface SurveyOptions extends Pick<
  ImportOptions,
  'backend' | 'signal' | 'giveUpAfterMs' | 'onWaiting'
> {
  /** `new` files would be handed to core; whether it would take them is not known before. */
  onSurveyed(file: SourceFile, status: 'known' | 'new' | 'unreadable'): void
}

/** Reads originals and asks the backend which it knows, and changes nothing. Throws as `importFiles` does. */
export async function surveyFiles(
  groups: AsyncIterable<SourceGroup> | Iterable<SourceGroup>,
  options: SurveyOptions,
): Promise<void> {
  const { stop, release } = stoppedBy(options.signal)
  const survey = groupSurvey(options, stop.signal)
  try {
    await everyGroup(groups, stop, survey)
    stop.signal.throwIfAborted()
  } finally {
    release()
  }
}

function groupSurvey(options: SurveyOptions, signal: AbortSignal): (group: SourceGroup) => Promise<void> {
  const patience = new Patience({
    signal,
    giveUpAfterMs: options.giveUpAfterMs ?? GIVE_UP_AFTER_MS,
    onWaiting: (reason) => options.onWaiting?.(reason),
  })
  const find = knownFiles(options.backend, patience, signal)
  const read = groupReading(new Allowance(ORIGINALS_IN_MEMORY, signal), signal)

  async function look({ file, sha256 }: Original): Promise<void> {
    const name = { folder: '', stem: stemOf(file.filename).slice(0, 1000).toWellFormed() }
    const { photo } = await find({ sha256, name })
    options.onSurveyed(file, photo ? 'known' : 'new')
  }

  return async (group) => {
    const { originals, refused, giveBack } = await read(group)
    for (const original of originals) original.letGo()
    giveBack()
    for (const { file } of refused) options.onSurveyed(file, 'unreadable')
    await Promise.all(originals.map(look))
  }
}
