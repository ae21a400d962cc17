import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Decoder, Developed } from 'libraw-wasm/dist/libraw.js'
import { checkSize } from '../limits.ts'
import { type Picture, openRaw, rasterize } from '../previews.ts'
import { refuseCorrupt } from '../refusal.ts'
import type { Size } from './raw-file.ts'

/** Longest side from which every 2 x 2 pixels of the sensor become one: nobody asks for previews that are larger. */
const HALVED_SIDE_PX = 4096

/**
 * The sensor's data made into a picture by LibRaw, upright, with the camera's white balance; null where LibRaw doesn't
 * know the camera or data is missing. `size` is what the RAW says of itself.
 */
export async function developRaw(bytes: Buffer, size: Size | null): Promise<Picture | null> {
  const developed = await develop(bytes, Math.max(size?.width ?? 0, size?.height ?? 0) >= HALVED_SIDE_PX)
  if (!developed) return null
  checkSize(developed)
  const { width, height, data } = developed
  const image = () =>
    openRaw(Buffer.from(data.buffer, data.byteOffset, data.length), { width, height, channels: 3 })
  return { width, height, rasterize: (maxSide) => rasterize(image(), maxSide).catch(refuseCorrupt) }
}

async function develop(bytes: Buffer, halfSize: boolean): Promise<Developed | null> {
  const libraw = await (loaded ??= loadLibraw())
  libraw.complaints.length = 0
  const decoder = new libraw.LibRaw()
  try {
    decoder.open(bytes, { useCameraWb: true, halfSize })
    const developed = decoder.imageData() ?? null
    decoder.delete()
    // Where data is missing LibRaw says so, fills the rest with black and goes on.
    const isWhole = developed?.colors === 3 && developed.bits === 8 && libraw.complaints.length === 0
    return isWhole && developed.data.some((value) => value !== 0) ? developed : null
  } catch {
    // An unknown camera and a damaged file look alike: neither can be developed, and that is what the caller asked.
    // An exception may leave a lock behind that the next file would wait for.
    loaded = null
    return null
  }
}

interface Loaded {
  readonly LibRaw: new () => Decoder
  readonly complaints: string[]
}

/** Kept from one file to the next; at the first RAW without a preview, because it costs a worker memory. */
let loaded: Promise<Loaded> | null = null

async function loadLibraw(): Promise<Loaded> {
  const { default: load } = await import('libraw-wasm/dist/libraw.js')
  const wasmBinary = await readFile(fileURLToPath(import.meta.resolve('libraw-wasm/dist/libraw.wasm')))
  const complaints: string[] = []
  const { LibRaw } = await load({ wasmBinary, print: () => {}, printErr: (line) => complaints.push(line) })
  return { LibRaw, complaints }
}
