import { ByteReader } from '../byte-reader.ts'
import { type CameraNotes, NO_NOTES } from './camera-notes.ts'
import { readDirectory } from '../tiff-directory.ts'
import type { NoteInFile } from './find-note.ts'
import { fractionsIn } from './numbers.ts'

const lensTags = [0x1404, 0x1405, 0x1406, 0x1407]

/** `FUJIFILM`, where the directory is, and everything counted from there, always little-endian. */
export function readFujifilm({ note }: NoteInFile): CameraNotes {
  if (note.toString('latin1', 0, 8) !== 'FUJIFILM') return NO_NOTES
  const reader = new ByteReader(note, true)
  const directory = readDirectory(reader, reader.u32(8) ?? 0)
  if (!directory) return NO_NOTES
  const [shortest = null, longest = null, wide = null, tele = null] = lensTags.map(
    (tag) => fractionsIn(directory, tag, 1)[0] ?? null,
  )
  return { ...NO_NOTES, lensRange: { focalMm: [shortest, longest], fNumbers: [wide, tele] } }
}
