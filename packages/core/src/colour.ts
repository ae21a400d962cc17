import sharp from 'sharp'
import type { CodedColour } from './heif-boxes.ts'
import { type Raster, openImage, rasterize } from './previews.ts'

/** Code points of ITU-T H.273: the primaries of Display P3, and the transfer functions of HDR (PQ and HLG). */
const P3_PRIMARIES = 12
const HDR_TRANSFERS = [16, 18]

export function isDisplayP3(colour: CodedColour | null): boolean {
  return colour?.primaries === P3_PRIMARIES && !HDR_TRANSFERS.includes(colour.transfer)
}

let displayP3Profile: Promise<Buffer> | null = null

/** The ICC profile of Display P3 that comes with sharp. */
export function displayP3(): Promise<Buffer> {
  displayP3Profile ??= makeProfile()
  return displayP3Profile
}

async function makeProfile(): Promise<Buffer> {
  const one = { create: { width: 1, height: 1, channels: 3, background: '#fff' } } as const
  const png = await sharp(one).withIccProfile('p3').png().toBuffer()
  const { icc } = await sharp(png).metadata()
  if (!icc) throw new Error('sharp has no Display P3 profile')
  return icc
}

/** The same picture in sRGB; `icc` is the profile that its numbers are meant in. A profile sharp can't read changes nothing. */
export function convertToSrgb(raster: Raster, icc: Buffer): Promise<Raster> {
  const image = openImage(wrapInTiff(raster, icc), { failOn: 'error' })
  return rasterize(image, Math.max(raster.width, raster.height))
}

const SHORT = 3
const LONG = 4
const UNDEFINED = 7
const TIFF_HEADER_BYTES = 8
const ICC_TAG = 34675

/** Sharp takes a profile only from a file, and an uncompressed TIFF is one that costs nothing to make. */
function wrapInTiff({ pixels, width, height }: Raster, icc: Buffer): Buffer {
  const pixelsAt = TIFF_HEADER_BYTES
  const iccAt = pixelsAt + pixels.length
  const bitsAt = iccAt + icc.length
  const directoryAt = bitsAt + 6
  const entries = [
    [256, LONG, 1, width],
    [257, LONG, 1, height],
    [258, SHORT, 3, bitsAt],
    [259, SHORT, 1, 1],
    [262, SHORT, 1, 2],
    [273, LONG, 1, pixelsAt],
    [277, SHORT, 1, 3],
    [278, LONG, 1, height],
    [279, LONG, 1, pixels.length],
    [ICC_TAG, UNDEFINED, icc.length, iccAt],
  ] as const
  const directory = Buffer.alloc(2 + entries.length * 12 + 4)
  directory.writeUInt16LE(entries.length)
  entries.forEach(([tag, type, count, value], index) => {
    const at = 2 + index * 12
    directory.writeUInt16LE(tag, at)
    directory.writeUInt16LE(type, at + 2)
    directory.writeUInt32LE(count, at + 4)
    directory.writeUInt32LE(value, at + 8)
  })
  const header = Buffer.from('II*\0\0\0\0\0', 'latin1')
  header.writeUInt32LE(directoryAt, 4)
  const eightBits = Buffer.from([8, 0, 8, 0, 8, 0])
  return Buffer.concat([header, pixels, icc, eightBits, directory])
}
