/** `closed` has its end marker, `unfinished` stops with the file, `broken` has a marker where image data should be. */
export type JpegEnding = 'closed' | 'unfinished' | 'broken'

const code = {
  end: 0xd9,
  startOfScan: 0xda,
  huffman: 0xc4,
  quantisation: 0xdb,
  lines: 0xdc,
  restart: 0xdd,
  comment: 0xfe,
}

/** What may follow a scan: tables, comments, application data, the next scan, the end. */
const behindScan: readonly number[] = Object.values(code)

/** Walks the segments of a JPEG (ITU-T T.81, annex B) without decoding anything. */
export function jpegEnding(bytes: Buffer): JpegEnding {
  let offset = 2
  for (;;) {
    const marker = nextMarker(bytes, offset)
    if (marker === null) return 'unfinished'
    if (marker.code === code.end) return 'closed'
    const end = segmentEnd(bytes, marker.offset)
    if (end === null) return 'unfinished'
    offset = end
    if (marker.code !== code.startOfScan) continue
    const after = nextMarker(bytes, end, isRestart)
    if (after && !isApplicationData(after.code) && !behindScan.includes(after.code)) return 'broken'
    offset = after?.offset ?? bytes.length
  }
}

const END_OF_IMAGE = Buffer.from([0xff, 0xd9])

/** Whether a JPEG has its end marker. Mostly it is the last thing; only where it isn't, the segments are walked. */
export function isClosed(bytes: Buffer): boolean {
  return bytes.subarray(-2).equals(END_OF_IMAGE) || jpegEnding(bytes) === 'closed'
}

/**
 * Whether the image data runs out into zeros, as a failed card or a broken copy leaves a file. Decoders take zeros for
 * data and don't complain. Padding behind the end marker is harmless.
 */
export function runsOutIntoZeros(bytes: Buffer): boolean {
  if (bytes.length < MIN_ZEROS || bytes.subarray(-MIN_ZEROS).some((byte) => byte !== 0)) return false
  let end = bytes.length - MIN_ZEROS
  while (end > 0 && bytes[end - 1] === 0) end--
  const isPadding = bytes.subarray(end - 2, end).equals(END_OF_IMAGE)
  return !isPadding && jpegEnding(bytes) !== 'closed'
}

/** Camera data has no such runs; the last lines of a picture may end in a few. */
const MIN_ZEROS = 64

function isRestart(marker: number): boolean {
  return marker >= 0xd0 && marker <= 0xd7
}

function isApplicationData(marker: number): boolean {
  return marker >= 0xe0 && marker <= 0xef
}

/** Bytes between segments are skipped, as decoders do; 0xFF may be repeated, 0xFF00 is data. */
function nextMarker(bytes: Buffer, from: number, skip: (marker: number) => boolean = () => false) {
  for (let at = bytes.indexOf(0xff, from); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    const marker = bytes[at + 1]
    if (marker === undefined) return null
    if (marker !== 0 && marker !== 0xff && !skip(marker)) return { code: marker, offset: at }
  }
  return null
}

/** Where the segment behind a marker ends, null where the file ends first. */
function segmentEnd(bytes: Buffer, offset: number): number | null {
  if (offset + 4 > bytes.length) return null
  const length = bytes.readUInt16BE(offset + 2)
  const end = offset + 2 + length
  return length < 2 || end > bytes.length ? null : end
}
