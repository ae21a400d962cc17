import { type IncomingMessage, request } from 'node:http'
import { json } from 'node:stream/consumers'
import sharp from 'sharp'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { CoreConfig } from '../src/config.ts'
import { readProc, seesProcesses, workerPidsOf } from './processes.ts'
import { fixture, plainRequest, startCore } from './running-core.ts'

async function coreFor(overrides: Partial<CoreConfig>) {
  const core = await startCore(overrides)
  onTestFinished(() => core.close())
  return core
}

/** 100 megapixels of nothing much: a second or so of decoding in a file of some hundred kilobytes. */
const slowImage = sharp({ create: { width: 12_000, height: 9000, channels: 3, background: '#357' } })
  .png({ compressionLevel: 9 })
  .toBuffer()

/** Just below the pixel limit: a second of processor time and more. */
const verySlowImage = sharp({
  create: { width: 17_000, height: 17_000, channels: 3, background: '#357' },
  limitInputPixels: false,
})
  .png({ compressionLevel: 1 })
  .toBuffer()

const workerPids = () => workerPidsOf('self')

const MIB = 1024 * 1024
const TICKS_PER_SECOND = 100

function cpuSeconds(pid: number): number {
  const fields = readProc(`/proc/${pid}/stat`).split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / TICKS_PER_SECOND
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let waited = 0; !(await isSo()); waited += 10) {
    if (waited > 25_000) throw new Error('It never came to that')
    await pause(10)
  }
}

/** A stopped process is what a decoder that hangs looks like from outside, on a machine of any speed. */
describe.skipIf(!seesProcesses)('a worker that hangs', () => {
  test('is killed when its time is over: its image is refused, the next one served by another worker', async () => {
    const core = await coreFor({ workers: 1, timeoutMs: 5000 })
    const [hanging = 0] = workerPids()
    process.kill(hanging, 'SIGSTOP')

    expect(await core.refusal(fixture('plain.png'))).toMatchObject({
      code: 'processing_timeout',
      status: 422,
    })

    expect(await core.egg(fixture('plain.png'))).toMatchObject({ width: 64 })
    expect(workerPids()).not.toContain(hanging)
  })

  test('holds up only its own image', async () => {
    const core = await coreFor({ workers: 2, timeoutMs: 5000 })
    process.kill(workerPids()[0] ?? 0, 'SIGSTOP')

    const replies = await Promise.all(Array.from({ length: 10 }, () => core.post(fixture('plain.png'))))

    expect(replies.map(({ status }) => status).toSorted()).toEqual([...Array<number>(9).fill(200), 422])
  })
})

test('an image that is still being decoded when its time is over is refused', async () => {
  const core = await coreFor({ workers: 1, timeoutMs: 200 })

  expect(await core.refusal(await verySlowImage)).toMatchObject({ code: 'processing_timeout', status: 422 })
})

describe.skipIf(!seesProcesses)('a worker that is killed', () => {
  test('costs nothing: its image is done by another one', async () => {
    const core = await coreFor({ workers: 1 })
    const answer = core.egg(await slowImage)
    await untilBusy(core.url)

    for (const pid of workerPids()) process.kill(pid, 'SIGKILL')

    expect(await answer).toMatchObject({ width: 12_000, height: 9000 })
  })

  test('twice by the same image costs that image a refusal, and nobody else anything', async () => {
    const core = await coreFor({ workers: 1 })
    const beyondStart = 0.2 + 1.4 * Math.max(...workerPids().map(cpuSeconds))
    const answer = core.refusal(await verySlowImage)
    const killed = new Set<number>()

    await until(() => {
      const deepInWork = workerPids().filter((pid) => !killed.has(pid) && cpuSeconds(pid) > beyondStart)
      for (const pid of deepInWork) {
        process.kill(pid, 'SIGKILL')
        killed.add(pid)
      }
      return killed.size === 2
    })

    expect(await answer).toMatchObject({ code: 'corrupt_image', status: 422 })
    expect(await core.egg(fixture('plain.png'))).toMatchObject({ width: 64 })
  })

  test('while it has nothing to do is replaced unnoticed', async () => {
    const core = await coreFor({ workers: 2 })
    await core.egg(fixture('plain.png'))

    for (const pid of workerPids()) process.kill(pid, 'SIGKILL')

    const eggs = await Promise.all(Array.from({ length: 4 }, () => core.egg(fixture('plain.png'))))
    expect(eggs).toHaveLength(4)
  })

  test('by the end of the server leaves no process behind', async () => {
    const core = await startCore({ workers: 2 })
    expect(workerPids()).toHaveLength(2)

    await core.close()

    await until(() => workerPids().length === 0)
  })
})

/** A form whose file comes bit by bit, with no word of how much there will be. */
function beginUpload(url: string) {
  const headers = { 'content-type': 'multipart/form-data; boundary=x', 'transfer-encoding': 'chunked' }
  const call = request(`${url}/v1/process`, { method: 'POST', headers })
  const answer = new Promise<IncomingMessage>((resolve, reject) =>
    call.on('response', resolve).on('error', reject),
  )
  call.write('--x\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\n')
  return {
    send: (bytes: number) => call.write(Buffer.alloc(bytes, 1)),
    /** Sends no more, and waits for an answer all the same. */
    stall: () => answer,
    async finish() {
      call.end('\r\n--x--\r\n')
      const response = await answer
      const { code } = (await json(response)) as { code: string } // a refusal, by the test
      return { status: response.statusCode, retryAfter: response.headers['retry-after'], code }
    },
  }
}

