import { ByteReader } from './byte-reader.ts'

/** One value of a directory: `at` is where its bytes are, inside the entry or elsewhere. */
export interface Entry {
  readonly type: number
  readonly count: number
  readonly at: number
}

/** A TIFF image file directory (TIFF 6.0, section 2), by tag. Nothing in it has been believed yet. */
export interface Directory {
  readonly reader: ByteReader
  readonly offset: number
  readonly entries: ReadonlyMap<number, Entry>
  /** Where the next directory of the chain is; 0 at its end. */
  readonly next: number
}

export const tiffTag = {
  subfileType: 0x00fe,
  width: 0x0100,
  height: 0x0101,
  bitsPerSample: 0x0102,
  compression: 0x0103,
  photometric: 0x0106,
  make: 0x010f,
  model: 0x0110,
  stripOffsets: 0x0111,
  orientation: 0x0112,
  samplesPerPixel: 0x0115,
  stripByteCounts: 0x0117,
  planarConfiguration: 0x011c,
  tileOffsets: 0x0144,
  tileByteCounts: 0x0145,
  subIfds: 0x014a,
  sampleFormat: 0x0153,
  jpegOffset: 0x0201,
  jpegBytes: 0x0202,
  xmp: 0x02bc,
  exif: 0x8769,
  gps: 0x8825,
  makerNote: 0x927c,
  pixelXDimension: 0xa002,
  pixelYDimension: 0xa003,
  dngVersion: 0xc612,
} as const

const MAX_DIRECTORIES = 32
const MAX_ENTRIES = 1000
const MAX_NUMBERS = 4096

const bytesOfType = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4]
const SHORTS = [3, 8]
const BYTES = [1, 2, 6, 7]

/** A reader in the byte order that the first byte names. */
export function tiffReader(bytes: Buffer): ByteReader {
  return new ByteReader(bytes, bytes[0] === 0x49)
}

/** Every directory that can be reached from the header, breadth first; each once, so that loops end. */
export function readDirectories(reader: ByteReader): Directory[] {
  const found: Directory[] = []
  const queue = [reader.u32(4) ?? 0]
  const seen = new Set([0])
  for (let offset = queue.shift(); offset !== undefined; offset = queue.shift()) {
    if (seen.has(offset) || found.length >= MAX_DIRECTORIES) continue
    seen.add(offset)
    const directory = readDirectory(reader, offset)
    if (!directory) continue
    found.push(directory)
    queue.push(...numbersIn(directory, tiffTag.subIfds).slice(0, MAX_DIRECTORIES), directory.next)
  }
  return found
}

/** Null where there is none; entries beyond the end of the file are left out. */
export function readDirectory(reader: ByteReader, offset: number): Directory | null {
  const count = reader.u16(offset)
  if (count === null || count > MAX_ENTRIES) return null
  const entries = new Map<number, Entry>()
  for (let index = 0; index < count; index++) {
    const at = offset + 2 + index * 12
    const tag = reader.u16(at)
    if (tag === null) break
    entries.set(tag, readEntry(reader, at))
  }
  return { reader, offset, entries, next: reader.u32(offset + 2 + count * 12) ?? 0 }
}

function readEntry(reader: ByteReader, at: number): Entry {
  const type = reader.u16(at + 2) ?? 0
  const count = reader.u32(at + 4) ?? 0
  const isInside = count * (bytesOfType[type] ?? 1) <= 4
  return { type, count, at: isInside ? at + 8 : (reader.u32(at + 8) ?? 0) }
}

/** The directory that a tag points to. */
export function pointedDirectory(directory: Directory | undefined, tag: number): Directory | null {
  const offset = directory && numberIn(directory, tag)
  return offset ? readDirectory(directory.reader, offset) : null
}

export function numberIn(directory: Directory, tag: number): number | null {
  return numbersIn(directory, tag, 1)[0] ?? null
}

/** Whole numbers of 8, 16 or 32 bits; what lies outside of the file is left out. */
export function numbersIn({ reader, entries }: Directory, tag: number, max = MAX_NUMBERS): number[] {
  const entry = entries.get(tag)
  if (!entry) return []
  const width = SHORTS.includes(entry.type) ? 2 : BYTES.includes(entry.type) ? 1 : 4
  const read = (at: number) =>
    width === 4 ? reader.u32(at) : width === 2 ? reader.u16(at) : (reader.bytes[at] ?? null)
  const numbers = Array.from({ length: Math.min(entry.count, max) }, (_, n) => read(entry.at + n * width))
  return numbers.filter((number) => number !== null)
}

/** A view of an entry's bytes; null where it has none, or not all of them are in the file. */
export function bytesIn({ reader, entries }: Directory, tag: number): Buffer | null {
  const entry = entries.get(tag)
  return entry ? reader.view(entry.at, entryBytes(entry)) : null
}

export function entryBytes({ type, count }: Entry): number {
  return count * (bytesOfType[type] ?? 1)
}

const MAX_TEXT_BYTES = 256

export function textIn({ reader, entries }: Directory, tag: number): string {
  const entry = entries.get(tag)
  if (!entry) return ''
  const end = entry.at + Math.min(entry.count, MAX_TEXT_BYTES)
  return (reader.bytes.toString('latin1', entry.at, end).split('\0')[0] ?? '').trim()
}

/** Where a directory ends that begins at `offset`: behind its last entry, or the last byte of what that points to. */
export function directoryEnd({ offset, entries }: Directory): number {
  const ends = [...entries.values()].map((entry) => entry.at + entryBytes(entry))
  return Math.max(offset + 2 + entries.size * 12 + 4, ...ends)
}
