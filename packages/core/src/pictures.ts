import type { Metadata } from 'sharp'
import type { PictureFormat } from './formats.ts'
import { openBmp } from './bmp.ts'
import { openHeic } from './heic.ts'
import { openJxl } from './jxl.ts'
import { readHeif } from './heif-boxes.ts'
import { convertToSrgb, displayP3, isDisplayP3 } from './colour.ts'
import { jpegEnding, runsOutIntoZeros } from './jpeg-ending.ts'
import { checkHeifSize, checkSize } from './limits.ts'
import { type DecodeOptions, type Picture, type Raster, openImage, rasterize } from './previews.ts'
import { refuseCorrupt } from './refusal.ts'
import { checkJpegSamples, checkTiffSamples } from './samples.ts'

/**
 * Opens the first picture of a file. Throws `image_too_small` and `image_too_large` before a pixel is decoded,
 * `corrupt_image` where the header is damaged.
 */
export async function openPicture(bytes: Buffer, format: PictureFormat): Promise<Picture> {
  if (format === 'HEIC') return openHeic(bytes)
  if (format === 'BMP') return openBmp(bytes)
  if (format === 'JXL') return openJxl(bytes)
  if (format === 'AVIF') readHeif(bytes).sizes.forEach(checkHeifSize)
  if (format === 'JPEG') checkJpegSamples(bytes)
  const header = await readHeader(bytes)
  const size = header.autoOrient
  checkSize(size)
  if (format === 'TIFF') checkTiffSamples(header.depth)
  if (format === 'JPEG') return { ...size, rasterize: jpegRasterizer(bytes) }
  const decodeTo = (maxSide: number) =>
    format === 'AVIF' ? rasterizeAvif(bytes, maxSide) : decode(bytes, maxSide, { failOn: 'error' })
  if (!isLeftInP3(header)) return { ...size, rasterize: decodeTo }
  return { ...size, rasterize: async (maxSide) => convertToSrgb(await decodeTo(maxSide), await displayP3()) }
}

/** Sharp brings 16-bit RGB with a profile to Display P3, so as not to lose what sRGB can't hold, and leaves it there. */
function isLeftInP3({ space, hasProfile }: Metadata): boolean {
  return space === 'rgb16' && hasProfile
}

function readHeader(bytes: Buffer): Promise<Metadata> {
  // The header is only looked at: the pixel limit is ours, with its own code.
  return openImage(bytes, { failOn: 'none', pixelLimit: false }).metadata().catch(refuseCorrupt)
}

function decode(bytes: Buffer, maxSide: number, options: DecodeOptions): Promise<Raster> {
  return rasterize(openImage(bytes, options), maxSide).catch(refuseCorrupt)
}

/** Sharp applies a profile that is embedded, but not the colour space that an AVIF only names. */
async function rasterizeAvif(bytes: Buffer, maxSide: number): Promise<Raster> {
  const { icc, codedColour } = readHeif(bytes)
  const raster = await decode(bytes, maxSide, { failOn: 'error', decoderLimits: false })
  return icc === null && isDisplayP3(codedColour) ? convertToSrgb(raster, await displayP3()) : raster
}

/** Decides once how a JPEG can be decoded, so that a second size costs one more decode and not three. */
function jpegRasterizer(bytes: Buffer): Picture['rasterize'] {
  let settled: { bytes: Buffer; options: DecodeOptions } | null = null
  return async (maxSide) => {
    if (settled) return decode(settled.bytes, maxSide, settled.options)
    if (runsOutIntoZeros(bytes)) return refuseCorrupt(new Error('The image data runs out into zeros'))
    try {
      return await rasterize(openImage(bytes, { failOn: 'warning' }), maxSide)
    } catch (error) {
      settled = secondLook(bytes, error)
      return decode(settled.bytes, maxSide, settled.options)
    }
  }
}

const END_OF_IMAGE = Buffer.from([0xff, 0xd9])
const damage = /bad Huffman code|extraneous bytes/

/**
 * libjpeg warns about harmless oddities and about damage alike, and repairs both in silence when told to go on. A file
 * that only lacks its end marker decodes without a warning once it has one; a file that has it, and no foreign
 * marker inside its data, is taken as its writer left it.
 */
function secondLook(bytes: Buffer, error: unknown): { bytes: Buffer; options: DecodeOptions } {
  const ending = jpegEnding(bytes)
  if (ending === 'broken' || (error instanceof Error && damage.test(error.message)))
    return refuseCorrupt(error)
  if (ending === 'unfinished')
    return { bytes: Buffer.concat([bytes, END_OF_IMAGE]), options: { failOn: 'warning' } }
  return { bytes, options: { failOn: 'truncated' } }
}
