import { type CameraNotes, NO_NOTES } from './camera-notes.ts'
import { bytesIn } from '../tiff-directory.ts'
import { type NoteInFile, directoryInNote } from './find-note.ts'

const LENS_SPECIFICATION = 0xb02a
const HEADER_BYTES = 12

/**
 * Eight bytes: a kind, two focal lengths of four decimal digits, two apertures in tenths of two, another kind. Digits
 * are half bytes.
 */
export function readSony(note: NoteInFile): CameraNotes {
  const hasHeader = note.note.toString('latin1', 0, 4) === 'SONY'
  const directory = directoryInNote(note, hasHeader ? HEADER_BYTES : 0)
  const bytes = directory && bytesIn(directory, LENS_SPECIFICATION)
  if (bytes?.length !== 8) return NO_NOTES
  const digits = bytes.toString('hex')
  const decimal = (from: number, to: number) => {
    const text = digits.slice(from, to)
    return /^\d*[1-9]\d*$/.test(text) ? Number(text) : null
  }
  const [shortest, longest] = [decimal(2, 6), decimal(6, 10)]
  const [wide, tele] = [decimal(10, 12), decimal(12, 14)]
  return {
    ...NO_NOTES,
    lensRange: {
      focalMm: [shortest, longest ?? shortest],
      fNumbers: [wide && wide / 10, tele && tele / 10],
    },
  }
}
