import { type Directory, entryBytes, readDirectory, tiffReader, tiffTag } from '../tiff-directory.ts'

const BYTE = 1
const LONG = 4
const UNDEFINED = 7
const BYTES_OF_ENTRY = 12
const MAX_PART_BYTES = 4 * 1024 * 1024

interface Pointer {
  readonly tag: number
  readonly type: number
  readonly count: number
  readonly value: number
}

/**
 * One TIFF out of a CR3's four, laid out as in any other file of Canon's: the first directory (CMT1) points to EXIF
 * (CMT2) and to GPS (CMT4), and EXIF to the maker's notes (CMT3), whose offsets count from the header. XMP, where there
 * is any, hangs on the first.
 */
export function joinCanonMetadata(parts: readonly (Buffer | undefined)[], xmp: Buffer | null): Buffer {
  const [first = Buffer.alloc(0), exif, notes, gps] = parts.map((part) => part?.subarray(0, MAX_PART_BYTES))
  const joined = new JoinedTiff(first)
  const notesAt = notes ? joined.append(notes) : null
  const exifAt = exif
    ? joined.append(exif, pointers(tiffTag.makerNote, notesAt, UNDEFINED, notes?.length))
    : null
  const gpsAt = gps ? joined.append(gps) : null
  const xmpAt = xmp ? joined.push(xmp.subarray(0, MAX_PART_BYTES)) : null
  return joined.finish([
    ...pointers(tiffTag.exif, exifAt),
    ...pointers(tiffTag.gps, gpsAt),
    ...pointers(tiffTag.xmp, xmpAt, BYTE, Math.min(xmp?.length ?? 0, MAX_PART_BYTES)),
  ])
}

function pointers(tag: number, value: number | null, type = LONG, count = 1): Pointer[] {
  return value === null ? [] : [{ tag, type, count, value }]
}

/** Puts TIFFs one behind the other and moves what their entries point to. */
class JoinedTiff {
  readonly #first: Buffer
  readonly #pieces: Buffer[]
  readonly #littleEndian: boolean
  #length: number

  constructor(first: Buffer) {
    this.#first = Buffer.from(first)
    this.#littleEndian = first[0] === 0x49
    this.#pieces = [this.#first]
    this.#length = first.length
  }

  /** Answers where the directory of `tiff`, with some more entries, is now; null where it has none. */
  append(tiff: Buffer, more: readonly Pointer[] = []): number | null {
    const directory = directoryOf(tiff)
    if (!directory) return null
    const by = this.push(tiff)
    return this.push(this.#write(directory, by, more))
  }

  finish(more: readonly Pointer[]): Buffer {
    const directory = directoryOf(this.#first)
    const at = directory ? this.push(this.#write(directory, 0, more)) : 0
    const bytes = Buffer.concat(this.#pieces)
    if (bytes.length >= 8) this.#put(bytes, at, 4)
    return bytes
  }

  /** Answers where the bytes are. */
  push(piece: Buffer): number {
    const at = this.#length
    this.#pieces.push(piece)
    this.#length += piece.length
    return at
  }

  #write({ reader, entries }: Directory, by: number, more: readonly Pointer[]): Buffer {
    const kept = [...entries].filter(([tag]) => more.every((entry) => entry.tag !== tag))
    const bytes = Buffer.alloc(2 + (kept.length + more.length) * BYTES_OF_ENTRY + 4)
    this.#putShort(bytes, kept.length + more.length, 0)
    kept.forEach(([tag, entry], index) => {
      const at = 2 + index * BYTES_OF_ENTRY
      const isInside = entryBytes(entry) <= 4
      this.#putHead(bytes, at, { tag, ...entry })
      if (isInside) reader.view(entry.at, 4)?.copy(bytes, at + 8)
      else this.#put(bytes, entry.at + by, at + 8)
    })
    more.forEach((entry, index) => {
      const at = 2 + (kept.length + index) * BYTES_OF_ENTRY
      this.#putHead(bytes, at, entry)
      this.#put(bytes, entry.value, at + 8)
    })
    return bytes
  }

  #putHead(bytes: Buffer, at: number, { tag, type, count }: Omit<Pointer, 'value'>): void {
    this.#putShort(bytes, tag, at)
    this.#putShort(bytes, type, at + 2)
    this.#put(bytes, count, at + 4)
  }

  #put(bytes: Buffer, value: number, at: number): void {
    const wrapped = value >>> 0
    if (this.#littleEndian) bytes.writeUInt32LE(wrapped, at)
    else bytes.writeUInt32BE(wrapped, at)
  }

  #putShort(bytes: Buffer, value: number, at: number): void {
    if (this.#littleEndian) bytes.writeUInt16LE(value, at)
    else bytes.writeUInt16BE(value, at)
  }
}

function directoryOf(tiff: Buffer): Directory | null {
  const reader = tiffReader(tiff)
  return readDirectory(reader, reader.u32(4) ?? 0)
}