async function isBusy(url: string): Promise<boolean> {
  return (await plainRequest(`${url}/metrics`)).text.includes('imalink_core_workers_busy 1')
}

async function untilBusy(url: string): Promise<void> {
  await until(() => isBusy(url))
  // A moment for the bytes to reach the worker and for decoding to begin.
  await pause(100)
}

describe('the queue', () => {
  test('is bounded: beyond it an image is refused at once, with a time to come back', async () => {
    const core = await coreFor({ workers: 1, queueLength: 2 })
    const slow = await slowImage
    const accepted = [core.post(slow), core.post(slow)]
    await until(() => isBusy(core.url))
    await pause(200)

    const refused = await core.post(fixture('plain.png'))

    expect(refused.status).toBe(503)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await refused.json()).toMatchObject({ code: 'busy' })
    expect((await Promise.all(accepted)).map(({ status }) => status)).toEqual([200, 200])
    expect((await core.post(fixture('plain.png'))).status).toBe(200)
  })

  test('answers to health while everything is busy', async () => {
    const core = await coreFor({ workers: 1 })
    const slow = core.egg(await slowImage)
    await until(() => isBusy(core.url))

    const health = fetch(`${core.url}/health`).then(({ status }) => `health ${status}`)

    expect(await Promise.race([health, slow.then(() => 'the image')])).toBe('health 200')
    await slow
  })

  test('serves all uploads in turn where there is room for one at a time', async () => {
    const core = await coreFor({ uploadBytes: 1000 })

    const eggs = await Promise.all(Array.from({ length: 12 }, () => core.egg(fixture('camera.jpg'))))

    expect(new Set(eggs.map(({ hothash }) => hothash)).size).toBe(1)
  })

  test('gives large uploads room side by side, one for each worker', async () => {
    const core = await coreFor({ workers: 2, uploadBytes: 20 * MIB })
    const waiting = async () =>
      /uploads_waiting (\d)/.exec((await plainRequest(`${core.url}/metrics`)).text)?.[1]

    // Each takes 16 MiB, because it does not say its size.
    const uploads = [beginUpload(core.url), beginUpload(core.url)]
    await pause(200)
    expect(await waiting()).toBe('0')
    uploads.push(beginUpload(core.url))
    await until(async () => (await waiting()) === '1')

    const answers = await Promise.all(uploads.map((upload) => upload.finish()))
    expect(answers.map(({ code }) => code)).toEqual(Array<string>(3).fill('not_an_image'))
  })

  test('refuses more of an upload that does not say its size where there is no room for it', async () => {
    const core = await coreFor({ workers: 1, uploadBytes: 33 * MIB })
    const uploads = [beginUpload(core.url), beginUpload(core.url)] as const
    for (const upload of uploads) upload.send(10 * MIB)
    await pause(300)

    uploads[1].send(10 * MIB)
    const refused = await uploads[1].finish()
    uploads[0].send(10 * MIB)
    const accepted = await uploads[0].finish()

    expect(refused).toMatchObject({ status: 503, retryAfter: '2', code: 'busy' })
    expect(accepted).toMatchObject({ status: 422, code: 'not_an_image' })
    expect((await core.post(fixture('plain.png'))).status).toBe(200)
  })

  test('hangs up on a sender that stalls, and not on a caller that waits for its answer', async () => {
    const core = await coreFor({ workers: 1, idleMs: 300 })
    const stalled = beginUpload(core.url).stall()
    const [worker = 0] = workerPids()
    if (seesProcesses) process.kill(worker, 'SIGSTOP')

    const answer = core.post(fixture('plain.png'))
    await expect(stalled).rejects.toThrow()
    await pause(1500)
    if (seesProcesses) process.kill(worker, 'SIGCONT')

    expect((await answer).status).toBe(200)
  })

  test('forgets a caller that hangs up, whether it is sending or waiting', async () => {
    const core = await coreFor({ workers: 1, uploadBytes: 1000, queueLength: 3 })
    const hangUp = async (partial: boolean) => {
      const call = request(`${core.url}/v1/process`, {
        method: 'POST',
        headers: { 'content-type': 'multipart/form-data; boundary=x', 'content-length': '900' },
      })
      call.on('error', () => {})
      if (partial) call.write('--x\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\nhalf')
      else call.flushHeaders()
      await pause(50)
      return call
    }

    for (let round = 0; round < 3; round++) {
      const calls = [await hangUp(true), await hangUp(false), await hangUp(false)]
      for (const call of calls) call.destroy()
      await pause(50)
    }

    expect((await core.post(fixture('plain.png'))).status).toBe(200)
  })
})

test('a server that is stopped finishes what it has begun', async () => {
  const core = await startCore({ workers: 1 })
  const answers = [core.egg(await slowImage), core.egg(fixture('plain.png'))]
  await untilBusy(core.url)

  await core.close()

  expect((await Promise.all(answers)).map(({ width }) => width)).toEqual([12_000, 64])
})
