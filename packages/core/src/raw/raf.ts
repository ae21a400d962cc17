import { ByteReader } from '../byte-reader.ts'
import { jpegMetadata } from '../jpeg-frame.ts'
import { NOTHING, type RawFile, type Size, sizeOf, validOrientation } from './raw-file.ts'
import { ownOrientation } from './turned-jpeg.ts'

const header = { jpegOffset: 84, jpegBytes: 88, directoryOffset: 92, dataOffset: 100, dataBytes: 104 }
const rafTag = { fullSize: 0x0100, croppedSize: 0x0111 }
const MAX_ENTRIES = 256

/** Takes apart a Fujifilm RAF: a header that points to a whole JPEG with its EXIF, and to a directory of its own. */
export function takeApartRaf(bytes: Buffer): RawFile {
  const reader = new ByteReader(bytes, false)
  const jpeg = reader.view(reader.u32(header.jpegOffset) ?? 0, reader.u32(header.jpegBytes) ?? 0)
  const sizes = readSizes(reader, reader.u32(header.directoryOffset) ?? 0)
  return {
    ...NOTHING,
    size: sizes.get(rafTag.croppedSize) ?? sizes.get(rafTag.fullSize) ?? null,
    orientation: jpeg && validOrientation(ownOrientation(jpeg)),
    jpegs: jpeg ? [jpeg] : [],
    sensorData: [{ start: reader.u32(header.dataOffset) ?? 0, bytes: reader.u32(header.dataBytes) ?? 0 }],
    metadata: jpeg ? jpegMetadata(jpeg) : NOTHING.metadata,
  }
}

/** Entries of 16-bit tag, 16-bit length and that many bytes; a size is its height, then its width. */
function readSizes(reader: ByteReader, offset: number): Map<number, Size> {
  const sizes = new Map<number, Size>()
  let at = offset + 4
  for (let left = Math.min(reader.u32(offset) ?? 0, MAX_ENTRIES); left > 0; left--) {
    const [tag, length] = [reader.u16(at), reader.u16(at + 2)]
    if (tag === null || length === null) break
    const size = length === 4 ? sizeOf(reader.u16(at + 6), reader.u16(at + 4)) : null
    if (size) sizes.set(tag, size)
    at += 4 + length
  }
  return sizes
}
