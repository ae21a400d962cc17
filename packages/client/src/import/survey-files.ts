import pLimit from 'p-limit'
import type { ImportOptions, SourceFile } from '../import.ts'
import { Allowance } from './allowance.ts'
import { everyFile, stoppedBy } from './every-file.ts'
import { knownFiles } from './known-files.ts'
import { ORIGINALS_IN_MEMORY, READS_AT_ONCE, UnreadableFileError, readOriginal } from './original.ts'
import { GIVE_UP_AFTER_MS, Patience } from './patience.ts'

export interface SurveyOptions extends Pick<
  ImportOptions,
  'backend' | 'signal' | 'giveUpAfterMs' | 'onWaiting'
> {
  /** `new` files would be handed to core; whether it would take them is not known before. */
  onSurveyed(file: SourceFile, status: 'known' | 'new' | 'unreadable'): void
}

/** Reads originals and asks the backend which it knows, and changes nothing. Throws as `importFiles` does. */
export async function surveyFiles(
  files: AsyncIterable<SourceFile> | Iterable<SourceFile>,
  options: SurveyOptions,
): Promise<void> {
  const { stop, release } = stoppedBy(options.signal)
  const look = looker(options, stop.signal)
  try {
    await everyFile(files, stop, async (file) => options.onSurveyed(file, await look(file)))
    stop.signal.throwIfAborted()
  } finally {
    release()
  }
}

function looker(options: SurveyOptions, signal: AbortSignal) {
  const patience = new Patience({
    signal,
    giveUpAfterMs: options.giveUpAfterMs ?? GIVE_UP_AFTER_MS,
    onWaiting: (reason) => options.onWaiting?.(reason),
  })
  const findKnown = knownFiles({ ...options.backend, signal }, patience)
  const originals = new Allowance(ORIGINALS_IN_MEMORY, signal)
  const reading = pLimit(READS_AT_ONCE)

  return async (file: SourceFile) => {
    const giveBack = await originals.take(file.size)
    try {
      const original = await reading(() => readOriginal(file, { signal, giveBack }))
      original.letGo()
      const known = original.sha256 === null ? null : await findKnown(original.sha256)
      return known ? 'known' : 'new'
    } catch (error) {
      if (error instanceof UnreadableFileError) return 'unreadable'
      throw error
    } finally {
      giveBack()
    }
  }
}
