import { type CameraNotes, NO_NOTES } from './camera-notes.ts'
import { type Directory, bytesIn, readDirectory, tiffReader } from '../tiff-directory.ts'
import { type NoteInFile, directoryInNote } from './find-note.ts'
import { fractionsIn, positiveIn } from './numbers.ts'

const tag = { iso: 0x0002, isoInfo: 0x0025, lens: 0x0084 }
const TIFF_IN_NOTE_AT = 10

/** `Nikon`, a version, then a TIFF structure of its own; the first cameras wrote a bare directory. */
export function readNikon(note: NoteInFile): CameraNotes {
  const directory = readNote(note)
  if (!directory) return NO_NOTES
  const [shortest = null, longest = null, wide = null, tele = null] = fractionsIn(directory, tag.lens, 4)
  return {
    lens: null,
    lensRange: { focalMm: [shortest, longest], fNumbers: [wide, tele] },
    iso: positiveIn(directory, tag.iso) ?? codedIso(directory),
  }
}

/** The first byte: twelfths of stops, 60 of them are ISO 100. */
function codedIso(directory: Directory): number | null {
  const [twelfths = 0] = bytesIn(directory, tag.isoInfo) ?? []
  return twelfths > 0 ? Math.round(100 * 2 ** (twelfths / 12 - 5)) : null
}

function readNote(note: NoteInFile): Directory | null {
  const name = note.note.toString('latin1', 0, 7)
  if (!name.startsWith('Nikon')) return directoryInNote(note)
  // The tags of version 1 mean other things.
  if (name[6] === '\x01') return null
  const inner = tiffReader(note.note.subarray(TIFF_IN_NOTE_AT))
  return readDirectory(inner, inner.u32(4) ?? 0)
}
