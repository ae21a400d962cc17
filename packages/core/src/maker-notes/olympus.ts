import { ByteReader } from '../byte-reader.ts'
import { type CameraNotes, NO_NOTES } from './camera-notes.ts'
import { type Directory, pointedDirectory, readDirectory, textIn } from '../tiff-directory.ts'
import { type NoteInFile, directoryInNote } from './find-note.ts'

const tag = { equipment: 0x2010, lensModel: 0x0203 }

/** By their beginning: where the directory is. All but the oldest count from the beginning of the note. */
const layouts = [
  { name: 'OLYMPUS\0', orderAt: 8, directoryAt: 12 },
  { name: 'OM SYSTEM\0\0\0', orderAt: 12, directoryAt: 16 },
]
const OLDEST = { name: 'OLYMP\0', directoryAt: 8 }

export function readOlympus(note: NoteInFile): CameraNotes {
  const directory = readNote(note)
  const equipment = directory && pointedDirectory(directory, tag.equipment)
  return equipment ? { ...NO_NOTES, lens: textIn(equipment, tag.lensModel) || null } : NO_NOTES
}

function readNote(note: NoteInFile): Directory | null {
  const begins = (name: string) => note.note.toString('latin1', 0, name.length) === name
  if (begins(OLDEST.name)) return directoryInNote(note, OLDEST.directoryAt)
  const layout = layouts.find(({ name }) => begins(name))
  if (!layout) return null
  return readDirectory(new ByteReader(note.note, note.note[layout.orderAt] === 0x49), layout.directoryAt)
}
