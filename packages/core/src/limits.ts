import { limits } from '@imalink/contract'
import { Refusal } from './refusal.ts'

const MEGAPIXEL = 1_000_000

export const imageLimits = {
  smallestSidePx: 4,
  largestPixels: 300 * MEGAPIXEL,
  /** HEIC and AVIF decode whole and in memory, so less of them is accepted. */
  heifPixels: 100 * MEGAPIXEL,
  heifSidePx: 16_384,
} as const

interface Size {
  readonly width: number
  readonly height: number
}

/** Throws `image_too_small` or `image_too_large` by what the header says, before a pixel is decoded. */
export function checkSize({ width, height }: Size): void {
  if (width * height > imageLimits.largestPixels) {
    throw new Refusal(
      'image_too_large',
      `The image has ${inWords(width, height)}; the limit is 300 megapixels.`,
    )
  }
  if (Math.min(width, height) < imageLimits.smallestSidePx) {
    throw new Refusal('image_too_small', `The image is ${width} x ${height} pixels; the smallest is 4 x 4.`)
  }
}

/**
 * The limits of formats that decode whole and in memory with more of it for each pixel: 54 megapixels of JPEG XL take
 * 2 GB and 14 seconds of a processor, 80 are more than WebAssembly can hold.
 */
export function checkDecodedWhole(format: keyof typeof wholeMegapixels, size: Size): void {
  const megapixels = wholeMegapixels[format]
  if (size.width * size.height > megapixels * MEGAPIXEL) {
    throw new Refusal(
      'image_too_large',
      `The image has ${inWords(size.width, size.height)}; ${format} may have ${megapixels} megapixels.`,
    )
  }
  checkSize(size)
}

const wholeMegapixels = { BMP: 100, JXL: 50 } as const

/** The tighter limits of HEIC and AVIF, for every size that such a file declares. */
export function checkHeifSize({ width, height }: Size): void {
  const tooLarge = width * height > imageLimits.heifPixels || Math.max(width, height) > imageLimits.heifSidePx
  if (!tooLarge) return
  throw new Refusal(
    'image_too_large',
    `The image has ${inWords(width, height)}; HEIC and AVIF may have 100 megapixels and sides of 16,384 pixels.`,
  )
}

export function fileTooLarge(limitBytes: number = limits.fileBytes): Refusal {
  return new Refusal(
    'file_too_large',
    `The file is larger than ${Math.floor(limitBytes / (1024 * 1024))} MiB.`,
  )
}

function inWords(width: number, height: number): string {
  return `${width} x ${height} pixels`
}
