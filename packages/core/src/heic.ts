import { convertToSrgb, displayP3, isDisplayP3 } from './colour.ts'
import { type Heif, readHeif } from './heif-boxes.ts'
import { checkHeifSize, checkSize } from './limits.ts'
import type { HeifImage, Libheif } from 'libheif-js/wasm-bundle.js'
import { type Picture, type Raster, openRaw, rasterize } from './previews.ts'
import { Refusal, refuseCorrupt } from './refusal.ts'

interface Decoded {
  readonly rgba: Buffer
  readonly width: number
  readonly height: number
}

/**
 * Opens a HEIC. The container's own turn and crop are applied, EXIF Orientation is not. Throws `image_too_large` by
 * what the container says, before anything is decoded.
 */
export async function openHeic(bytes: Buffer): Promise<Picture> {
  const heif = readHeif(bytes)
  heif.sizes.forEach(checkHeifSize)
  const decoded = await decodePrimary(bytes)
  const { width, height } = decoded
  return { width, height, rasterize: (maxSide) => rasterizeHeic(decoded, heif, maxSide) }
}

async function rasterizeHeic({ rgba, width, height }: Decoded, heif: Heif, maxSide: number): Promise<Raster> {
  const image = openRaw(rgba, { width, height, channels: 4 })
  const raster = await rasterize(image, maxSide).catch(refuseCorrupt)
  const profile = heif.icc ?? (isDisplayP3(heif.codedColour) ? await displayP3() : null)
  return profile ? convertToSrgb(raster, profile).catch(refuseCorrupt) : raster
}

/** Loaded at the first HEIC: its WebAssembly costs every worker memory. */
async function loadLibheif(): Promise<Libheif> {
  const { default: libheif } = await import('libheif-js/wasm-bundle.js')
  await libheif.ready
  return libheif
}

async function decodePrimary(bytes: Buffer): Promise<Decoded> {
  const libheif = await loadLibheif()
  const decoder = new libheif.HeifDecoder()
  const images = decoder.decode(bytes)
  try {
    const primary = images.find((image) => image.is_primary()) ?? images[0]
    if (!primary) throw new Refusal('corrupt_image', 'The HEIC file has no picture that can be read.')
    return await readPixels(primary)
  } finally {
    for (const image of images) image.free()
    if (decoder.decoder) libheif.heif_context_free(decoder.decoder)
  }
}

async function readPixels(image: HeifImage): Promise<Decoded> {
  const size = { width: image.get_width(), height: image.get_height() }
  checkHeifSize(size)
  checkSize(size)
  const rgba = Buffer.alloc(size.width * size.height * 4)
  const target = { ...size, data: new Uint8ClampedArray(rgba.buffer, rgba.byteOffset, rgba.length) }
  const displayed = await new Promise((resolve) => image.display(target, resolve))
  if (!displayed) return refuseCorrupt(new Error('libheif cannot decode the picture'))
  return { ...size, rgba }
}
