/** A part of a file that its format gives a length, and where that length stands. */
export interface Segment {
  readonly start: number
  readonly end: number
  readonly length: { readonly at: number; readonly bytes: 2 | 4; readonly isBigEndian: boolean } | null
}

const MOST_SEGMENTS = 2000
const EQUAL_PARTS = 12

/**
 * The parts that a file is made of, as its format names them: segments, chunks, boxes, entries. What has no such parts is
 * cut into equal ones. Written for whole files; where a length leads astray the walk ends.
 */
export function segmentsOf(bytes: Buffer): Segment[] {
  const walk = walks.find(
    ([signature, at]) => bytes.toString('latin1', at, at + signature.length) === signature,
  )
  const segments = walk?.[2](bytes).slice(0, MOST_SEGMENTS) ?? []
  return segments.length > 1 ? segments : equalParts(bytes)
}

type Walk = (bytes: Buffer) => Segment[]

const walks: readonly (readonly [signature: string, at: number, walk: Walk])[] = [
  ['\xff\xd8\xff', 0, jpegSegments],
  [
    '\x89PNG',
    0,
    (bytes) => chunks(bytes, { from: 8, isBigEndian: true, lengthAt: 0, around: 12, even: false }),
  ],
  ['RIFF', 0, (bytes) => chunks(bytes, { from: 12, isBigEndian: false, lengthAt: 4, around: 8, even: true })],
  ['ftyp', 4, boxes],
  ['II', 0, (bytes) => tiffEntries(bytes, false)],
  ['MM', 0, (bytes) => tiffEntries(bytes, true)],
]

function jpegSegments(bytes: Buffer): Segment[] {
  const segments: Segment[] = []
  for (let at = 2; at + 4 <= bytes.length && bytes[at] === 0xff;) {
    const end = at + 2 + bytes.readUInt16BE(at + 2)
    const isScan = bytes[at + 1] === 0xda
    segments.push({
      start: at,
      end: isScan ? bytes.length : Math.min(end, bytes.length),
      length: { at: at + 2, bytes: 2, isBigEndian: true },
    })
    if (isScan) break
    at = end
  }
  return segments
}

interface ChunkShape {
  readonly from: number
  readonly isBigEndian: boolean
  readonly lengthAt: number
  /** Bytes of a chunk beside what its length counts. */
  readonly around: number
  readonly even: boolean
}

function chunks(bytes: Buffer, { from, isBigEndian, lengthAt, around, even }: ChunkShape): Segment[] {
  const segments: Segment[] = []
  for (let at = from; at + around <= bytes.length;) {
    const length = isBigEndian ? bytes.readUInt32BE(at + lengthAt) : bytes.readUInt32LE(at + lengthAt)
    const end = Math.min(at + around + length + (even ? length % 2 : 0), bytes.length)
    segments.push({ start: at, end, length: { at: at + lengthAt, bytes: 4, isBigEndian } })
    at = end
  }
  return segments
}

const containers = new Set(['meta', 'moov', 'iprp', 'ipco', 'iinf', 'trak', 'mdia', 'minf', 'stbl', 'uuid'])
const VERSIONED = new Map([
  ['meta', 4],
  ['iinf', 6],
  ['uuid', 16],
])

/** ISO boxes, and those inside the ones that hold others. */
function boxes(bytes: Buffer, from = 0, to = bytes.length): Segment[] {
  const segments: Segment[] = []
  for (let at = from; at + 8 <= to;) {
    const size = bytes.readUInt32BE(at)
    const end = size < 8 ? to : Math.min(at + size, to)
    segments.push({ start: at, end, length: { at, bytes: 4, isBigEndian: true } })
    const type = bytes.toString('latin1', at + 4, at + 8)
    if (containers.has(type)) segments.push(...boxes(bytes, at + 8 + (VERSIONED.get(type) ?? 0), end))
    at = end
  }
  return segments
}

const TIFF_HEADER_BYTES = 8
const ENTRY_BYTES = 12

/** The entries of the first directories of a TIFF or a RAW that is built like one; an entry's length is its count. */
function tiffEntries(bytes: Buffer, isBigEndian: boolean): Segment[] {
  if (bytes.length < TIFF_HEADER_BYTES) return []
  const read16 = (at: number) => (isBigEndian ? bytes.readUInt16BE(at) : bytes.readUInt16LE(at))
  const read32 = (at: number) => (isBigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at))
  const segments: Segment[] = []
  const seen = new Set<number>()
  for (let at = read32(4); at + 2 <= bytes.length && at > 0 && !seen.has(at);) {
    seen.add(at)
    const end = at + 2 + read16(at) * ENTRY_BYTES
    if (end + 4 > bytes.length) break
    for (let start = at + 2; start < end; start += ENTRY_BYTES)
      segments.push({ start, end: start + ENTRY_BYTES, length: { at: start + 4, bytes: 4, isBigEndian } })
    at = read32(end)
  }
  return segments
}

function equalParts(bytes: Buffer): Segment[] {
  const size = Math.max(1, Math.ceil(bytes.length / EQUAL_PARTS))
  const starts = Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) => n * size)
  return starts.map((start) => ({ start, end: Math.min(start + size, bytes.length), length: null }))
}
