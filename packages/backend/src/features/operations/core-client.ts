import { type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { pipeline } from 'node:stream/promises'
import { coreEndpoints } from '@imalink/contract'
import type { z } from 'zod'
import { AppError } from '../../app-error.ts'

export interface CoreAddress {
  readonly url: string
  readonly token: string | null
}

const HEALTH_TIMEOUT_MS = 1500

type CoreHealth = z.output<(typeof coreEndpoints.coreHealth.replies)[200]>

/** What core says of itself; null where it does not answer in time. */
export async function readCoreHealth(core: CoreAddress): Promise<CoreHealth | null> {
  try {
    const response = await fetch(`${core.url}/health`, { signal: AbortSignal.timeout(HEALTH_TIMEOUT_MS) })
    const health = coreEndpoints.coreHealth.replies[200].safeParse(await response.json())
    return health.success ? health.data : null
  } catch {
    // Whatever the reason, a core that cannot be asked is one that cannot be reached.
    return null
  }
}

const PASSED_ON = ['content-type', 'content-length', 'transfer-encoding', 'expect'] as const

/**
 * Passes an upload through to core as it comes and answers core's reply as it comes: nothing is kept or decoded, and
 * each side waits for the other. Throws `core_unreachable`.
 */
export async function passToCore(
  core: CoreAddress,
  upload: IncomingMessage,
  requestId: string,
): Promise<IncomingMessage> {
  const headers = Object.fromEntries(
    PASSED_ON.flatMap((name) => (upload.headers[name] ? [[name, upload.headers[name]]] : [])),
  )
  const url = new URL(`${core.url}${coreEndpoints.process.path}`)
  const open = url.protocol === 'https:' ? httpsRequest : httpRequest
  const request = open(url, {
    method: 'POST',
    headers: { ...headers, ...authorization(core), 'x-request-id': requestId },
  })
  const answered = answerOf(request)
  // Core may answer, and close, before it has read everything: then its answer is what counts.
  pipeline(upload, request).catch((error: unknown) =>
    request.destroy(error instanceof Error ? error : undefined),
  )
  return answered
}

function answerOf(request: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve)
    request.once('error', (cause) => {
      reject(coreUnreachable(cause))
    })
  })
}

function authorization({ token }: CoreAddress): Record<string, string> {
  return token === null ? {} : { authorization: `Bearer ${token}` }
}

function coreUnreachable(cause: unknown): AppError {
  return new AppError('core_unreachable', 'The image server does not answer; try again in a moment.', {
    cause,
  })
}

const RESIZE_TIMEOUT_MS = 30_000

/**
 * Has core fit a JPEG inside `width` x `height` px, of which one may be left out. Throws `core_unreachable`, `busy`, and
 * `corrupt_image` where core cannot decode it.
 */
export async function resizeByCore(
  core: CoreAddress,
  jpeg: Buffer,
  sides: { readonly width?: number | undefined; readonly height?: number | undefined },
): Promise<Buffer> {
  const given = Object.entries(sides).filter(([, side]) => side !== undefined)
  const query = new URLSearchParams(given.map(([name, side]): [string, string] => [name, String(side)]))
  try {
    const response = await fetch(`${core.url}${coreEndpoints.resize.path}?${query.toString()}`, {
      method: 'POST',
      headers: { ...authorization(core), 'content-type': coreEndpoints.resize.upload.media },
      body: new Uint8Array(jpeg),
      signal: AbortSignal.timeout(RESIZE_TIMEOUT_MS),
    })
    if (!response.ok) throw await refusalOf(response)
    return Buffer.from(await response.arrayBuffer())
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    throw coreUnreachable(cause)
  }
}

const UNREADABLE = [413, 422]

async function refusalOf(response: Response): Promise<AppError> {
  const cause = new Error(`core answers ${response.status}: ${await response.text()}`)
  if (UNREADABLE.includes(response.status))
    return new AppError('corrupt_image', 'The coldpreview cannot be decoded.', { cause })
  if (response.status !== 503) return coreUnreachable(cause)
  const seconds = Number(response.headers.get('retry-after'))
  return new AppError('busy', 'The image server is busy; try again in a moment.', {
    cause,
    ...(seconds > 0 ? { retryAfterSeconds: seconds } : {}),
  })
}
