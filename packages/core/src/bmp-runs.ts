import type { BmpHeader } from './bmp-header.ts'

const END_OF_LINE = 0
const END_OF_BITMAP = 1
const MOVE = 2

/**
 * The rows of a run-length coded bitmap, as plain ones of 4 or 8 bits a pixel. What is skipped has index 0; a file that
 * ends early leaves the rest so.
 */
export function unpackRuns(
  bytes: Buffer,
  { width, height, bitsPerPixel, pixelsAt }: BmpHeader,
): (y: number) => Buffer {
  const indices = Buffer.alloc(width * height)
  let [at, x, y] = [pixelsAt, 0, 0]
  const put = (index: number) => {
    if (x < width && y < height) indices[y * width + x] = index
    x++
  }
  const read = (byte: number, n: number) =>
    bitsPerPixel === 8 ? byte : n % 2 === 0 ? byte >> 4 : byte & 0x0f
  while (at + 1 < bytes.length && y < height) {
    const [count, value] = [bytes[at] ?? 0, bytes[at + 1] ?? 0]
    at += 2
    if (count > 0) for (let n = 0; n < count; n++) put(read(value, n))
    else if (value === END_OF_LINE) [x, y] = [0, y + 1]
    else if (value === END_OF_BITMAP) break
    else if (value === MOVE) {
      x += bytes[at] ?? 0
      y += bytes[at + 1] ?? 0
      at += 2
    } else {
      const used = Math.ceil((value * bitsPerPixel) / 8)
      for (let n = 0; n < value; n++) put(read(bytes[at + Math.floor((n * bitsPerPixel) / 8)] ?? 0, n))
      at += used + (used % 2)
    }
  }
  return (line) => packed(indices.subarray(line * width, (line + 1) * width), bitsPerPixel)
}

function packed(indices: Buffer, bitsPerPixel: number): Buffer {
  if (bitsPerPixel === 8) return indices
  const row = Buffer.alloc(Math.ceil(indices.length / 2))
  indices.forEach((index, x) => {
    row[x >> 1] = (row[x >> 1] ?? 0) | (x % 2 === 0 ? index << 4 : index)
  })
  return row
}
