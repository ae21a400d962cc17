import { crc32 } from 'node:zlib'
import { type Segment, segmentsOf } from './segments.ts'

/** Numbers from 0 to below 1. */
export type Random = () => number

/** A damaged copy of a good file. `how` names what was done, in order. */
export interface Mutant {
  readonly bytes: Buffer
  readonly how: string
}

const HEAD_BYTES = 4096
const MOST_STEPS = 3
const MOST_FLIPS = 64
const MOST_GARBAGE_BYTES = 65_536

/** A copy of `good` with one to three kinds of damage; `other` is the file that halves and garbage are taken from. */
export function mutate(good: Buffer, other: Buffer, random: Random): Mutant {
  let bytes: Buffer = Buffer.from(good)
  const how: string[] = []
  for (let steps = 1 + Math.floor(random() ** 2 * MOST_STEPS); steps > 0 && bytes.length > 0; steps--) {
    const [name, damage] = pick(damages, random)
    bytes = damage(bytes, random, other)
    how.push(name)
  }
  if (isPng(bytes) && random() < 0.5) {
    repairChecksums(bytes)
    how.push('with right checksums')
  }
  return { bytes, how: how.join(', ') }
}

type Damage = (bytes: Buffer, random: Random, other: Buffer) => Buffer

/** Byte flips stand twice, in the head as well as everywhere: what misleads a decoder is mostly in the head. */
const damages: readonly (readonly [string, Damage])[] = [
  ['bytes flipped', (bytes, random) => flip(bytes, random, bytes.length)],
  ['bytes flipped in the head', (bytes, random) => flip(bytes, random, HEAD_BYTES)],
  ['cut off', (bytes, random) => bytes.subarray(0, below(bytes.length, random))],
  ['range deleted', (bytes, random) => replaceRange(bytes, random, () => [])],
  ['range doubled', (bytes, random) => replaceRange(bytes, random, (range) => [range, range])],
  ['range zeroed', (bytes, random) => replaceRange(bytes, random, (range) => [Buffer.alloc(range.length)])],
  ['segments swapped', swapSegments],
  ['segment doubled', (bytes, random) => replaceSegment(bytes, random, (segment) => [segment, segment])],
  ['segment deleted', (bytes, random) => replaceSegment(bytes, random, () => [])],
  ['length at an extreme', extremeLength],
  ['number at an extreme in the head', extremeNumber],
  ['spliced with another file', splice],
  ['garbage appended', appendGarbage],
]

function flip(bytes: Buffer, random: Random, within: number): Buffer {
  for (let count = 1 + Math.floor(random() ** 3 * MOST_FLIPS); count > 0; count--) {
    const at = below(Math.min(within, bytes.length), random)
    const change = pick(
      [() => 0, () => 0xff, () => below(256, random), flipBit(bytes[at] ?? 0, random)],
      random,
    )
    bytes[at] = change()
  }
  return bytes
}

function flipBit(byte: number, random: Random): () => number {
  return () => byte ^ (1 << below(8, random))
}

function replaceRange(bytes: Buffer, random: Random, replace: (range: Buffer) => Buffer[]): Buffer {
  const start = below(bytes.length, random)
  const end = start + Math.ceil(random() ** 4 * (bytes.length - start))
  return Buffer.concat([
    bytes.subarray(0, start),
    ...replace(bytes.subarray(start, end)),
    bytes.subarray(end),
  ])
}

function replaceSegment(bytes: Buffer, random: Random, replace: (segment: Buffer) => Buffer[]): Buffer {
  const { start, end } = pick(segmentsOf(bytes), random)
  return Buffer.concat([
    bytes.subarray(0, start),
    ...replace(bytes.subarray(start, end)),
    bytes.subarray(end),
  ])
}

function swapSegments(bytes: Buffer, random: Random): Buffer {
  const segments = segmentsOf(bytes)
  const [first, second] = [pick(segments, random), pick(segments, random)].sort((a, b) => a.start - b.start)
  // A box and one inside it have no order: nothing is swapped then.
  if (!first || !second || second.start < first.end) return bytes
  const part = ({ start, end }: Segment) => bytes.subarray(start, end)
  return Buffer.concat([
    bytes.subarray(0, first.start),
    part(second),
    bytes.subarray(first.end, second.start),
    part(first),
    bytes.subarray(second.end),
  ])
}

const extremes = [
  0, 1, 2, 7, 0x7fff, 0x8000, 0xffff, 0x1_0000, 0x7fff_ffff, 0x8000_0000, 0xffff_fffe, 0xffff_ffff,
]

function extremeLength(bytes: Buffer, random: Random): Buffer {
  const { length } = pick(segmentsOf(bytes), random)
  return length
    ? putNumber(bytes, { ...length, value: pick(extremes, random) })
    : extremeNumber(bytes, random)
}

function extremeNumber(bytes: Buffer, random: Random): Buffer {
  return putNumber(bytes, {
    at: below(Math.min(HEAD_BYTES, bytes.length), random),
    bytes: pick([2, 4], random),
    isBigEndian: random() < 0.5,
    value: pick(extremes, random),
  })
}

interface Placed extends NonNullable<Segment['length']> {
  readonly value: number
}

function putNumber(target: Buffer, { at, bytes, isBigEndian, value }: Placed): Buffer {
  if (at + bytes > target.length) return target
  const cut = bytes === 2 ? value % 0x1_0000 : value
  if (isBigEndian) target.writeUIntBE(cut, at, bytes)
  else target.writeUIntLE(cut, at, bytes)
  return target
}

function splice(bytes: Buffer, random: Random, other: Buffer): Buffer {
  const share = random()
  return Buffer.concat([
    bytes.subarray(0, Math.ceil(share * bytes.length)),
    other.subarray(Math.floor(share * other.length)),
  ])
}

function appendGarbage(bytes: Buffer, random: Random, other: Buffer): Buffer {
  const noise = Buffer.from(
    Array.from({ length: below(MOST_GARBAGE_BYTES, random) }, () => below(256, random)),
  )
  return Buffer.concat([bytes, pick([noise, other, bytes], random)])
}

const PNG_HEAD_BYTES = 8

function isPng(bytes: Buffer): boolean {
  return bytes.toString('latin1', 1, 4) === 'PNG'
}

/** Decoders stop at a wrong checksum; behind it there is more of them to try. */
function repairChecksums(png: Buffer): void {
  for (let at = PNG_HEAD_BYTES; at + 12 <= png.length;) {
    const dataEnd = at + 8 + png.readUInt32BE(at)
    if (dataEnd + 4 > png.length) return
    png.writeUInt32BE(crc32(png.subarray(at + 4, dataEnd)), dataEnd)
    at = dataEnd + 4
  }
}

function below(limit: number, random: Random): number {
  return Math.floor(random() * limit)
}

function pick<T>(list: readonly T[], random: Random): T {
  // An index below the length; no list here is empty.
  return list[below(list.length, random)] as T
}
