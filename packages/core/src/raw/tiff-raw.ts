import type { ByteReader } from '../byte-reader.ts'
import type { Directory } from '../tiff-directory.ts'
import { directoryEnd, numberIn, numbersIn, pointedDirectory, readDirectories } from '../tiff-directory.ts'
import { bytesIn, tiffReader, tiffTag } from '../tiff-directory.ts'
import { holdsSensorData } from '../tiff-kind.ts'
import { makerNotePreviews } from './maker-note-previews.ts'
import { type Place, type RawFile, type Size, type Thumbnail, sizeOf, validOrientation } from './raw-file.ts'

/** What Panasonic keeps in the first directory in place of TIFF's own tags. */
const panasonicTag = { top: 0x04, left: 0x05, bottom: 0x06, right: 0x07, jpeg: 0x2e, rawOffset: 0x0118 }

/** Takes apart a RAW that is a TIFF, or nearly one: ORF and RW2 only have another number in their header. */
export function takeApartTiff(bytes: Buffer, format: string): RawFile {
  const reader = tiffReader(bytes)
  const directories = readDirectories(reader)
  const [first] = directories
  const exif = pointedDirectory(first, tiffTag.exif)
  const sensor = directories.filter(holdsSensorData)
  const jpegs = [...directories.flatMap(previewsIn), ...makerNotePreviews(first, exif)]
  return {
    size: readSize(format, directories, exif),
    orientation: validOrientation(first && numberIn(first, tiffTag.orientation)),
    jpegs,
    thumbnails: directories.flatMap(thumbnailIn),
    sensorData: format.startsWith('RW') && first ? panasonicData(first) : sensor.flatMap(dataIn),
    metadata: readableHead(reader, directories, exif),
  }
}

/** Canon's raw data has no size of its own, Panasonic names its borders; the others state it where the data is. */
function readSize(format: string, directories: readonly Directory[], exif: Directory | null): Size | null {
  const [first] = directories
  const ofExif =
    exif && sizeOf(numberIn(exif, tiffTag.pixelXDimension), numberIn(exif, tiffTag.pixelYDimension))
  if (format === 'CR2') return ofExif
  if (first && format.startsWith('RW')) return sizeInBorders(first) ?? ofExif
  const sensor = directories.filter(holdsSensorData)
  return largest(sensor.length > 0 ? sensor : directories) ?? ofExif
}

function sizeInBorders(first: Directory): Size | null {
  const { top, left, bottom, right } = panasonicTag
  const between = (low: number, high: number) =>
    Math.max(0, (numberIn(first, high) ?? 0) - (numberIn(first, low) ?? 0))
  return sizeOf(between(left, right), between(top, bottom))
}

function largest(directories: readonly Directory[]): Size | null {
  const sizes = directories.flatMap(
    (directory) => sizeOf(numberIn(directory, tiffTag.width), numberIn(directory, tiffTag.height)) ?? [],
  )
  return sizes.sort((a, b) => b.width * b.height - a.width * a.height)[0] ?? null
}

/** A directory's JPEG stands in tags of its own, is its only strip, or is Panasonic's. */
function previewsIn(directory: Directory): Buffer[] {
  if (holdsSensorData(directory)) return []
  const { reader } = directory
  const strips = numbersIn(directory, tiffTag.stripOffsets, 2)
  const places = [
    [numberIn(directory, tiffTag.jpegOffset), numberIn(directory, tiffTag.jpegBytes)],
    strips.length === 1 ? [strips[0], numberIn(directory, tiffTag.stripByteCounts)] : [],
  ] as const
  const found = places.map(([at, length]) => (at && length ? reader.view(at, length) : null))
  const panasonic = directory.entries.get(panasonicTag.jpeg) ? bytesIn(directory, panasonicTag.jpeg) : null
  return [...found, panasonic].filter((view) => view !== null)
}

function dataIn(directory: Directory): Place[] {
  return [
    ...placesIn(directory, tiffTag.stripOffsets, tiffTag.stripByteCounts),
    ...placesIn(directory, tiffTag.tileOffsets, tiffTag.tileByteCounts),
  ]
}

function panasonicData(first: Directory): Place[] {
  return placesIn(first, panasonicTag.rawOffset, tiffTag.stripByteCounts)
}

function placesIn(directory: Directory, starts: number, lengths: number): Place[] {
  const bytes = numbersIn(directory, lengths)
  return numbersIn(directory, starts).map((start, index) => ({ start, bytes: bytes[index] ?? 0 }))
}

const RGB = 2
const UNCOMPRESSED = 1
const PLANAR = 2

/** A preview of plain pixels whose strips lie one behind the other. */
function thumbnailIn(directory: Directory): Thumbnail[] {
  const value = (tag: number) => numberIn(directory, tag)
  const isPlain =
    value(tiffTag.compression) === UNCOMPRESSED &&
    value(tiffTag.photometric) === RGB &&
    value(tiffTag.planarConfiguration) !== PLANAR &&
    numbersIn(directory, tiffTag.bitsPerSample, 4).join() === '8,8,8'
  const size = sizeOf(value(tiffTag.width), value(tiffTag.height))
  const start = value(tiffTag.stripOffsets)
  if (!isPlain || !size || !start || !isUnbroken(directory)) return []
  const pixels = directory.reader.view(start, size.width * size.height * 3)
  return pixels ? [{ ...size, pixels }] : []
}

function isUnbroken(directory: Directory): boolean {
  const starts = numbersIn(directory, tiffTag.stripOffsets)
  const lengths = numbersIn(directory, tiffTag.stripByteCounts)
  return starts.every((start, n) => n === 0 || start === (starts[n - 1] ?? 0) + (lengths[n - 1] ?? 0))
}

/** The part of the file that metadata is read from, as a TIFF by its header: readers copy all that they are given. */
function readableHead(reader: ByteReader, directories: readonly Directory[], exif: Directory | null): Buffer {
  const [first] = directories
  const read = [first, exif, pointedDirectory(first, tiffTag.gps), ...chainOf(directories)]
  const ends = read.flatMap((directory) => (directory ? [directoryEnd(directory)] : []))
  const head = reader.bytes.subarray(0, Math.max(8, ...ends))
  return reader.u16(2) === 42 ? head : asTiff(head, first)
}

function chainOf(directories: readonly Directory[]): Directory[] {
  const [first] = directories
  return directories.filter(({ offset }) => offset === first?.next)
}

const FIRST_TIFF_TAG = 0x00fe
const BYTES_OF_ENTRY = 12

/** A copy with TIFF's own number in its header, and without the tags that mean something else in Panasonic's files. */
function asTiff(head: Buffer, first: Directory | undefined): Buffer {
  const copy = Buffer.from(head)
  copy.set(copy[0] === 0x49 ? [42, 0] : [0, 42], 2)
  const { offset = 0, entries = new Map<number, unknown>() } = first ?? {}
  for (let n = 0; n < entries.size; n++) {
    const at = offset + 2 + n * BYTES_OF_ENTRY
    const tag = tiffReader(copy).u16(at)
    if (tag !== null && tag < FIRST_TIFF_TAG) copy.fill(0, at, at + 2)
  }
  return copy
}
