import sharp, { type Sharp } from 'sharp'
import type { Soak } from '../../scripts/soak.ts'
import { RunningCore, formOf } from '../../packages/core/bench/running-core.ts'
import { residentMib, workerPidsOf } from '../../packages/core/tests/processes.ts'

/** Sides of 300 megapixels, the limit. */
const SIDE = 17_320
const MIB = 1024 * 1024

/** Of each format the image within the limits that takes the most memory to decode, and the ordinary one. */
const makers: readonly (readonly [name: string, make: () => Sharp])[] = [
  ['JPEG', () => flat(SIDE, SIDE, 3).jpeg()],
  [
    'progressive JPEG, no subsampling',
    () => flat(SIDE, SIDE, 3).jpeg({ progressive: true, chromaSubsampling: '4:4:4' }),
  ],
  ['PNG', () => flat(SIDE, SIDE, 3).png({ compressionLevel: 1 })],
  ['interlaced PNG, 16 bits, alpha', () => deep(SIDE, SIDE).png({ compressionLevel: 1, progressive: true })],
  ['TIFF, 16 bits, alpha', () => deep(SIDE, SIDE).tiff({ compression: 'lzw' })],
  ['WebP, lossless, alpha', () => flat(16_383, 16_383, 4).webp({ lossless: true, effort: 0 })],
  ['GIF', () => flat(SIDE, SIDE, 3).gif({ effort: 1 })],
  [
    'AVIF, 10 bits, no subsampling, alpha',
    () => flat(12_500, 8000, 4).avif({ effort: 0, chromaSubsampling: '4:4:4', bitdepth: 10 }),
  ],
]

export const usualRounds = makers.length

/** It is about memory: a loaded machine may take as long as it likes. */
const SETTINGS = { IMALINK_CORE_TIMEOUT_MS: '600000' }

/** Each of the largest images that core says it takes is taken by a core with its usual limit of memory. */
export const soak: Soak['soak'] = async ({ rounds, onRound }) => {
  const lines: string[] = []
  for (let round = 1; round <= Math.min(rounds, makers.length); round++) {
    onRound(round)
    lines.push(await tryOne(round))
  }
  return lines.join('\n')
}

export const soakOne: Soak['soakOne'] = ({ round }) => tryOne(round)

async function tryOne(round: number): Promise<string> {
  const [name, make] = makers[round - 1] ?? ['no such image', () => flat(4, 4, 3).png()]
  const image = await make().toBuffer()
  const core = await RunningCore.start(SETTINGS)
  let highest = 0
  const look = () => (highest = Math.max(highest, ...workerPidsOf(core.pid).map(residentMib)))
  const timer = setInterval(look, 20)
  try {
    const { status, body } = await core.post(formOf(image, 4096))
    if (status !== 200) throw new Error(`${name} is refused: ${body.toString()}`)
    return `${name}: ${Math.round(image.length / MIB)} MiB of file, ${Math.round(highest)} MiB of memory`
  } finally {
    clearInterval(timer)
    await core.stop()
  }
}

function flat(width: number, height: number, channels: 3 | 4): Sharp {
  const background = { r: 40, g: 80, b: 120, alpha: 0.5 }
  return sharp({ create: { width, height, channels, background }, limitInputPixels: false })
}

function deep(width: number, height: number): Sharp {
  return flat(width, height, 4).toColourspace('rgb16')
}
