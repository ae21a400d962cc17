import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type PhotoEgg, type Problem, photoEgg, problem } from '@imalink/contract'
import sharp from 'sharp'
import { afterAll, beforeAll } from 'vitest'
import { type CoreConfig, readConfig } from '../src/config.ts'
import { buildServer } from '../src/server.ts'

const imagesFolder = join(import.meta.dirname, '../../../fixtures/images')

/** One of the project's own images. */
export function fixture(name: string): Buffer {
  return readFileSync(join(imagesFolder, name))
}

/** A JPEG of 64 x 48 pixels that says nothing of itself. */
export function plainJpeg(): Promise<Buffer> {
  return sharp(fixture('plain.png')).jpeg().toBuffer()
}

export interface Sent {
  readonly filename?: string
  readonly sidecar?: Buffer | string
  readonly coldpreviewSize?: number | string
  readonly headers?: Record<string, string>
}

/** Core on a free port, and a caller that checks every answer against the contract. */
export async function startCore(overrides: Partial<CoreConfig> = {}) {
  const config = readConfig({
    PATH: process.env['PATH'],
    IMALINK_CORE_PORT: '0',
    IMALINK_LOG_LEVEL: 'silent',
  })
  const app = await buildServer({ ...config, ...overrides })
  await app.listen({ host: config.host, port: 0 })
  // A server that listens on TCP has such an address.
  const { port } = app.server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`

  const post = (
    bytes: Buffer,
    { filename = 'photo.jpg', sidecar, coldpreviewSize, headers = {} }: Sent = {},
  ) => {
    const form = new FormData()
    if (coldpreviewSize !== undefined) form.set('coldpreview_size', String(coldpreviewSize))
    form.set('file', blobOf(bytes), filename)
    if (sidecar !== undefined) form.set('sidecar', blobOf(sidecar), 'photo.xmp')
    return fetch(`${url}/v1/process`, { method: 'POST', body: form, headers })
  }

  return {
    url,
    port,
    post,
    close: () => app.close(),
    /** The egg of an image that core accepts. */
    async egg(bytes: Buffer, sent: Sent = {}): Promise<PhotoEgg> {
      const response = await post(bytes, sent)
      if (response.status !== 200) throw new Error(`Refused: ${await response.text()}`)
      return photoEgg.parse(await response.json())
    },
    /** Why core refuses an image. */
    async refusal(bytes: Buffer, sent: Sent = {}): Promise<Problem> {
      const response = await post(bytes, sent)
      return readProblem(response)
    },
  }
}

export type RunningCore = Awaited<ReturnType<typeof startCore>>

/** One core for all tests of the file or the `describe` that calls this; it is there from their first hook on. */
export function sharedCore(overrides: Partial<CoreConfig> = {}): Omit<RunningCore, 'close'> {
  let core: RunningCore
  beforeAll(async () => {
    core = await startCore(overrides)
  })
  afterAll(() => core.close())
  return {
    get url() {
      return core.url
    },
    get port() {
      return core.port
    },
    post: (bytes, sent) => core.post(bytes, sent),
    egg: (bytes, sent) => core.egg(bytes, sent),
    refusal: (bytes, sent) => core.refusal(bytes, sent),
  }
}

/** A part of a form. */
export function blobOf(content: Buffer | string): Blob {
  return new Blob([typeof content === 'string' ? content : new Uint8Array(content)])
}

/** The problem details of an error answer, with the status that the answer really has. */
export async function readProblem(response: Response): Promise<Problem> {
  if (!response.headers.get('content-type')?.startsWith('application/problem+json')) {
    throw new Error(`No problem details: ${response.status} ${await response.text()}`)
  }
  const details = problem.parse(await response.json())
  if (details.status !== response.status) throw new Error(`${details.status} is sent as ${response.status}`)
  return details
}

export interface PlainAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
}

/** A request with headers that fetch does not let anybody set, such as Host and Origin. */
export function plainRequest(
  url: string,
  {
    method = 'GET',
    headers = {},
    body,
  }: { method?: string; headers?: Record<string, string>; body?: Buffer } = {},
): Promise<PlainAnswer> {
  return new Promise((resolve, reject) => {
    const call = request(url, { method, headers }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text })
      })
    })
    call.on('error', reject)
    call.end(body)
  })
}
