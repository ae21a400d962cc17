import sharp from 'sharp'

/** 72 megapixels in a file of some hundred kilobytes. Interlaced, it has to be decoded whole: 576 MB. */
export function makeDemandingImage(): Promise<Buffer> {
  const background = { r: 40, g: 80, b: 120, alpha: 0.5 }
  return sharp({ create: { width: 9000, height: 8000, channels: 4, background } })
    .toColourspace('rgb16')
    .png({ compressionLevel: 1, progressive: true })
    .toBuffer()
}
