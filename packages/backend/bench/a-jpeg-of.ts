import { aJpeg } from '../tests/an-egg.ts'

/** Behind the start-of-image marker. */
const TABLE_START = 2

/** A whole JPEG of about so many bytes: its quantisation table stands there again and again, and the last one counts. */
export function aJpegOf(bytes: number, seed: string): Buffer {
  const jpeg = aJpeg(seed)
  const table = jpeg.subarray(TABLE_START, TABLE_START + 2 + jpeg.readUInt16BE(TABLE_START + 2))
  const times = Math.max(Math.floor((bytes - jpeg.length) / table.length), 0)
  const tables = Array.from({ length: times }, () => table)
  return Buffer.concat([jpeg.subarray(0, TABLE_START), ...tables, jpeg.subarray(TABLE_START)])
}
