import { ByteReader } from './byte-reader.ts'
import { Refusal } from './refusal.ts'

export interface BmpHeader {
  readonly width: number
  readonly height: number
  readonly isTopDown: boolean
  readonly bitsPerPixel: number
  readonly coding: 'plain' | 'runs'
  readonly pixelsAt: number
  /** Red, green and blue of each index; empty where pixels are colours themselves. */
  readonly palette: Uint8Array
  /** Where red, green and blue stand in a pixel of 16 or 32 bits. */
  readonly masks: readonly number[]
}

const FILE_HEADER_BYTES = 14
const OS2_HEADER_BYTES = 12
const INFO_HEADER_BYTES = 40
const compression = { none: 0, runs8: 1, runs4: 2, masks: 3, masksWithAlpha: 6 }
const depths = [1, 4, 8, 16, 24, 32]

const masksOfDepth: Readonly<Record<number, readonly number[]>> = {
  16: [0x7c00, 0x03e0, 0x001f],
  32: [0x00ff0000, 0x0000ff00, 0x000000ff],
}

/** Windows' headers of every age and OS/2's first. Throws `corrupt_image` and `unsupported_format`. */
export function readBmpHeader(bytes: Buffer): BmpHeader {
  const reader = new ByteReader(bytes, true)
  const headerBytes = reader.u32(FILE_HEADER_BYTES) ?? 0
  const isOld = headerBytes === OS2_HEADER_BYTES
  const height = isOld ? (reader.u16(20) ?? 0) : (reader.u32(22) ?? 0) | 0
  const bitsPerPixel = reader.u16(isOld ? 24 : 28) ?? 0
  const method = isOld ? compression.none : (reader.u32(30) ?? 0)
  checkKind(bitsPerPixel, method)
  const hasMasks = method === compression.masks || method === compression.masksWithAlpha
  return {
    width: isOld ? (reader.u16(18) ?? 0) : Math.max(0, (reader.u32(18) ?? 0) | 0),
    height: Math.abs(height),
    isTopDown: height < 0,
    bitsPerPixel,
    coding: method === compression.runs8 || method === compression.runs4 ? 'runs' : 'plain',
    pixelsAt: reader.u32(10) ?? 0,
    palette: readPalette(bytes, FILE_HEADER_BYTES + headerBytes, isOld ? 3 : 4, bitsPerPixel),
    masks: hasMasks ? readMasks(reader) : (masksOfDepth[bitsPerPixel] ?? []),
  }
}

function checkKind(bitsPerPixel: number, method: number): void {
  const isKnown = depths.includes(bitsPerPixel) && Object.values(compression).includes(method)
  const fits =
    (method !== compression.runs8 || bitsPerPixel === 8) &&
    (method !== compression.runs4 || bitsPerPixel === 4) &&
    (method < compression.masks || bitsPerPixel === 16 || bitsPerPixel === 32)
  if (isKnown && fits) return
  throw new Refusal(
    'unsupported_format',
    `The file is a BMP image with ${bitsPerPixel} bits a pixel in coding ${method}, which is not supported.`,
  )
}

/** Behind the first 40 bytes of the header, whether they are part of it or not. */
function readMasks(reader: ByteReader): number[] {
  const at = FILE_HEADER_BYTES + INFO_HEADER_BYTES
  return [0, 4, 8].map((offset) => reader.u32(at + offset) ?? 0)
}

/** Entries are blue, green, red and, but for OS/2, one byte more. */
function readPalette(bytes: Buffer, at: number, entryBytes: number, bitsPerPixel: number): Uint8Array {
  const count = bitsPerPixel <= 8 ? 1 << bitsPerPixel : 0
  const palette = new Uint8Array(count * 3)
  for (let index = 0; index < count; index++) {
    const entry = at + index * entryBytes
    palette.set([bytes[entry + 2] ?? 0, bytes[entry + 1] ?? 0, bytes[entry] ?? 0], index * 3)
  }
  return palette
}
