import { limits } from '@imalink/contract'
import pLimit from 'p-limit'
import type { Outcome, SourceFile, SourceGroup } from '../import.ts'
import type { Allowance } from './allowance.ts'
import { type Original, READS_AT_ONCE, readOriginal } from './original.ts'
import { UnreadableFileError } from './read-bytes.ts'
import { MAX_SIDECAR_BYTES, type Sidecar, readSidecars } from './side-car.ts'

const MIB = 1024 * 1024

/** The files of one group in memory, as far as they could be read; `giveBack` says that they no longer are. */
export interface ReadGroup {
  readonly originals: readonly Original[]
  readonly refused: readonly Outcome[]
  /** What is to be said of the side-cars; empty where there is nothing. */
  readonly note: string
  giveBack(): void
}

/** Reads groups whole when there is room for them; each file once. Throws only what ends the import. */
export function groupReading(
  originalsAllowance: Allowance,
  stop: AbortSignal,
): (group: SourceGroup) => Promise<ReadGroup> {
  const reading = pLimit(READS_AT_ONCE)

  async function readGroup(group: SourceGroup): Promise<ReadGroup> {
    const small = group.files.filter(({ size }) => size <= limits.fileBytes)
    const refused = group.files.filter(({ size }) => size > limits.fileBytes).map(tooLarge)
    const xmp = group.sidecars.filter(({ size }) => size <= MAX_SIDECAR_BYTES)
    const giveBack = await originalsAllowance.take(
      [...small, ...xmp].reduce((sum, { size }) => sum + size, 0),
    )
    try {
      const { sidecarOf, note } = await readSidecars(group, stop)
      const read = await Promise.all(small.map((file) => reading(readOne, file, sidecarOf(file))))
      const originals = read.filter((one) => 'bytes' in one)
      const unreadable = read.filter((one) => 'status' in one)
      return { originals, refused: [...refused, ...unreadable], note, giveBack }
    } catch (error) {
      giveBack()
      throw error
    }
  }

  async function readOne(file: SourceFile, sidecar: Sidecar | null): Promise<Original | Outcome> {
    try {
      return await readOriginal(file, { signal: stop, sidecar })
    } catch (error) {
      if (!(error instanceof UnreadableFileError)) throw error
      return { file, status: 'refused', code: 'unreadable_file', detail: error.message }
    }
  }

  return readGroup
}

function tooLarge(file: SourceFile): Outcome {
  const detail = `The file is larger than ${limits.fileBytes / MIB} MiB`
  return { file, status: 'refused', code: 'file_too_large', detail }
}
