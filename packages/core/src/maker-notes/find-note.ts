import { ByteReader } from '../byte-reader.ts'
import { type Directory, readDirectory, tiffTag } from '../tiff-directory.ts'

/** A maker's note and where it stands. Many notes count their offsets from the TIFF header around them. */
export interface NoteInFile {
  readonly note: Buffer
  readonly file: Buffer
  /** Where the note begins in the file. */
  readonly at: number
  /** Where the TIFF header begins in the file. */
  readonly headerAt: number
  readonly littleEndian: boolean
}

const UNDEFINED_TYPE = 7
/** Bytes that look like an entry may stand anywhere; a file that is full of them is none of a camera's. */
const MAX_ENTRIES_TRIED = 16

/**
 * Finds where a note that was read from a file stands in it. Whatever the container: its entry says how far it is from the
 * header of its TIFF structure, which is the last one before the entry or begins the file. Null where no entry fits.
 */
export function findMakerNote(file: Buffer, note: Buffer): NoteInFile | null {
  return findIn(file, note, true) ?? findIn(file, note, false)
}

function findIn(file: Buffer, note: Buffer, littleEndian: boolean): NoteInFile | null {
  const reader = new ByteReader(file, littleEndian)
  const head = entryHead(littleEndian)
  let entry = file.indexOf(head)
  for (let tried = 0; entry >= 0 && tried < MAX_ENTRIES_TRIED; tried++) {
    const distance = reader.u32(entry + 8) ?? Infinity
    for (const headerAt of headersBefore(file, entry, littleEndian)) {
      const at = headerAt + distance
      if (file.subarray(at, at + note.length).equals(note)) return { note, file, at, headerAt, littleEndian }
    }
    entry = file.indexOf(head, entry + 1)
  }
  return null
}

/** The tag and the type of the entry that points to a note. */
function entryHead(littleEndian: boolean): Buffer {
  const head = Buffer.from([tiffTag.makerNote & 0xff, tiffTag.makerNote >> 8, UNDEFINED_TYPE, 0])
  return littleEndian ? head : head.swap16()
}

/** At the beginning of the file the number behind `II` may be one of a maker's own. */
function headersBefore(file: Buffer, entry: number, littleEndian: boolean): number[] {
  const last = file.lastIndexOf(littleEndian ? 'II*\0' : 'MM\0*', entry, 'latin1')
  const isFirst = file.toString('latin1', 0, 2) === (littleEndian ? 'II' : 'MM')
  return [...(last >= 0 ? [last] : []), ...(isFirst ? [0] : [])]
}

/** The directory that begins behind the first bytes of a note, its offsets counted from the TIFF header. */
export function directoryInNote(
  { file, at, headerAt, littleEndian }: NoteInFile,
  headerBytes = 0,
): Directory | null {
  return readDirectory(new ByteReader(file.subarray(headerAt), littleEndian), at - headerAt + headerBytes)
}

const MAX_DISTANCE_BYTES = 1024 * 1024

/** The directory of a note that was written for another distance from the TIFF header than the one where it is now. */
export function directoryInMovedNote({ note, littleEndian }: NoteInFile, distance: number): Directory | null {
  if (distance > MAX_DISTANCE_BYTES) return null
  const moved = Buffer.concat([Buffer.alloc(distance), note])
  return readDirectory(new ByteReader(moved, littleEndian), distance)
}
