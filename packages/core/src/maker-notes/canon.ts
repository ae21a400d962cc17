import { type CameraNotes, NO_NOTES } from './camera-notes.ts'
import { ByteReader } from '../byte-reader.ts'
import { type Directory, entryBytes, numbersIn, textIn } from '../tiff-directory.ts'
import { type NoteInFile, directoryInMovedNote, directoryInNote } from './find-note.ts'

const tag = { cameraSettings: 0x0001, shotInfo: 0x0004, lensModel: 0x0095 }

/** Places in the list of camera settings. */
const setting = { iso: 16, longestFocal: 23, shortestFocal: 24, focalUnitsPerMm: 25 }
const shot = { autoIso: 1, baseIso: 2 }

/** A directory without a header. Settings are lists of 16 bits. */
export function readCanon(note: NoteInFile): CameraNotes {
  const directory = readNote(note)
  if (!directory) return NO_NOTES
  const settings = numbersIn(directory, tag.cameraSettings, 64)
  return {
    lens: textIn(directory, tag.lensModel) || null,
    lensRange: focalRange(settings),
    iso: readIso(settings, numbersIn(directory, tag.shotInfo, 8)),
  }
}

const FOOTER_BYTES = 8

/**
 * Editors move notes; some correct the offsets, some don't, and they are right for the old place. That is kept at the
 * end of the note, behind a TIFF header of its own: how far from its header it stood when the camera wrote it.
 */
function readNote(note: NoteInFile): Directory | null {
  const here = directoryInNote(note)
  if (here && valuesFollow(here)) return here
  const footer = new ByteReader(note.note.subarray(-FOOTER_BYTES), note.littleEndian)
  const isThere = footer.bytes.toString('latin1', 0, 4) === (note.littleEndian ? 'II*\0' : 'MM\0*')
  const stood = isThere ? footer.u32(4) : null
  return (stood === null ? null : directoryInMovedNote(note, stood)) ?? here
}

const PADDING_BYTES = 8

/** Cameras put the values right behind the directory. */
function valuesFollow({ offset, entries }: Directory): boolean {
  const outside = [...entries.values()].filter((entry) => entryBytes(entry) > 4)
  const first = Math.min(...outside.map(({ at }) => at))
  const end = offset + 2 + entries.size * 12 + 4
  return first >= end && first <= end + PADDING_BYTES
}

function focalRange(settings: readonly number[]): CameraNotes['lensRange'] {
  const [shortest = 0, longest = 0, units = 0] = [
    setting.shortestFocal,
    setting.longestFocal,
    setting.focalUnitsPerMm,
  ].map((index) => settings[index])
  return units > 0 ? { focalMm: [shortest / units, longest / units], fNumbers: [null, null] } : null
}

/** Codes of old cameras; newer ones write the number itself, marked by this bit. */
const isoCodes: Readonly<Record<number, number>> = { 16: 50, 17: 100, 18: 200, 19: 400, 20: 800 }
const IS_NUMBER = 0x4000
const NOT_SET = 0x7fff

function readIso(settings: readonly number[], shots: readonly number[]): number | null {
  const code = settings[setting.iso] ?? 0
  if (code & IS_NUMBER && code < NOT_SET) return code - IS_NUMBER
  return isoCodes[code] ?? automaticIso(shots)
}

/** Both are logarithms to the base 2, in 32nds: the sensor's own sensitivity, and the gain in percent. */
function automaticIso(shots: readonly number[]): number | null {
  const [gain = 0, base = 0] = [shots[shot.autoIso], shots[shot.baseIso]]
  if (base === 0) return null
  const iso = Math.round(((2 ** (base / 32) * 100) / 32) * 2 ** (gain / 32))
  return iso < 1_000_000 ? iso : null
}
