import { boxes } from './heif-boxes.ts'

/** What a JPEG XL says before its first frame; the size is not turned yet. */
export interface JxlHeader {
  readonly width: number
  readonly height: number
  readonly isAnimated: boolean
}

const HEADER_BYTES = 64

/** The head of the codestream, bare or in a container (ISO/IEC 18181-2). Null where it can't be read. */
export function readJxlHeader(bytes: Buffer): JxlHeader | null {
  const stream = codestream(bytes)
  if (!stream || stream[0] !== 0xff || stream[1] !== 0x0a) return null
  const bits = new Bits(stream.subarray(2, HEADER_BYTES))
  const size = readSize(bits)
  return { ...size, isAnimated: readIsAnimated(bits) }
}

function codestream(bytes: Buffer): Buffer | null {
  if (bytes[0] === 0xff) return bytes
  const found = boxes(bytes).find(({ type }) => type === 'jxlc' || type === 'jxlp')
  if (!found) return null
  return found.type === 'jxlp' ? found.body.subarray(4) : found.body
}

/** Least significant bit first; zeros behind the end. */
class Bits {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  u(count: number): number {
    let value = 0
    for (let bit = 0; bit < count; bit++, this.#at++)
      value += (((this.#bytes[this.#at >> 3] ?? 0) >> (this.#at & 7)) & 1) * 2 ** bit
    return value
  }

  bool(): boolean {
    return this.u(1) === 1
  }

  /** One of four: an offset and so many bits more. */
  choice(...options: readonly (readonly [offset: number, bits: number])[]): number {
    const [offset, bits] = options[this.u(2)] ?? [0, 0]
    return offset + this.u(bits)
  }
}

/** Width to height, where the width isn't written. */
const ratios: Readonly<Record<number, readonly [number, number]>> = {
  1: [1, 1],
  2: [12, 10],
  3: [4, 3],
  4: [3, 2],
  5: [16, 9],
  6: [5, 4],
  7: [2, 1],
}

/** ISO/IEC 18181-1, SizeHeader. */
function readSize(bits: Bits): { width: number; height: number } {
  const isSmall = bits.bool()
  const side = () => (isSmall ? 8 * (1 + bits.u(5)) : bits.choice([1, 9], [1, 13], [1, 18], [1, 30]))
  return readSides(bits, side)
}

function readSides(bits: Bits, side: () => number): { width: number; height: number } {
  const height = side()
  const ratio = ratios[bits.u(3)]
  return { height, width: ratio ? Math.floor((height * ratio[0]) / ratio[1]) : side() }
}

/** ISO/IEC 18181-1, ImageMetadata up to have_animation. */
function readIsAnimated(bits: Bits): boolean {
  const isAllDefault = bits.bool()
  if (isAllDefault || !bits.bool()) return false
  bits.u(3)
  if (bits.bool()) readSize(bits)
  if (bits.bool()) readPreview(bits)
  return bits.bool()
}

function readPreview(bits: Bits): void {
  const isSmall = bits.bool()
  readSides(bits, () =>
    isSmall
      ? 8 * bits.choice([16, 0], [32, 0], [1, 5], [33, 9])
      : bits.choice([1, 6], [65, 8], [321, 10], [1345, 12]),
  )
}
