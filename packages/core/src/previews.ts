import { limits } from '@imalink/contract'
import sharp, { type Raw, type ResizeOptions, type Sharp, type SharpOptions } from 'sharp'
import { imageLimits } from './limits.ts'

const WHITE = { r: 255, g: 255, b: 255 }
const HOTPREVIEW_QUALITY = 85
/** The first is used wherever its bytes fit; noise at 4096 px does not. */
const COLDPREVIEW_QUALITIES = [85, 75, 60, 45, 30, 15]
/**
 * The second resize of the same pixels, mostly by a few percent: at 1920 px cubic costs a tenth less than Lanczos for the
 * whole coldpreview, and over 8 photos it was 0.2 to 3 dB further, at 44 to 58 dB, from one resize of the full image.
 */
const COLDPREVIEW_KERNEL = 'cubic'

const INTERMEDIATE_SIDE = 2048
const COMMON_COLDPREVIEW_SIDE = 1920

/** Decoded pixels: upright, sRGB, 8 bits, three channels, no alpha. */
export interface Raster {
  readonly pixels: Buffer
  readonly width: number
  readonly height: number
}

/** An image whose header is read and found acceptable; `width` and `height` are of the full, upright image. */
export interface Picture {
  readonly width: number
  readonly height: number
  /** Decodes to a raster whose longest side is at most `maxSide` px. Throws `corrupt_image`. */
  rasterize(maxSide: number): Promise<Raster>
}

export interface Preview {
  readonly jpeg: Buffer
  readonly width: number
  readonly height: number
}

export interface DecodeOptions {
  readonly failOn: NonNullable<SharpOptions['failOn']>
  /** False where only the header is read and the size is checked by the caller. */
  readonly pixelLimit?: false
  /**
   * False lifts what the decoder itself allows to be held: libheif's 2 GiB are less than an AVIF within our limits may
   * need. The worker's memory limit holds.
   */
  readonly decoderLimits?: false
}

// One worker works on one image, and there is a worker for each core: threads inside would only get in each other's way.
sharp.concurrency(1)
sharp.cache(false)

/**
 * The longest side of the intermediate for an original whose longest side is `side` px: at most 2048, and always the
 * same for the same original. libjpeg decodes at a fraction of the size, at a fraction of the cost, only where the
 * shrink is 3, 5 or 9 and more, so a size just below 2048 is taken where it gets there (3 at 24 megapixels).
 */
export function intermediateSide(side: number): number {
  const cheaper = [3, 5, 9].map((divisor) => Math.floor(side / divisor))
  const fits = (candidate: number) => candidate >= COMMON_COLDPREVIEW_SIDE && candidate <= INTERMEDIATE_SIDE
  return cheaper.find(fits) ?? INTERMEDIATE_SIDE
}

/** A decoder that turns the first picture of `bytes` upright and never reads more pixels than the limit. */
export function openImage(bytes: Buffer, { failOn, pixelLimit, decoderLimits }: DecodeOptions): Sharp {
  return sharp(bytes, {
    failOn,
    limitInputPixels: pixelLimit ?? imageLimits.largestPixels,
    unlimited: decoderLimits === false,
    animated: false,
    autoOrient: true,
  })
}

export function openRaw(pixels: Buffer, raw: Raw): Sharp {
  return sharp(pixels, { raw, limitInputPixels: imageLimits.largestPixels })
}

/** Decodes to a raster whose longest side is at most `maxSide` px; never enlarges. Throws what sharp throws. */
export async function rasterize(image: Sharp, maxSide: number): Promise<Raster> {
  const { data, info } = await image
    .flatten({ background: WHITE })
    .resize(fitInside(maxSide))
    .toColourspace('srgb')
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { pixels: data, width: info.width, height: info.height }
}

function fitInside(side: number) {
  return { width: side, height: side, fit: 'inside', withoutEnlargement: true } as const
}

interface Size {
  readonly width: number
  readonly height: number
}

/**
 * The thumbnail whose SHA-256 is the photo's hothash: inside 150 x 150 px, never enlarged. `original` is the size of the
 * full image: it, and not the rounded one of the raster, says what shape the preview has.
 */
export function makeHotpreview(raster: Raster, original: Size): Promise<Preview> {
  const size = fittedSize(original, limits.hotpreviewSidePx)
  return encode(raster, size, { kernel: 'lanczos3', quality: HOTPREVIEW_QUALITY })
}

/** A preview whose longest side is `maxSide` px, never enlarged, within what the backend stores. */
export async function makeColdpreview(raster: Raster, original: Size, maxSide: number): Promise<Preview> {
  const size = fittedSize(original, maxSide)
  let preview: Preview | null = null
  for (const quality of COLDPREVIEW_QUALITIES) {
    preview = await encode(raster, size, { kernel: COLDPREVIEW_KERNEL, quality })
    if (preview.jpeg.length <= limits.coldpreviewBytes) return preview
  }
  throw new Error(`A coldpreview of ${preview?.jpeg.length} bytes is left at the lowest quality`)
}

function fittedSize({ width, height }: Size, maxSide: number): Size {
  const scale = Math.min(1, maxSide / Math.max(width, height))
  const fitted = (side: number) => Math.max(1, Math.round(side * scale))
  return { width: fitted(width), height: fitted(height) }
}

interface Encoding {
  readonly kernel: NonNullable<ResizeOptions['kernel']>
  readonly quality: number
}

async function encode(raster: Raster, size: Size, { kernel, quality }: Encoding): Promise<Preview> {
  const jpeg = await openRaw(raster.pixels, { width: raster.width, height: raster.height, channels: 3 })
    .resize({ ...size, fit: 'fill', kernel })
    .jpeg({ quality, chromaSubsampling: '4:2:0', optimiseCoding: true, progressive: false, mozjpeg: false })
    .toBuffer()
  return { jpeg, ...size }
}

/** A JPEG fitted inside `width` x `height` px (either may be left out), never enlarged. Throws what sharp throws. */
export async function resizeJpeg(jpeg: Buffer, sides: { width?: number; height?: number }): Promise<Buffer> {
  return openImage(jpeg, { failOn: 'truncated' })
    .resize({ ...sides, fit: 'inside', withoutEnlargement: true })
    .toColourspace('srgb')
    .jpeg({ quality: COLDPREVIEW_QUALITIES[0] ?? 85 })
    .toBuffer()
}
