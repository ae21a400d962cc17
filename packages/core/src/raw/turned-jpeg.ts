import { jpegHead } from '../jpeg-frame.ts'
import { bytesIn, numberIn, readDirectory, tiffReader, tiffTag } from '../tiff-directory.ts'

const START_OF_IMAGE = Buffer.from([0xff, 0xd8])
const APP1 = 0xe1
const EXIF = 'Exif\0\0'
const EXIF_AT = 4
const TIFF_AT = EXIF_AT + EXIF.length

/** The orientation that a JPEG's own EXIF states, null where it states none. */
export function ownOrientation(jpeg: Buffer): number | null {
  const segment = jpegHead(jpeg).find(({ marker, offset }) => isExif(jpeg, marker, offset))
  if (!segment) return null
  const reader = tiffReader(jpeg.subarray(segment.offset + TIFF_AT, segment.end))
  const first = readDirectory(reader, reader.u32(4) ?? 0)
  return first && bytesIn(first, tiffTag.orientation) && numberIn(first, tiffTag.orientation)
}

/** The same JPEG with an EXIF that says nothing but its orientation. Profiles and image data stay as they are. */
export function turnedJpeg(jpeg: Buffer, orientation: number): Buffer {
  const segments = jpegHead(jpeg)
  const end = segments.at(-1)?.offset ?? 2
  const kept = segments
    .filter(({ marker, offset }) => offset < end && !isExif(jpeg, marker, offset))
    .map((segment) => jpeg.subarray(segment.offset, segment.end))
  return Buffer.concat([START_OF_IMAGE, orientationSegment(orientation), ...kept, jpeg.subarray(end)])
}

function isExif(jpeg: Buffer, marker: number, offset: number): boolean {
  return marker === APP1 && jpeg.toString('latin1', offset + EXIF_AT, offset + TIFF_AT) === EXIF
}

function orientationSegment(orientation: number): Buffer {
  const tiff = [
    ...[0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0],
    ...[0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0],
  ]
  const body = Buffer.concat([Buffer.from(EXIF, 'latin1'), Buffer.from([...tiff, 0, 0, 0, 0])])
  return Buffer.concat([Buffer.from([0xff, APP1, 0, body.length + 2]), body])
}
