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
export async function passToCore(core: CoreAddress, upload: IncomingMessage): Promise<IncomingMessage> {
  const headers = Object.fromEntries(
    PASSED_ON.flatMap((name) => (upload.headers[name] ? [[name, upload.headers[name]]] : [])),
  )
  const url = new URL(`${core.url}${coreEndpoints.process.path}`)
  const open = url.protocol === 'https:' ? httpsRequest : httpRequest
  const request = open(url, {
    method: 'POST',
    headers: { ...headers, ...(core.token === null ? {} : { authorization: `Bearer ${core.token}` }) },
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
      reject(
        new AppError('core_unreachable', 'The image server does not answer; try again in a moment.', {
          cause,
        }),
      )
    })
  })
}
