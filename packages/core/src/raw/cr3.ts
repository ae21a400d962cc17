import { boxes } from '../heif-boxes.ts'
import { tiffReader } from '../tiff-directory.ts'
import { numberIn, readDirectory, tiffTag } from '../tiff-directory.ts'
import { joinCanonMetadata } from './cr3-metadata.ts'
import { type RawFile, type Size, NOTHING, sizeOf, validOrientation } from './raw-file.ts'

const UUID_BYTES = 16
const canonUuid = '85c0b687820f11e08111f4ce462b6a48'
const previewUuid = 'eaf42b5e1c984b88b9fbb7dc406e4d16'
const xmpUuid = 'be7acfcb97a942e89c71999491e3afac'

type Box = ReturnType<typeof boxes>[number]

/**
 * Takes apart a Canon CR3 (ISO/IEC 14496-12 with boxes of Canon's own): metadata in `CMT1` to `CMT4` and in XMP, which
 * has the camera's rating, a thumbnail, a preview, and a full-size JPEG in the first track.
 */
export function takeApartCr3(bytes: Buffer): RawFile {
  const top = boxes(bytes)
  const movie = childrenOf(top, 'moov')
  const canon = boxes(withUuid(movie, canonUuid) ?? Buffer.alloc(0))
  const preview = withUuid(top, previewUuid)
  // Eight bytes of the preview's box come before the boxes in it.
  const previews = [...canon, ...boxes(preview?.subarray(8) ?? Buffer.alloc(0))]
  const parts = ['CMT1', 'CMT2', 'CMT3', 'CMT4'].map((type) => canon.find((box) => box.type === type)?.body)
  return {
    ...NOTHING,
    size: sizeIn(parts[1]),
    orientation: validOrientation(numberOf(parts[0], tiffTag.orientation)),
    jpegs: [
      ...movie.filter(({ type }) => type === 'trak').flatMap(({ body }) => sampleIn(bytes, body)),
      ...previews
        .filter(({ type }) => type === 'PRVW' || type === 'THMB')
        .flatMap(({ body }) => jpegIn(body)),
    ],
    metadata: parts[0] ? joinCanonMetadata(parts, withUuid(top, xmpUuid)) : NOTHING.metadata,
  }
}

function childrenOf(list: readonly Box[], type: string): Box[] {
  return boxes(list.find((box) => box.type === type)?.body ?? Buffer.alloc(0))
}

function withUuid(list: readonly Box[], uuid: string): Buffer | null {
  const box = list.find(({ type, body }) => type === 'uuid' && body.toString('hex', 0, UUID_BYTES) === uuid)
  return box?.body.subarray(UUID_BYTES) ?? null
}

function numberOf(tiff: Buffer | undefined, tag: number): number | null {
  if (!tiff) return null
  const reader = tiffReader(tiff)
  const directory = readDirectory(reader, reader.u32(4) ?? 0)
  return directory && numberIn(directory, tag)
}

function sizeIn(exif: Buffer | undefined): Size | null {
  return sizeOf(numberOf(exif, tiffTag.pixelXDimension), numberOf(exif, tiffTag.pixelYDimension))
}

/** The one sample of a track, where it is a JPEG: `stsz` has its length, `co64` its place in the file. */
function sampleIn(bytes: Buffer, track: Buffer): Buffer[] {
  const table = ['mdia', 'minf', 'stbl'].reduce((list, type) => childrenOf(list, type), boxes(track))
  const sizes = table.find(({ type }) => type === 'stsz')?.body
  const places = table.find(({ type }) => type === 'co64')?.body
  if (!sizes || !places || sizes.length < 12 || places.length < 16) return []
  const common = sizes.readUInt32BE(4)
  const length = common !== 0 || sizes.length < 16 ? common : sizes.readUInt32BE(12)
  const at = Number(places.readBigUInt64BE(8))
  if (length === 0 || at + length > bytes.length) return []
  return isJpeg(bytes, at) ? [bytes.subarray(at, at + length)] : []
}

const MAX_HEADER_BYTES = 32

/** The header in front of the JPEG differs between versions of the box. */
function jpegIn(body: Buffer): Buffer[] {
  const at = body.indexOf(Buffer.from([0xff, 0xd8, 0xff]))
  return at >= 0 && at <= MAX_HEADER_BYTES ? [body.subarray(at)] : []
}

function isJpeg(bytes: Buffer, at: number): boolean {
  return bytes[at] === 0xff && bytes[at + 1] === 0xd8
}
