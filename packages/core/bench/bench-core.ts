import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { tiffRaw } from '../../../fixtures/raw.ts'
import type { Measurement } from '../../../scripts/measurement.ts'
import { layEgg } from '../src/lay-egg.ts'
import { intermediateSide, makeColdpreview, makeHotpreview, openImage, rasterize } from '../src/previews.ts'
import { BareLoops } from './bare-loops.ts'
import { bothPreviews, coldpreviewAlone } from './bare-previews.ts'
import { Exiftool } from './exiftool.ts'
import { photosToMeasure } from './photos.ts'
import { RunningCore, formOf } from './running-core.ts'
import { cpuMs, cycled, median, wallMs } from './statistics.ts'

const PHOTOS = 6
const ROUNDS = 5
const IMAGES_PER_ROUND = 24
const WAITING_UPLOADS = 64
const COLDPREVIEW_SIDE = 1920
const SENSOR_BYTES = 20_000_000
const MIB = 1024 * 1024

/**
 * What both previews cost beside one; images a second through core's HTTP beside a bare loop of the same pipeline, taken in
 * turns; RAW files beside extracting their JPEG; memory at 64 uploads at once.
 */
export async function benchCore(): Promise<Measurement[]> {
  const photos = await photosToMeasure(PHOTOS)
  const megabytes = Math.round(photos.reduce((sum, { length }) => sum + length, 0) / photos.length / 1e5) / 10
  const params = { photos: photos.length, megabytes, workers: availableParallelism() }
  return [
    { ...(await measureCpu(photos)), params },
    { ...(await measureThroughput(photos)), params },
    ...(await measureRaw(photos)).map((figures) => ({ ...figures, params })),
    { ...(await measureMemory(photos)), params: { ...params, uploads: WAITING_UPLOADS } },
  ]
}

type Figures = Omit<Measurement, 'params'>

async function measureCpu(photos: readonly Buffer[]): Promise<Figures> {
  const both: number[] = []
  const one: number[] = []
  for (const photo of cycled(photos, ROUNDS * photos.length)) {
    both.push(await cpuMs(() => previewsOfCore(photo)))
    one.push(await cpuMs(() => coldpreviewAlone(photo)))
  }
  return compared('both previews, beside the coldpreview alone', 'CPU-ms', median(both), median(one))
}

function compared(name: string, unit: string, value: number, reference: number): Figures {
  return { name, unit, value, reference, ratio: value / reference }
}

async function previewsOfCore(photo: Buffer): Promise<void> {
  const original = (await sharp(photo).metadata()).autoOrient
  const side = intermediateSide(Math.max(original.width, original.height))
  const raster = await rasterize(openImage(photo, { failOn: 'warning' }), side)
  await makeHotpreview(raster, original)
  await makeColdpreview(raster, original, COLDPREVIEW_SIDE)
}

async function measureThroughput(photos: readonly Buffer[]): Promise<Figures> {
  const core = await RunningCore.start()
  const bare = await BareLoops.start(photos)
  const forms = photos.map((photo) => formOf(photo, COLDPREVIEW_SIDE))
  const rates = { core: [] as number[], bare: [] as number[] }
  try {
    for (let round = 0; round <= ROUNDS; round++) {
      const ofBare = await perSecond(() => bare.run(IMAGES_PER_ROUND))
      const ofCore = await perSecond(() => sendAll(core, cycled(forms, IMAGES_PER_ROUND)))
      // The first round warms both up.
      if (round > 0) rates.bare.push(ofBare)
      if (round > 0) rates.core.push(ofCore)
    }
  } finally {
    bare.stop()
    await core.stop()
  }
  const name = 'eggs through HTTP, beside a bare loop'
  return compared(name, 'images/s', median(rates.core), median(rates.bare))
}

async function perSecond(work: () => Promise<void>): Promise<number> {
  return (IMAGES_PER_ROUND * 1000) / (await wallMs(work))
}

/** As many at once as keep the workers busy while the next ones arrive. */
async function sendAll(core: RunningCore, forms: readonly Buffer[]): Promise<void> {
  const rest = forms.values()
  const send = async () => {
    for (const form of rest) await core.layEgg(form)
  }
  await Promise.all(Array.from({ length: availableParallelism() * 2 }, send))
}

/**
 * RAW files whose full-size JPEG is the photo, beside both previews of that JPEG in memory, and beside extracting it with
 * an exiftool that is kept open, where one is on the PATH, and making both previews.
 */
async function measureRaw(photos: readonly Buffer[]): Promise<Figures[]> {
  const folder = mkdtempSync(join(tmpdir(), 'imalink-bench-'))
  const exiftool = Exiftool.start()
  const times = { egg: [] as number[], memory: [] as number[], exiftool: [] as number[] }
  try {
    for (const photo of cycled(photos, ROUNDS * photos.length)) {
      const raw = Buffer.concat([
        tiffRaw({ jpeg: photo, make: 'NIKON CORPORATION', model: 'Example' }),
        noise,
      ])
      const file = join(folder, 'raw.nef')
      writeFileSync(file, raw)
      const options = { filename: 'raw.nef', coldpreviewSize: COLDPREVIEW_SIDE }
      times.egg.push(await wallMs(() => layEgg(raw, options)))
      times.memory.push(await wallMs(() => bothPreviews(photo)))
      if (exiftool) times.exiftool.push(await wallMs(async () => bothPreviews(await exiftool.extract(file))))
    }
  } finally {
    exiftool?.stop()
    rmSync(folder, { recursive: true })
  }
  const egg = median(times.egg)
  const beside = (what: string, reference: number) =>
    compared(`RAW to egg, beside ${what} and both previews`, 'ms', egg, reference)
  return [
    beside('its JPEG in memory', median(times.memory)),
    ...(exiftool ? [beside('exiftool kept open', median(times.exiftool))] : []),
  ]
}

/** Behind the JPEG, where a camera has what its sensor saw. */
const noise = Buffer.alloc(SENSOR_BYTES, 'sensor')

async function measureMemory(photos: readonly Buffer[]): Promise<Figures> {
  const core = await RunningCore.start()
  const forms = photos.map((photo) => formOf(photo, COLDPREVIEW_SIDE))
  let peak = 0
  const look = () => (peak = Math.max(peak, core.memory() ?? 0))
  const timer = setInterval(look, 50)
  try {
    await Promise.all(cycled(forms, WAITING_UPLOADS).map((form) => core.layEgg(form)))
  } finally {
    clearInterval(timer)
    await core.stop()
  }
  return {
    name: 'memory of core and its workers at its highest',
    value: peak / MIB,
    unit: 'MiB',
    reference: null,
    ratio: null,
  }
}
