import { ByteReader } from '../byte-reader.ts'
import { jpegMetadata } from '../jpeg-frame.ts'
import { NOTHING, type RawFile, sizeOf } from './raw-file.ts'

const MAX_SECTIONS = 100
const SECTION_HEADER_BYTES = 28
const JPEG = 18

/** Degrees that the picture is to be turned to the right, as EXIF orientation. */
const orientations: Readonly<Record<number, number>> = { 0: 1, 90: 6, 180: 3, 270: 8 }

/** Takes apart a Sigma X3F: its last four bytes point to a directory of sections; the JPEG among them has EXIF. */
export function takeApartX3f(bytes: Buffer): RawFile {
  const reader = new ByteReader(bytes, true)
  const jpegs = readSections(reader).flatMap(({ at, length }) => jpegIn(reader, at, length))
  return {
    ...NOTHING,
    size: sizeOf(reader.u32(28), reader.u32(32)),
    orientation: orientations[reader.u32(36) ?? 0] ?? null,
    jpegs,
    metadata: jpegs.map(jpegMetadata).sort((a, b) => b.length - a.length)[0] ?? NOTHING.metadata,
  }
}

function readSections(reader: ByteReader): { at: number; length: number }[] {
  const directory = reader.u32(reader.bytes.length - 4) ?? 0
  if (reader.bytes.toString('latin1', directory, directory + 4) !== 'SECd') return []
  const count = Math.min(reader.u32(directory + 8) ?? 0, MAX_SECTIONS)
  return Array.from({ length: count }, (_, n) => directory + 12 + n * 12).map((entry) => ({
    at: reader.u32(entry) ?? 0,
    length: reader.u32(entry + 4) ?? 0,
  }))
}

/** An image section says what it holds at its twelfth byte. */
function jpegIn(reader: ByteReader, at: number, length: number): Buffer[] {
  const isImage = reader.bytes.toString('latin1', at, at + 4) === 'SECi'
  if (!isImage || reader.u32(at + 12) !== JPEG) return []
  const jpeg = reader.view(at + SECTION_HEADER_BYTES, length - SECTION_HEADER_BYTES)
  return jpeg ? [jpeg] : []
}
