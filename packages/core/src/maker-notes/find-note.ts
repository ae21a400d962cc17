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
const ENTRY_HEAD_BYTES = 4

/**
 * Finds where a note that was read from a file stands in it. Whatever the container, its entry says how far it is from the
 * header of its TIFF structure, and so where that begins. Null where no entry fits.
 */
export function findMakerNote(file: Buffer, note: Buffer): NoteInFile | null {
  const at = note.length < ENTRY_HEAD_BYTES ? -1 : file.indexOf(note)
  if (at < 0) return null
  for (const littleEndian of [true, false]) {
    const headerAt = findHeader(file, at, littleEndian)
    if (headerAt !== null) return { note, file, at, headerAt, littleEndian }
  }
  return null
}

function findHeader(file: Buffer, at: number, littleEndian: boolean): number | null {
  const reader = new ByteReader(file, littleEndian)
  const head = entryHead(littleEndian)
  for (let entry = file.indexOf(head); entry >= 0; entry = file.indexOf(head, entry + 1)) {
    const headerAt = at - (reader.u32(entry + 8) ?? Infinity)
    if (headerAt >= 0 && isHeader(file, headerAt, littleEndian)) return headerAt
  }
  return null
}

/** The tag and the type of the entry that points to a note. */
function entryHead(littleEndian: boolean): Buffer {
  const head = Buffer.from(new Uint16Array(2).buffer)
  for (const [index, value] of [tiffTag.makerNote, UNDEFINED_TYPE].entries()) {
    if (littleEndian) head.writeUInt16LE(value, index * 2)
    else head.writeUInt16BE(value, index * 2)
  }
  return head
}

/** `II` or `MM`: what follows is 42, or a number of the maker's own. */
function isHeader(file: Buffer, at: number, littleEndian: boolean): boolean {
  return file.toString('latin1', at, at + 2) === (littleEndian ? 'II' : 'MM')
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
