import { ByteReader } from '../byte-reader.ts'
import { makeExif } from './made-exif.ts'
import { NOTHING, type RawFile, sizeOf } from './raw-file.ts'

/** Records of Canon's heap (CIFF 1.0), by their number without the bits that say where they are. */
const record = {
  makeAndModel: 0x080a,
  shotInfo: 0x102a,
  focalLength: 0x1029,
  time: 0x180e,
  picture: 0x1810,
  jpeg: 0x2007,
  thumbnail: 0x2008,
}

const IN_RECORD = 0x4000
const PLACE_BITS = 0xc000
const HEAPS = [0x2800, 0x3000]
const MAX_DEPTH = 8
const MAX_RECORDS = 1000
const BYTES_OF_RECORD = 10

/** Degrees that the picture is to be turned to the right, as EXIF orientation. */
const orientations: Readonly<Record<number, number>> = { 0: 1, 90: 6, 180: 3, 270: 8 }

/** Takes apart a Canon CRW: one heap of records, some of which are heaps again. */
export function takeApartCrw(bytes: Buffer): RawFile {
  const records = new Map<number, ByteReader>()
  const start = new ByteReader(bytes, true).u32(2) ?? 0
  readHeap(bytes.subarray(start), records, 0)
  const picture = records.get(record.picture)
  return {
    ...NOTHING,
    size: sizeOf(picture?.u32(0), picture?.u32(4)),
    orientation: orientations[picture?.u32(12) ?? 0] ?? null,
    jpegs: [record.jpeg, record.thumbnail].flatMap((number) => records.get(number)?.bytes ?? []),
    metadata: metadataOf(records),
  }
}

/** A heap ends with the place of its table of records; the first record of a number counts. */
function readHeap(heap: Buffer, records: Map<number, ByteReader>, depth: number): void {
  const reader = new ByteReader(heap, true)
  const table = reader.u32(heap.length - 4)
  const count = table === null ? 0 : (reader.u16(table) ?? 0)
  for (let n = 0; table !== null && n < count && records.size < MAX_RECORDS; n++) {
    const at = table + 2 + n * BYTES_OF_RECORD
    const type = reader.u16(at)
    if (type === null) return
    const isInside = (type & PLACE_BITS) === IN_RECORD
    const body = isInside
      ? reader.view(at + 2, 8)
      : reader.view(reader.u32(at + 6) ?? 0, reader.u32(at + 2) ?? 0)
    if (!body) continue
    const isHeap = !isInside && HEAPS.includes(type & 0x3800)
    if (isHeap && depth < MAX_DEPTH) readHeap(body, records, depth + 1)
    const number = type & ~PLACE_BITS
    if (!records.has(number)) records.set(number, new ByteReader(body, true))
  }
}

const tag = {
  make: 0x010f,
  model: 0x0110,
  exposureTime: 0x829a,
  fNumber: 0x829d,
  iso: 0x8827,
  dateTimeOriginal: 0x9003,
  focalLength: 0x920a,
}

/** Canon counts apertures, times and speeds in steps (exiftool's tables of CanonRaw and of Canon's ShotInfo). */
function metadataOf(records: ReadonlyMap<number, ByteReader>): Buffer {
  const names = records.get(record.makeAndModel)?.bytes.toString('latin1').split('\0') ?? []
  const shot = records.get(record.shotInfo)
  const focal = records.get(record.focalLength)?.u16(2) ?? 0
  const [aperture, time, base, auto] = [21, 22, 2, 1].map((index) => shot?.u16(index * 2) ?? 0) as Steps
  const speed = base === 0 ? 0 : (2 ** (base / 32) * 100) / 32
  return makeExif(
    { [tag.make]: names[0] ?? null, [tag.model]: names[1] ?? null },
    {
      [tag.dateTimeOriginal]: timeText(records.get(record.time)?.u32(0) ?? 0),
      [tag.exposureTime]: time === 0 ? null : fraction(2 ** -stops(time)),
      [tag.fNumber]: aperture === 0 ? null : fraction(2 ** (stops(aperture) / 2)),
      [tag.iso]: speed === 0 ? null : fraction(Math.round(speed * 2 ** (auto / 32))),
      [tag.focalLength]: focal === 0 ? null : [focal, 32],
    },
  )
}

/** One number for each index that is asked for. */
type Steps = [aperture: number, time: number, base: number, auto: number]

/** A 16-bit number of 32nds of a stop, where 12 and 20 stand for a third and two thirds. */
function stops(value: number): number {
  const signed = value > 0x7fff ? value - 0x10000 : value
  const size = Math.abs(signed)
  const rest = size & 0x1f
  const exact = rest === 0x0c ? 0x20 / 3 : rest === 0x14 ? 0x40 / 3 : rest
  return (Math.sign(signed) * (size - rest + exact)) / 0x20
}

function fraction(value: number): readonly [number, number] {
  const bottom = value < 1000 ? 1_000_000 : 1000
  return [Math.round(value * bottom) >>> 0, bottom]
}

/** The camera's clock counts its own time's seconds from 1970. */
function timeText(seconds: number): string | null {
  if (seconds === 0) return null
  return new Date(seconds * 1000).toISOString().slice(0, 19).replaceAll('-', ':').replace('T', ' ')
}
