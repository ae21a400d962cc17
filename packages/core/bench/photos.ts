import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import sharp from 'sharp'

const root = resolve(import.meta.dirname, '../../..')
const WIDTH = 6000
const HEIGHT = 4000
const COARSE = 40
const TILE = 512

/**
 * Photos of 24 megapixels and about 8 MB: those of the folder `IMALINK_BENCH_PHOTOS`, or made by the `make-library.mjs`
 * in `IMALINK_BENCH_TOOLS`, or plain ones made here. What is made is the same on every run.
 */
export async function photosToMeasure(count: number): Promise<Buffer[]> {
  const given = process.env.IMALINK_BENCH_PHOTOS
  if (given) return photosIn(given, count)
  const tools = process.env.IMALINK_BENCH_TOOLS
  if (!tools) return Promise.all(Array.from({ length: count }, (_, seed) => makePhoto(seed + 1)))
  const made = mkdtempSync(join(tmpdir(), 'imalink-bench-'))
  try {
    await runMaker(tools, made, count)
    return photosIn(made, count)
  } finally {
    rmSync(made, { recursive: true })
  }
}

function photosIn(folder: string, count: number): Buffer[] {
  const names = globSync('**/*.{jpg,JPG,jpeg,JPEG}', { cwd: folder }).sort()
  return names.slice(0, count).map((name) => readFileSync(join(folder, name)))
}

/** From the checkout, because the maker looks for sharp where it is run. */
async function runMaker(tools: string, folder: string, count: number): Promise<void> {
  const size = ['--count', String(count), '--megapixels', '24', '--detail', '1.5', '--quality', '90']
  const args = [join(tools, 'make-library.mjs'), folder, ...size, '--no-exif', '0']
  const maker = spawn(process.execPath, args, { cwd: root, stdio: 'ignore' })
  const [code] = (await once(maker, 'exit')) as [number | null] // as `exit` is documented
  if (code !== 0) throw new Error(`make-library.mjs ended with ${code}`)
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
    .blur(0.7)
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
