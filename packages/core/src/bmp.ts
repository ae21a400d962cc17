import { ByteReader } from './byte-reader.ts'
import { checkDecodedWhole } from './limits.ts'
import { type Picture, openRaw, rasterize } from './previews.ts'
import { Refusal, refuseCorrupt } from './refusal.ts'
import { type BmpHeader, readBmpHeader } from './bmp-header.ts'
import { unpackRuns } from './bmp-runs.ts'

/**
 * Opens a Windows bitmap: 1, 4, 8, 16, 24 and 32 bits a pixel, either way up, also run-length coded. Its fourth channel
 * is not looked at: most programs leave it zero. Throws by what its header says, before anything is decoded.
 */
export function openBmp(bytes: Buffer): Picture {
  const header = readBmpHeader(bytes)
  checkDecodedWhole('BMP', header)
  const { width, height } = header
  const rgb = toRgb(bytes, header)
  const image = () => openRaw(rgb, { width, height, channels: 3 })
  return { width, height, rasterize: (maxSide) => rasterize(image(), maxSide).catch(refuseCorrupt) }
}

function toRgb(bytes: Buffer, header: BmpHeader): Buffer {
  const { width, height, bitsPerPixel } = header
  const rows = header.coding === 'runs' ? unpackRuns(bytes, header) : plainRows(bytes, header)
  const rgb = Buffer.allocUnsafeSlow(width * height * 3)
  const convert = bitsPerPixel <= 8 ? indexed(header) : bitsPerPixel === 24 ? blueGreenRed : masked(header)
  for (let y = 0; y < height; y++) {
    const line = header.isTopDown ? y : height - 1 - y
    convert(rows(y), rgb.subarray(line * width * 3, (line + 1) * width * 3))
  }
  return rgb
}

/** Each row is padded to a multiple of four bytes; the padding of the last one may be missing. */
function plainRows(
  bytes: Buffer,
  { width, height, bitsPerPixel, pixelsAt }: BmpHeader,
): (y: number) => Buffer {
  const used = Math.ceil((width * bitsPerPixel) / 8)
  const stride = Math.ceil(used / 4) * 4
  if (pixelsAt + stride * (height - 1) + used > bytes.length)
    throw new Refusal('corrupt_image', 'The BMP image is cut off.')
  return (y) => bytes.subarray(pixelsAt + y * stride, pixelsAt + y * stride + used)
}

type Convert = (row: Buffer, rgb: Buffer) => void

function indexed({ bitsPerPixel, palette }: BmpHeader): Convert {
  const mask = (1 << bitsPerPixel) - 1
  return (row, rgb) => {
    for (let x = 0, at = 0; at < rgb.length; x++, at += 3) {
      const bit = x * bitsPerPixel
      const index = ((row[bit >> 3] ?? 0) >> (8 - bitsPerPixel - (bit & 7))) & mask
      rgb[at] = palette[index * 3] ?? 0
      rgb[at + 1] = palette[index * 3 + 1] ?? 0
      rgb[at + 2] = palette[index * 3 + 2] ?? 0
    }
  }
}

const blueGreenRed: Convert = (row, rgb) => {
  for (let at = 0; at < rgb.length; at += 3) {
    rgb[at] = row[at + 2] ?? 0
    rgb[at + 1] = row[at + 1] ?? 0
    rgb[at + 2] = row[at] ?? 0
  }
}

/** The bits of each channel stand anywhere in 16 or 32; all of a channel's bits set is its full light. */
function masked({ bitsPerPixel, masks }: BmpHeader): Convert {
  const wide = bitsPerPixel === 32
  const channels = masks.map((mask) => ({ mask, low: (mask & -mask) >>> 0 || 1, top: 0 }))
  for (const channel of channels) channel.top = Math.max(1, Math.floor(channel.mask / channel.low))
  return (row, rgb) => {
    const reader = new ByteReader(row, true)
    for (let x = 0, at = 0; at < rgb.length; x++, at += 3) {
      const pixel = (wide ? reader.u32(x * 4) : reader.u16(x * 2)) ?? 0
      channels.forEach(({ mask, low, top }, channel) => {
        rgb[at + channel] = Math.round((((pixel & mask) >>> 0) / low / top) * 255)
      })
    }
  }
}
