interface JpegSize {
  readonly width: number
  readonly height: number
}

const SOI = 0xd8
const EOI = 0xd9
const SOS = 0xda
/** Any number of these may stand before a marker (B.1.1.2). */
const FILL = 0xff

/**
 * Width and height in px from a JPEG's frame header, by its markers alone (ITU-T T.81, annex B); null for anything that
 * is no JPEG. Decodes nothing.
 */
export function readJpegSize(bytes: Buffer): JpegSize | null {
  if (bytes.length < 4 || bytes[0] !== 0xff || bytes[1] !== SOI) return null
  let at = 2
  while (at + 4 <= bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1] ?? 0
    if (marker === FILL) {
      at++
      continue
    }
    if (marker === EOI || marker === SOS) return null
    if (isFrameHeader(marker)) return at + 9 <= bytes.length ? sizeAt(bytes, at + 5) : null
    at += 2 + bytes.readUInt16BE(at + 2)
  }
  return null
}

/** SOF0-SOF15 without DHT, JPG and DAC, which share their range. */
function isFrameHeader(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc
}

function sizeAt(bytes: Buffer, at: number): JpegSize | null {
  const [height, width] = [bytes.readUInt16BE(at), bytes.readUInt16BE(at + 2)]
  return width > 0 && height > 0 ? { width, height } : null
}
