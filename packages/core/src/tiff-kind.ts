import { ByteReader } from './byte-reader.ts'

const tag = {
  subfileType: 0x00fe,
  compression: 0x0103,
  photometric: 0x0106,
  subIfds: 0x014a,
  dngVersion: 0xc612,
}

/** Photometric interpretations of sensor data: colour filter array (TIFF/EP) and linear raw (DNG). */
const sensorPhotometrics = [32803, 34892]

/** Compressions only cameras write: Sony, Kodak, Samsung, Nikon, Pentax. */
const sensorCompressions = [32767, 32769, 32770, 32867, 34713, 65000, 65535]

const REDUCED_RESOLUTION = 1
const MAX_DIRECTORIES = 32
const MAX_ENTRIES = 1000

interface Directory {
  readonly values: ReadonlyMap<number, number>
  readonly children: readonly number[]
  readonly next: number
}

/**
 * Whether a TIFF is a camera's RAW. Decoders open most RAW files as the small thumbnail in their first directory, so
 * the directories decide: sensor data anywhere, a DNG version, or a first directory that is only a preview.
 */
export function isRawTiff(bytes: Buffer): boolean {
  const directories = readDirectories(new ByteReader(bytes, bytes[0] === 0x49))
  const [first] = directories
  if (!first) return false
  if (first.values.has(tag.dngVersion) || hasRawSignature(bytes)) return true
  const onlyPreview = first.values.get(tag.subfileType) === REDUCED_RESOLUTION && first.children.length > 0
  return onlyPreview || directories.some(holdsSensorData)
}

/** Canon writes `CR` behind the TIFF header, Phase One `IIII`. */
function hasRawSignature(bytes: Buffer): boolean {
  return ['CR\x02', 'IIII'].some((text) => bytes.toString('latin1', 8, 8 + text.length) === text)
}

function holdsSensorData({ values }: Directory): boolean {
  return (
    sensorPhotometrics.includes(values.get(tag.photometric) ?? 0) ||
    sensorCompressions.includes(values.get(tag.compression) ?? 0)
  )
}

/** Every directory that can be reached, breadth first; each once, so that loops end. */
function readDirectories(reader: ByteReader): Directory[] {
  const found: Directory[] = []
  const queue = [reader.u32(4) ?? 0]
  const seen = new Set([0])
  for (let offset = queue.shift(); offset !== undefined; offset = queue.shift()) {
    if (seen.has(offset) || found.length >= MAX_DIRECTORIES) continue
    seen.add(offset)
    const directory = readDirectory(reader, offset)
    if (!directory) continue
    found.push(directory)
    queue.push(...directory.children, directory.next)
  }
  return found
}

function readDirectory(reader: ByteReader, offset: number): Directory | null {
  const count = reader.u16(offset)
  if (count === null || count > MAX_ENTRIES) return null
  const values = new Map<number, number>()
  const children: number[] = []
  for (let index = 0; index < count; index++) {
    const entry = offset + 2 + index * 12
    const id = reader.u16(entry)
    if (id === null) break
    if (id === tag.subIfds) children.push(...subDirectories(reader, entry))
    values.set(id, readValue(reader, entry))
  }
  return { values, children, next: reader.u32(offset + 2 + count * 12) ?? 0 }
}

const SHORT = 3

function readValue(reader: ByteReader, entry: number): number {
  const isShort = reader.u16(entry + 2) === SHORT
  return (isShort ? reader.u16(entry + 8) : reader.u32(entry + 8)) ?? 0
}

function subDirectories(reader: ByteReader, entry: number): number[] {
  const count = Math.min(reader.u32(entry + 4) ?? 0, MAX_DIRECTORIES)
  const start = count > 1 ? (reader.u32(entry + 8) ?? 0) : entry + 8
  return Array.from({ length: count }, (_, index) => reader.u32(start + index * 4) ?? 0)
}
