import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { CoreConfig } from '../src/config.ts'
import { OVER_MEMORY_EXIT_CODE } from '../src/worker-memory.ts'
import { JOB_FD, frameHead } from '../src/worker-protocol.ts'
import { makeDemandingImage } from './demanding-image.ts'
import { residentMib, seesProcesses, workerPidsOf } from './processes.ts'
import { fixture, startCore } from './running-core.ts'

const MIB = 1024 * 1024
const LIMIT_MIB = 400
/** What a decoder can take between two looks. */
const OVERSHOOT_MIB = 300

async function coreFor(overrides: Partial<CoreConfig>) {
  const core = await startCore(overrides)
  onTestFinished(() => core.close())
  return core
}

const demandingImage = makeDemandingImage()

const workerPids = () => workerPidsOf('self')

/** The most that any worker was seen to hold until the work was done. */
async function highestWhile(work: Promise<unknown>): Promise<number> {
  let highest = 0
  const look = () => (highest = Math.max(highest, ...workerPids().map(residentMib)))
  const timer = setInterval(look, 10)
  await work.finally(() => clearInterval(timer))
  return highest
}

describe.skipIf(!seesProcesses)('a worker that takes more memory than it may', () => {
  test('is killed in the middle of its job: the image is refused, the next one served by another worker', async () => {
    const core = await coreFor({ workers: 1, workerBytes: LIMIT_MIB * MIB })
    const [before] = workerPids()
    const image = await demandingImage

    const refusal = core.refusal(image)

    expect(await highestWhile(refusal)).toBeLessThan(LIMIT_MIB + OVERSHOOT_MIB)
    expect(await refusal).toMatchObject({ code: 'image_too_large', status: 413 })
    expect((await refusal).detail).toContain('400 MiB of memory')
    expect(await core.egg(fixture('plain.png'))).toMatchObject({ width: 64 })
    expect(workerPids()).not.toContain(before)
  })

  test('costs the images beside it nothing', async () => {
    const core = await coreFor({ workers: 2, workerBytes: LIMIT_MIB * MIB })
    const image = await demandingImage

    const [refused, ...others] = await Promise.all([
      core.post(image),
      ...Array.from({ length: 10 }, () => core.post(fixture('plain.png'))),
    ])

    expect(refused?.status).toBe(413)
    expect(others.map(({ status }) => status)).toEqual(Array<number>(10).fill(200))
  })

  test('is given the image where the limit allows it', async () => {
    const core = await coreFor({ workers: 1 })

    expect(await core.egg(await demandingImage)).toMatchObject({ width: 9000, height: 8000 })
  })

  test('ends by itself where nobody can look into it from outside', async () => {
    const image = await demandingImage
    const workerFile = fileURLToPath(new URL('../src/worker.ts', import.meta.url))
    const worker = spawn(process.execPath, [workerFile, String(LIMIT_MIB * MIB)], {
      stdio: ['ignore', 'ignore', 'inherit', 'pipe', 'pipe'],
    })
    const jobs = worker.stdio[JOB_FD] as Writable // the list of pipes above has it

    jobs.write(frameHead({ kind: 'egg', filename: 'a.png', coldpreviewSize: null }, image.length))
    jobs.write(image)

    expect(await once(worker, 'exit')).toEqual([OVER_MEMORY_EXIT_CODE, null])
  })
})

test.skipIf(!seesProcesses)(
  'memory does not grow with the images that pass through',
  { timeout: 120_000 },
  async () => {
    const core = await coreFor({ workers: 1 })
    const photo = await sharp({ create: { width: 3000, height: 2000, channels: 3, background: '#963' } })
      .jpeg()
      .toBuffer()
    const pass = async (count: number) => {
      for (let n = 0; n < count; n++) await core.egg(photo, { coldpreviewSize: 1920 })
      return Math.max(...workerPids().map(residentMib))
    }

    const warm = await pass(40)
    const later = await pass(80)

    expect(later - warm).toBeLessThan(60)
  },
)
