import { ByteReader } from '../byte-reader.ts'
import { type CameraNotes, NO_NOTES } from './camera-notes.ts'
import type { NoteInFile } from './find-note.ts'

const YEAR_AT = 0x0c
const ISO_AT = 0x4e
const possibleYears = { first: 1990, last: 2047 }

/** One of Kodak's many layouts, without a header: the year of the picture tells it from the others. */
export function readKodak({ note }: NoteInFile): CameraNotes {
  const reader = new ByteReader(note, false)
  const [year, iso] = [reader.u16(YEAR_AT) ?? 0, reader.u16(ISO_AT) ?? 0]
  const isKnown = year >= possibleYears.first && year <= possibleYears.last && iso > 0
  return isKnown ? { ...NO_NOTES, iso } : NO_NOTES
}
