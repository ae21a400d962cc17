interface JpegSize {
  readonly width: number
  readonly height: number
}

/** A segment with its marker; that of a scan reaches to the end of the scan's data. */
export interface JpegSegment {
  readonly marker: number
  readonly bytes: Buffer
}

/** Markers of JPEG, as far as they are told apart here (ITU-T T.81, table B.1). */
export const MARKER = {
  startOfImage: 0xd8,
  endOfImage: 0xd9,
  startOfScan: 0xda,
  huffmanTables: 0xc4,
  extension: 0xc8,
  arithmeticTables: 0xcc,
  firstTable: 0xdb,
  lastTable: 0xdf,
  firstApplication: 0xe0,
  lastApplication: 0xef,
  comment: 0xfe,
} as const

/** Any number of these may stand before a marker (B.1.1.2). */
const FILL = 0xff
const MAX_SEGMENTS = 4096

/**
 * The segments of a whole JPEG behind its start, to the end of image and no further; null for anything else: a file that
 * is cut short, bytes between segments, markers that no decoder knows. Decodes nothing.
 */
export function jpegSegments(bytes: Buffer): JpegSegment[] | null {
  if (bytes.length < 4 || bytes[0] !== FILL || bytes[1] !== MARKER.startOfImage) return null
  const segments: JpegSegment[] = []
  let at = 2
  while (at + 2 <= bytes.length && bytes[at] === FILL && segments.length < MAX_SEGMENTS) {
    const marker = bytes[at + 1] ?? 0
    if (marker === FILL) {
      at++
      continue
    }
    const end = segmentEnd(bytes, at, marker)
    if (end === null) return null
    segments.push({ marker, bytes: bytes.subarray(at, end) })
    if (marker === MARKER.endOfImage) return segments
    at = end
  }
  return null
}

/** Width and height in px from the frame header (B.2.2); null where there is none before the first scan. */
export function jpegSize(segments: readonly JpegSegment[]): JpegSize | null {
  const first = segments.find(({ marker }) => isFrame(marker) || marker === MARKER.startOfScan)
  if (!first || !isFrame(first.marker) || first.bytes.length < 9) return null
  const [height, width] = [first.bytes.readUInt16BE(5), first.bytes.readUInt16BE(7)]
  return width > 0 && height > 0 ? { width, height } : null
}

function segmentEnd(bytes: Buffer, at: number, marker: number): number | null {
  if (marker === MARKER.endOfImage) return at + 2
  if (!isKnown(marker) || at + 4 > bytes.length) return null
  const length = bytes.readUInt16BE(at + 2)
  const end = at + 2 + length
  if (length < 2 || end > bytes.length) return null
  return marker === MARKER.startOfScan ? scanEnd(bytes, end) : end
}

/** Where the next marker begins: 0xFF00 is data, and restart markers stand inside a scan (B.1.1.5). */
function scanEnd(bytes: Buffer, from: number): number | null {
  for (let at = bytes.indexOf(FILL, from); at >= 0; at = bytes.indexOf(FILL, at + 1)) {
    const next = bytes[at + 1]
    if (next !== 0 && next !== FILL && next !== undefined && !isRestart(next)) return at
  }
  return null
}

const isRestart = (marker: number) => marker >= 0xd0 && marker <= 0xd7

function isKnown(marker: number): boolean {
  return (
    isFrame(marker) ||
    isTable(marker) ||
    isApplication(marker) ||
    marker === MARKER.startOfScan ||
    marker === MARKER.comment
  )
}

/** SOF0-SOF15 without DHT, JPG and DAC, which share their range. */
function isFrame(marker: number): boolean {
  const others: readonly number[] = [MARKER.huffmanTables, MARKER.extension, MARKER.arithmeticTables]
  return marker >= 0xc0 && marker <= 0xcf && !others.includes(marker)
}

/** Tables, and what says how the following is coded: DHT, DAC, DQT, DNL, DRI, DHP, EXP. */
function isTable(marker: number): boolean {
  if (marker === MARKER.huffmanTables || marker === MARKER.arithmeticTables) return true
  return marker >= MARKER.firstTable && marker <= MARKER.lastTable
}

export function isApplication(marker: number): boolean {
  return marker >= MARKER.firstApplication && marker <= MARKER.lastApplication
}
