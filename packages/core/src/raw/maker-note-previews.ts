import { ByteReader } from '../byte-reader.ts'
import { type Directory, numberIn, pointedDirectory, readDirectory, tiffTag } from '../tiff-directory.ts'
import { bytesIn, tiffReader } from '../tiff-directory.ts'

/** Where a maker keeps its notes' directory: behind which words, and what its offsets count from. */
interface NoteLayout {
  readonly signature: string
  readonly directoryAt: number
  /** `note`: from the note's first byte; `file`: from the TIFF header; `header`: from a TIFF header inside the note. */
  readonly countsFrom: 'note' | 'file' | 'header'
  /** Where the byte order stands in the note; without it, it is the file's. */
  readonly orderAt?: number
}

const layouts: readonly NoteLayout[] = [
  { signature: 'Nikon\0\x02', directoryAt: 10, countsFrom: 'header' },
  { signature: 'OLYMPUS\0', directoryAt: 12, countsFrom: 'note', orderAt: 8 },
  { signature: 'OM SYSTEM\0', directoryAt: 16, countsFrom: 'note', orderAt: 12 },
  { signature: 'OLYMP\0', directoryAt: 8, countsFrom: 'file' },
  { signature: 'EPSON\0', directoryAt: 8, countsFrom: 'file' },
  { signature: 'AOC\0', directoryAt: 6, countsFrom: 'file', orderAt: 4 },
  { signature: 'PENTAX \0', directoryAt: 10, countsFrom: 'note', orderAt: 8 },
]

/** Start and length of a JPEG, by the tags of Pentax, of Olympus and Minolta, and of Olympus' camera settings. */
const places = [
  [0x0004, 0x0003],
  [0x0088, 0x0089],
  [0x0101, 0x0102],
  [tiffTag.jpegOffset, tiffTag.jpegBytes],
] as const

const NIKON_PREVIEW = 0x0011
const OLYMPUS_CAMERA_SETTINGS = 0x2020

/**
 * JPEGs that only a maker's notes point to (exiftool's tables of Nikon, Olympus, Pentax and Minolta). Whether an offset
 * counts from the note or from the file differs between models, so both are looked at.
 */
export function makerNotePreviews(first: Directory | undefined, exif: Directory | null): Buffer[] {
  const note = exif && bytesIn(exif, tiffTag.makerNote)
  const noteAt = exif?.entries.get(tiffTag.makerNote)?.at
  if (!first || !note || noteAt === undefined) return []
  const directory = readNote(exif.reader, note, noteAt)
  if (!directory) return []
  const inside = [NIKON_PREVIEW, OLYMPUS_CAMERA_SETTINGS].map((tag) => pointedDirectory(directory, tag))
  const readers = [directory.reader, exif.reader]
  return [directory, ...inside.filter((found) => found !== null)].flatMap((found) =>
    places.flatMap(([start, length]) => jpegsAt(readers, numberIn(found, start), numberIn(found, length))),
  )
}

function readNote(file: ByteReader, note: Buffer, noteAt: number): Directory | null {
  const layout = layouts.find(({ signature }) => note.toString('latin1', 0, signature.length) === signature)
  if (!layout) return readDirectory(file, noteAt)
  const fromNote = file.bytes.subarray(noteAt)
  if (layout.countsFrom === 'header') {
    const reader = tiffReader(fromNote.subarray(layout.directoryAt))
    return readDirectory(reader, reader.u32(4) ?? 0)
  }
  const isLittle = layout.orderAt === undefined ? file.littleEndian : note[layout.orderAt] === 0x49
  const isFromNote = layout.countsFrom === 'note'
  const reader = new ByteReader(isFromNote ? fromNote : file.bytes, isLittle)
  return readDirectory(reader, layout.directoryAt + (isFromNote ? 0 : noteAt))
}

function jpegsAt(readers: readonly ByteReader[], start: number | null, length: number | null): Buffer[] {
  if (!start || !length) return []
  const views = readers.map((reader) => reader.view(start, length))
  return views.filter(
    (view) => view !== null && view.length > 4 && view.readUInt16BE(0) === 0xffd8,
  ) as Buffer[]
}
