import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Decoded, Decoder } from '@jsquash/jxl/codec/dec/jxl_dec.js'
import { readJxlHeader } from './jxl-header.ts'
import { checkDecodedWhole } from './limits.ts'
import { type Picture, openRaw, rasterize } from './previews.ts'
import { Refusal, refuseCorrupt } from './refusal.ts'

/**
 * Opens a JPEG XL, turned and converted to sRGB by its decoder. Throws by what its header says, before anything is
 * decoded; `unsupported_format` for an animation, of which the decoder has only the last frame to give.
 */
export async function openJxl(bytes: Buffer): Promise<Picture> {
  const header = readJxlHeader(bytes)
  if (!header) return refuseCorrupt(new Error('The JPEG XL has no codestream'))
  checkDecodedWhole('JXL', header)
  if (header.isAnimated)
    throw new Refusal('unsupported_format', 'The file is an animated JPEG XL image, which is not supported.')
  const { width, height, data } = await decode(bytes)
  const rgba = Buffer.from(data.buffer, data.byteOffset, data.length)
  const image = () => openRaw(rgba, { width, height, channels: 4 })
  return { width, height, rasterize: (maxSide) => rasterize(image(), maxSide).catch(refuseCorrupt) }
}

async function decode(bytes: Buffer): Promise<Decoded> {
  const decoder = await (loaded ??= loadDecoder())
  try {
    return decoder.decode(bytes) ?? refuseCorrupt(new Error('The decoder has no picture'))
  } catch (error) {
    // What a failure leaves behind in WebAssembly is not taken along to the next file.
    loaded = null
    return refuseCorrupt(error)
  }
}

/** Kept from one file to the next; at the first JPEG XL, because it costs a worker memory. */
let loaded: Promise<Decoder> | null = null

async function loadDecoder(): Promise<Decoder> {
  const { default: load } = await import('@jsquash/jxl/codec/dec/jxl_dec.js')
  const wasmBinary = await readFile(fileURLToPath(import.meta.resolve('@jsquash/jxl/codec/dec/jxl_dec.wasm')))
  const silent = () => {}
  return load({ wasmBinary, noInitialRun: true, print: silent, printErr: silent })
}
