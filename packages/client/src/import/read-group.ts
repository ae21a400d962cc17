import { limits } from '@imalink/contract'
import pLimit from 'p-limit'
import type { Outcome, SourceFile, SourceGroup } from '../import.ts'
import type { Allowance } from './allowance.ts'
import { type Original, READS_AT_ONCE, UnreadableFileError, readBytes, readOriginal } from './original.ts'

const MIB = 1024 * 1024
const MAX_SIDECAR_BYTES = MIB

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
    const giveBack = await originalsAllowance.take(small.reduce((sum, { size }) => sum + size, 0))
    try {
      const { sidecar, note } = await readSidecar(group)
      const read = await Promise.all(small.map((file) => reading(readOne, file, sidecar)))
      const originals = read.filter((one) => 'bytes' in one)
      const unreadable = read.filter((one) => 'status' in one)
      return { originals, refused: [...refused, ...unreadable], note, giveBack }
    } catch (error) {
      giveBack()
      throw error
    }
  }

  async function readOne(file: SourceFile, sidecar: Blob | null): Promise<Original | Outcome> {
    try {
      return await readOriginal(file, { signal: stop, sidecar })
    } catch (error) {
      if (!(error instanceof UnreadableFileError)) throw error
      return { file, status: 'refused', code: 'unreadable_file', detail: error.message }
    }
  }

  /** The first side-car that can be read: what is wrong with one never costs the photo. */
  async function readSidecar({ sidecars }: SourceGroup): Promise<{ sidecar: Blob | null; note: string }> {
    const notes: string[] = []
    for (const file of sidecars) {
      if (file.size > MAX_SIDECAR_BYTES) {
        notes.push(`The side-car ${file.filename} is larger than 1 MiB and was not read.`)
        continue
      }
      try {
        return { sidecar: new Blob([await readBytes(file, stop)]), note: notes.join(' ') }
      } catch (error) {
        if (!(error instanceof UnreadableFileError)) throw error
        notes.push(`The side-car ${file.filename} could not be read: ${error.message}.`)
      }
    }
    return { sidecar: null, note: notes.join(' ') }
  }

  return readGroup
}

function tooLarge(file: SourceFile): Outcome {
  const detail = `The file is larger than ${limits.fileBytes / MIB} MiB`
  return { file, status: 'refused', code: 'file_too_large', detail }
}
