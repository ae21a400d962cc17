import { type CameraNotes, NO_NOTES } from './camera-notes.ts'
import { textIn } from '../tiff-directory.ts'
import { type NoteInFile, directoryInNote } from './find-note.ts'

const LENS_TYPE = 0x0051
const HEADER = 'Panasonic\0\0\0'

export function readPanasonic(note: NoteInFile): CameraNotes {
  const isKnown = note.note.toString('latin1', 0, HEADER.length) === HEADER
  const directory = isKnown ? directoryInNote(note, HEADER.length) : null
  return directory ? { ...NO_NOTES, lens: textIn(directory, LENS_TYPE) || null } : NO_NOTES
}
