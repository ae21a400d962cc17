import { blankTexts } from './icc-profile.ts'
import { type JpegSegment, MARKER, isApplication } from './jpeg-segments.ts'

const SEGMENT_HEAD = 4
const JFIF = Buffer.from('JFIF\0')
/** Version, density, and how large the thumbnail behind them is. */
const JFIF_BYTES = 14
const ADOBE = Buffer.from('Adobe')
const ADOBE_BYTES = 12
const ICC = Buffer.from('ICC_PROFILE\0')
/** Its number, counted from one, and how many there are. */
const ICC_HEAD = ICC.length + 2

const START = Buffer.from([0xff, MARKER.startOfImage])

/**
 * The same picture, pixel for pixel, without anything that is no picture: EXIF, XMP, IPTC, comments, thumbnails, further
 * pictures and whatever follows the end. What colours need stays: JFIF, Adobe's transform, and ICC without its texts.
 */
export function cleanJpeg(segments: readonly JpegSegment[]): Buffer {
  const profiles = cleanProfiles(segments)
  return Buffer.concat([START, ...segments.map((segment) => profiles.get(segment) ?? cleanSegment(segment))])
}

const NOTHING = Buffer.alloc(0)

function cleanSegment({ marker, bytes }: JpegSegment): Buffer {
  if (marker === MARKER.comment) return NOTHING
  if (!isApplication(marker)) return bytes
  if (marker === MARKER.firstApplication && holds(bytes, JFIF, JFIF_BYTES)) return withoutThumbnail(bytes)
  if (marker === ADOBE_MARKER && holds(bytes, ADOBE, ADOBE_BYTES)) return cutTo(bytes, ADOBE_BYTES)
  return NOTHING
}

const ADOBE_MARKER = MARKER.firstApplication + 14
const ICC_MARKER = MARKER.firstApplication + 2
const EXIF_MARKER = MARKER.firstApplication + 1

function holds(segment: Buffer, name: Buffer, size: number): boolean {
  const content = segment.subarray(SEGMENT_HEAD)
  return content.length >= size && content.subarray(0, name.length).equals(name)
}

/** A segment with only the first `size` bytes of its content. */
function cutTo(segment: Buffer, size: number): Buffer {
  const cut = Buffer.from(segment.subarray(0, SEGMENT_HEAD + size))
  cut.writeUInt16BE(size + 2, 2)
  return cut
}

function withoutThumbnail(segment: Buffer): Buffer {
  const cut = cutTo(segment, JFIF_BYTES)
  cut.fill(0, cut.length - 2)
  return cut
}

/** What becomes of each segment that holds a piece of an ICC profile; nothing is left of profiles that are not whole. */
function cleanProfiles(segments: readonly JpegSegment[]): Map<JpegSegment, Buffer> {
  const pieces = segments.filter(({ marker, bytes }) => marker === ICC_MARKER && holds(bytes, ICC, ICC_HEAD))
  const inOrder = [...pieces].sort((a, b) => numberOf(a) - numberOf(b))
  const isWhole = inOrder.every(
    (piece, index) => numberOf(piece) === index + 1 && countOf(piece) === pieces.length,
  )
  const profile = isWhole ? blankTexts(Buffer.concat(inOrder.map(dataOf))) : null
  const cleaned = new Map<JpegSegment, Buffer>()
  let at = 0
  for (const piece of inOrder) {
    const { length } = dataOf(piece)
    cleaned.set(piece, profile ? withData(piece, profile.subarray(at, at + length)) : NOTHING)
    at += length
  }
  return cleaned
}

const numberOf = ({ bytes }: JpegSegment) => bytes.readUInt8(SEGMENT_HEAD + ICC.length)
const countOf = ({ bytes }: JpegSegment) => bytes.readUInt8(SEGMENT_HEAD + ICC.length + 1)
const dataOf = ({ bytes }: JpegSegment) => bytes.subarray(SEGMENT_HEAD + ICC_HEAD)
const withData = ({ bytes }: JpegSegment, data: Buffer) =>
  Buffer.concat([bytes.subarray(0, SEGMENT_HEAD + ICC_HEAD), data])

const EXIF = Buffer.from('Exif\0\0')
const UPRIGHT = 1
const ORIENTATION = 0x0112

/** Whether EXIF says that a viewer has to turn or mirror the picture (TIFF 6.0, tag 274). */
export function isTurnedByExif(segments: readonly JpegSegment[]): boolean {
  const exif = segments.find(({ marker, bytes }) => marker === EXIF_MARKER && holds(bytes, EXIF, EXIF.length))
  const orientation = exif && readOrientation(exif.bytes.subarray(SEGMENT_HEAD + EXIF.length))
  return orientation !== undefined && orientation > UPRIGHT && orientation <= 8
}

function readOrientation(tiff: Buffer): number | undefined {
  if (tiff.length < 10) return undefined
  const isLittle = tiff.toString('latin1', 0, 2) === 'II'
  const short = (at: number) => (isLittle ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at))
  const directory = isLittle ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4)
  if (directory + 2 > tiff.length) return undefined
  const end = directory + 2 + short(directory) * 12
  for (let entry = directory + 2; entry + 12 <= Math.min(end, tiff.length); entry += 12)
    if (short(entry) === ORIENTATION) return short(entry + 8)
  return undefined
}
