import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'

const WIDTH = 6000
const HEIGHT = 4000
const COARSE = 40
const TILE = 512

/** JPEGs of a folder, or photos of 24 megapixels and about 8 MB made here: the same ones on every run. */
export async function photosFor(folder: string | undefined, count: number): Promise<Buffer[]> {
  if (folder === undefined)
    return Promise.all(Array.from({ length: count }, (_, seed) => makePhoto(seed + 1)))
  const names = readdirSync(folder).filter((name) => /\.jpe?g$/i.test(name))
  return names.slice(0, count).map((name) => readFileSync(join(folder, name)))
}

/** Soft colours with grain over them, which is about what a camera's sensor gives a JPEG encoder to do. */
async function makePhoto(seed: number): Promise<Buffer> {
  const coarse = await sharp(
    noise(WIDTH / COARSE, HEIGHT / COARSE, seed),
    raw(WIDTH / COARSE, HEIGHT / COARSE),
  )
    .resize(WIDTH, HEIGHT, { kernel: 'cubic' })
    .png({ compressionLevel: 1 })
    .toBuffer()
  const grain = await sharp(noise(TILE, TILE, seed + 1000), raw(TILE, TILE))
    .blur(0.6)
    .png()
    .toBuffer()
  return sharp(coarse)
    .composite([{ input: grain, tile: true, blend: 'soft-light' }])
    .withExif({ IFD0: { Make: 'Example' }, IFD2: { DateTimeOriginal: '2024:01:15 14:30:00' } })
    .jpeg({ quality: 90 })
    .toBuffer()
}

function raw(width: number, height: number) {
  return { raw: { width, height, channels: 3 } } as const
}

/** A linear congruential generator: equal everywhere. */
function noise(width: number, height: number, seed: number): Buffer {
  const pixels = Buffer.alloc(width * height * 3)
  let state = seed
  for (let at = 0; at < pixels.length; at++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    pixels[at] = state >>> 24
  }
  return pixels
}
