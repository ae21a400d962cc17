/** How a JPEG's first frame is coded (ITU-T T.81, table B.1). */
export interface JpegFrame {
  readonly width: number
  readonly height: number
  readonly bitsPerSample: number
  readonly coding: 'sequential' | 'progressive' | 'lossless' | 'hierarchical'
  readonly isArithmetic: boolean
  /** Where the frame's segment begins; everything before it is tables and application data. */
  readonly offset: number
}

const MAX_SEGMENTS = 4096

/** A segment of a JPEG's head; `offset` is where its marker begins, `end` is behind its last byte. */
export interface JpegSegment {
  readonly marker: number
  readonly offset: number
  readonly end: number
}

/** The segments before the first frame, and the frame's; empty where the bytes are no JPEG. Reads no image data. */
export function jpegHead(bytes: Buffer): JpegSegment[] {
  const segments: JpegSegment[] = []
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0xffd8) return segments
  let offset = 2
  while (offset + 4 <= bytes.length && segments.length < MAX_SEGMENTS) {
    const marker = bytes[offset + 1] ?? 0
    if (bytes[offset] !== 0xff) break
    if (marker === 0xff) {
      offset++
      continue
    }
    const end = offset + 2 + bytes.readUInt16BE(offset + 2)
    if (isBare(marker) || end > bytes.length) break
    segments.push({ marker, offset, end })
    if (isFrame(marker)) break
    offset = end
  }
  return segments
}

/** Null where no frame can be found. */
export function jpegFrame(bytes: Buffer): JpegFrame | null {
  const frame = jpegHead(bytes).at(-1)
  if (!frame || !isFrame(frame.marker) || frame.end - frame.offset < 10) return null
  const { marker, offset } = frame
  return {
    width: bytes.readUInt16BE(offset + 7),
    height: bytes.readUInt16BE(offset + 5),
    bitsPerSample: bytes[offset + 4] ?? 0,
    coding: codingOf(marker),
    isArithmetic: marker >= 0xc9,
    offset,
  }
}

/** Restart markers, start and end of image, start of scan: no tables and no text follow. */
function isBare(marker: number): boolean {
  return (marker >= 0xd0 && marker <= 0xda) || marker <= 0x01
}

/** C4, C8 and CC are tables and extensions. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
}

function codingOf(marker: number): JpegFrame['coding'] {
  const kind = marker & 3
  if (kind === 3) return 'lossless'
  if ((marker & 7) > 3) return 'hierarchical'
  return kind === 2 ? 'progressive' : 'sequential'
}

/** The bytes before the first scan: all metadata, no image data. */
export function jpegMetadata(bytes: Buffer): Buffer {
  return bytes.subarray(0, jpegHead(bytes).at(-1)?.end ?? 0)
}
