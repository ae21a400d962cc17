import { type CameraNotes, NO_NOTES } from './maker-notes/camera-notes.ts'
import { readCanon } from './maker-notes/canon.ts'
import { readFujifilm } from './maker-notes/fujifilm.ts'
import type { NoteInFile } from './maker-notes/find-note.ts'
import { readKodak } from './maker-notes/kodak.ts'
import { readNikon } from './maker-notes/nikon.ts'
import { readOlympus } from './maker-notes/olympus.ts'
import { readPanasonic } from './maker-notes/panasonic.ts'
import { readSony } from './maker-notes/sony.ts'
import { type Tags, tagOf, textOf } from './tags.ts'

/** By the beginning of the camera's make. Layouts: exiftool.org/makernote_types.html and exiv2.org/makernote.html. */
const makers: readonly (readonly [make: RegExp, read: (note: NoteInFile) => CameraNotes])[] = [
  [/^canon/i, readCanon],
  [/^nikon/i, readNikon],
  [/^(olympus|om digital)/i, readOlympus],
  [/^(panasonic|leica)/i, readPanasonic],
  [/^(sony|minolta|konica)/i, readSony],
  [/^fujifilm/i, readFujifilm],
  [/^(eastman )?kodak/i, readKodak],
]

/** Reads a maker's notes where EXIF lacks the lens or the ISO. Wrong and hostile ones say less, never fail. */
export function readCameraNotes({ exif, makerNote }: Pick<Tags, 'exif' | 'makerNote'>): CameraNotes {
  const make = textOf(tagOf(exif, 'Make')) ?? ''
  const reader = makers.find(([pattern]) => pattern.test(make))?.[1]
  const note = reader && makerNote()
  return note ? reader(note) : NO_NOTES
}
