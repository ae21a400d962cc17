import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { intermediateSide, makeColdpreview, makeHotpreview, openImage, rasterize } from '../src/previews.ts'
import { photosFor } from './photos.ts'
import { RunningCore, formOf } from './running-core.ts'

interface Measurement {
  readonly name: string
  readonly params: Readonly<Record<string, string | number>>
  readonly value: number
  readonly unit: string
  readonly reference: number | null
  readonly ratio: number | null
}

const PHOTOS = 6
const ROUNDS = 3
const IMAGES_PER_ROUND = 24
const WAITING_UPLOADS = 64
const COLDPREVIEW_SIDE = 1920
const MIB = 1024 * 1024

/**
 * Images per second through core's HTTP beside a bare loop of the same pipeline, taken in turns; what both previews cost
 * beside one; memory at 64 uploads at once. `folder` holds JPEGs to take; without it photos of 24 megapixels are made.
 */
export async function benchCore(folder?: string): Promise<Measurement[]> {
  const photos = await photosFor(folder, PHOTOS)
  const megabytes = Math.round(photos.reduce((sum, { length }) => sum + length, 0) / photos.length / 1e5) / 10
  const params = { photos: photos.length, megabytes, workers: availableParallelism() }
  return [
    { ...(await measureCpu(photos)), params },
    { ...(await measureThroughput(photos)), params },
    { ...(await measureMemory(photos)), params: { ...params, uploads: WAITING_UPLOADS } },
  ]
}

type Figures = Omit<Measurement, 'params'>

async function measureCpu(photos: readonly Buffer[]): Promise<Figures> {
  const both: number[] = []
  const one: number[] = []
  for (const photo of [...photos, ...photos]) {
    both.push(await cpuMs(() => bothPreviews(photo)))
    one.push(await cpuMs(() => coldpreviewAlone(photo)))
  }
  const [value, reference] = [median(both), median(one)]
  return {
    name: 'both previews, beside the coldpreview alone',
    value,
    unit: 'CPU-ms',
    reference,
    ratio: value / reference,
  }
}

async function bothPreviews(photo: Buffer): Promise<void> {
  const original = await sharp(photo).metadata()
  const raster = await rasterize(
    openImage(photo, { failOn: 'warning' }),
    intermediateSide(Math.max(original.width, original.height)),
  )
  await makeHotpreview(raster, original)
  await makeColdpreview(raster, original, COLDPREVIEW_SIDE)
}

async function coldpreviewAlone(photo: Buffer): Promise<void> {
  const fit = { width: COLDPREVIEW_SIDE, height: COLDPREVIEW_SIDE, fit: 'inside' } as const
  await sharp(photo, { autoOrient: true }).resize(fit).jpeg({ quality: 85 }).toBuffer()
}

async function cpuMs(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

async function measureThroughput(photos: readonly Buffer[]): Promise<Figures> {
  const core = await RunningCore.start()
  const bare = await BareLoops.start(photos)
  const forms = photos.map((photo) => formOf(photo, COLDPREVIEW_SIDE))
  const rates = { core: [] as number[], bare: [] as number[] }
  try {
    for (let round = 0; round <= ROUNDS; round++) {
      const ofBare = await perSecond(() => bare.run())
      const ofCore = await perSecond(() => sendAll(core, forms))
      // The first round warms both up.
      if (round > 0) rates.bare.push(ofBare)
      if (round > 0) rates.core.push(ofCore)
    }
  } finally {
    bare.stop()
    await core.stop()
  }
  const [value, reference] = [median(rates.core), median(rates.bare)]
  return {
    name: 'eggs through HTTP, beside a bare loop',
    value,
    unit: 'images/s',
    reference,
    ratio: value / reference,
  }
}

async function perSecond(work: () => Promise<void>): Promise<number> {
  const start = performance.now()
  await work()
  return (IMAGES_PER_ROUND * 1000) / (performance.now() - start)
}

/** As many at once as keep the workers busy while the next ones arrive. */
async function sendAll(core: RunningCore, forms: readonly Buffer[]): Promise<void> {
  let next = 0
  const send = async () => {
    while (next < IMAGES_PER_ROUND) await core.layEgg(pick(forms, next++))
  }
  await Promise.all(Array.from({ length: availableParallelism() * 2 }, send))
}

async function measureMemory(photos: readonly Buffer[]): Promise<Figures> {
  const core = await RunningCore.start()
  const forms = photos.map((photo) => formOf(photo, COLDPREVIEW_SIDE))
  let peak = 0
  const look = () => (peak = Math.max(peak, core.memory() ?? 0))
  const timer = setInterval(look, 50)
  try {
    await Promise.all(Array.from({ length: WAITING_UPLOADS }, (_, n) => core.layEgg(pick(forms, n))))
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

/** One process for each core, each with its share of the work. */
class BareLoops {
  readonly #processes: readonly ChildProcess[]
  readonly #files: readonly string[]
  readonly #folder: string

  private constructor(processes: readonly ChildProcess[], files: readonly string[], folder: string) {
    this.#processes = processes
    this.#files = files
    this.#folder = folder
  }

  static async start(photos: readonly Buffer[]): Promise<BareLoops> {
    const folder = mkdtempSync(join(tmpdir(), 'imalink-bench-'))
    const files = photos.map((photo, n) => {
      const file = join(folder, `${n}.jpg`)
      writeFileSync(file, photo)
      return file
    })
    const script = fileURLToPath(new URL('./bare-loop.ts', import.meta.url))
    const processes = Array.from({ length: availableParallelism() }, () => fork(script))
    await Promise.all(processes.map((child) => once(child, 'message')))
    return new BareLoops(processes, files, folder)
  }

  async run(): Promise<void> {
    const all = Array.from({ length: IMAGES_PER_ROUND }, (_, n) => pick(this.#files, n))
    const shares = this.#processes.map((child, n) => {
      child.send(all.filter((_, index) => index % this.#processes.length === n))
      return once(child, 'message')
    })
    await Promise.all(shares)
  }

  stop(): void {
    for (const child of this.#processes) child.kill()
    rmSync(this.#folder, { recursive: true })
  }
}

function pick<T>(list: readonly T[], index: number): T {
  const item = list[index % list.length]
  if (item === undefined) throw new Error('There are no photos to measure with')
  return item
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
