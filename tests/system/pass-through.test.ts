import { createReadStream } from 'node:fs'
import { readFile, readdir, writeFile } from 'node:fs/promises'
import { type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { ApiError, type EggLayer, authorization, layEgg } from '@imalink/client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Account, type Installation, startInstallation } from './installation.ts'
import { madePicture } from './made-pictures.ts'
import { until } from './programs.ts'

const fixtures = join(import.meta.dirname, '../../fixtures/images')
const MIB = 1024 * 1024
const LARGE_UPLOAD = 200 * MIB

let installation: Installation
let account: Account

beforeAll(async () => {
  installation = await startInstallation()
  account = await installation.newAccount()
})
afterAll(() => installation.end())

/** The egg, or the refusal as it stands in the answer. */
async function answerOf(layer: EggLayer, name: string): Promise<unknown> {
  const bytes = new Blob([await readFile(join(fixtures, name))])
  try {
    return await layEgg(layer, { bytes, filename: name }, { coldpreviewSize: 1024 })
  } catch (error) {
    if (error instanceof ApiError) return error.problem
    throw error
  }
}

test('answers through the backend what core answers, for photos and for refusals', async () => {
  const names = await readdir(fixtures)
  const direct = new Map<string, unknown>()
  const passed = new Map<string, unknown>()

  for (const name of names) {
    direct.set(name, await answerOf(installation.layer, name))
    passed.set(name, await answerOf(account.passThrough, name))
  }

  expect(passed).toEqual(direct)
  expect(passed.get('plain.heic')).toHaveProperty('hothash')
  expect(passed.get('tiny.png')).toMatchObject({ status: 422, code: 'image_too_small' })
})

test('asks who is there before it lets an upload through', async () => {
  const stranger = { ...account.passThrough, server: { baseUrl: account.server.baseUrl } }

  expect(await answerOf(stranger, 'plain.png')).toMatchObject({ status: 401, code: 'credentials_required' })
})

interface Upload {
  readonly request: ClientRequest
  /** How much the backend has taken from us, with what is on its way. */
  takenBytes(): number
  readonly answer: Promise<IncomingMessage>
}

/** Uploads a file through the backend as fast as it takes it; the form is written by hand, so that nothing here holds it. */
function upload(file: Readable, bytes: number): Upload {
  const boundary = 'a-boundary-of-the-test'
  const head = `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="large.jpg"\r\ncontent-type: image/jpeg\r\n\r\n`
  const tail = `\r\n--${boundary}--\r\n`
  let taken = 0
  const form = async function* () {
    yield Buffer.from(head)
    for await (const chunk of file as AsyncIterable<Buffer>) {
      yield chunk
      taken += chunk.length
    }
    yield Buffer.from(tail)
  }
  const request = httpRequest(account.passThrough.url, {
    method: 'POST',
    headers: {
      ...authorization(account.server),
      'content-type': `multipart/form-data; boundary=${boundary}`,
      'content-length': head.length + bytes + tail.length,
    },
  })
  const answer = new Promise<IncomingMessage>((resolve, reject) => {
    request.once('response', resolve)
    request.once('error', reject)
  })
  Readable.from(form()).pipe(request)
  return { request, takenBytes: () => taken, answer }
}

/** A photo with so much behind its end that it is as large as a film. */
async function largePhoto(): Promise<Readable> {
  const path = join(installation.place, 'large.jpg')
  const picture = await madePicture(1)
  await writeFile(path, Buffer.concat([picture, Buffer.alloc(LARGE_UPLOAD - picture.length)]))
  return createReadStream(path)
}

/** Waits until the sender has got rid of nothing more for half a second. */
async function untilStalled(sent: Upload): Promise<void> {
  let last = { bytes: 0, at: Date.now() }
  await until(
    () => {
      const bytes = sent.takenBytes()
      if (bytes !== last.bytes) last = { bytes, at: Date.now() }
      return bytes > 0 && Date.now() - last.at > 500
    },
    { what: 'the upload waits for core' },
  )
}

test('holds nothing of a large upload while core does not take it, and goes on when it does', async () => {
  const photo = await largePhoto()
  const before = installation.backend.residentBytes()
  installation.core.freeze()
  const sent = upload(photo, LARGE_UPLOAD)

  await untilStalled(sent)
  const taken = sent.takenBytes()
  const held = installation.backend.residentBytes() - before
  installation.core.thaw()
  const answer = await sent.answer

  expect(taken).toBeLessThan(48 * MIB)
  expect(held).toBeLessThan(48 * MIB)
  expect(answer.statusCode).toBe(200)
  expect(JSON.parse(await text(answer))).toMatchObject({ file_size_bytes: LARGE_UPLOAD, width: 320 })
  expect(installation.backend.residentBytes() - before).toBeLessThan(96 * MIB)
})

test('leaves nothing hanging when the sender of an upload goes away', async () => {
  const sent = upload(await largePhoto(), LARGE_UPLOAD)
  await until(() => sent.takenBytes() > 10 * MIB, { what: 'part of the upload is through', everyMs: 1 })

  sent.request.destroy()
  await expect(sent.answer).rejects.toThrow()

  expect(await answerOf(account.passThrough, 'plain.png')).toHaveProperty('hothash')
  // Both wait for requests in work before they end, but not for ever.
  const began = Date.now()
  const codes = await Promise.all([installation.core.stop(), installation.backend.stop()])
  expect(codes).toEqual([0, 0])
  expect(Date.now() - began).toBeLessThan(4000)
  await Promise.all([installation.core.start(), installation.backend.start()])
})

test('says core_unreachable and when to come back while core is down, and works again after it', async () => {
  await installation.core.stop()
  const bytes = new Blob([await readFile(join(fixtures, 'plain.png'))])
  const original = { bytes, filename: 'plain.png' }

  const refused: unknown = await layEgg(account.passThrough, original, { coldpreviewSize: null }).catch(
    (error: unknown) => error,
  )

  expect(refused).toMatchObject({ status: 503, code: 'core_unreachable' })
  expect(refused).toHaveProperty('retryAfter', expect.any(Number))
  await installation.core.start()
  expect(await answerOf(account.passThrough, 'plain.png')).toHaveProperty('hothash')
})

test('answers core_unreachable when core dies in the middle of an upload', async () => {
  const photo = await largePhoto()
  installation.core.freeze()
  const sent = upload(photo, LARGE_UPLOAD)
  await untilStalled(sent)

  await installation.core.stop('SIGKILL')
  const answer = await sent.answer

  expect(answer.statusCode).toBe(503)
  expect(JSON.parse(await text(answer))).toMatchObject({ code: 'core_unreachable' })
})
