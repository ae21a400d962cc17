import type { PhotoEgg } from '@imalink/contract'
import { type Server, authorization, readJson, send } from './client.ts'

/** Where images are turned into eggs: core itself, or the backend's pass-through to it. */
export interface EggLayer {
  readonly kind: 'core' | 'pass-through'
  readonly server: Server
  readonly url: string
}

/** Core called directly, at an address such as `http://127.0.0.1:8001`. */
export function coreAt(origin: string, token?: string): EggLayer {
  const baseUrl = origin.replace(/\/+$/, '')
  return {
    kind: 'core',
    server: { baseUrl, ...(token === undefined ? {} : { token }) },
    url: `${baseUrl}/v1/process`,
  }
}

/** Core behind the backend, for a caller that cannot reach it. */
export function coreThrough(backend: Server): EggLayer {
  return { kind: 'pass-through', server: backend, url: `${backend.baseUrl}/core/process` }
}

/** Whether a core answers at this address within `timeoutMs`. */
export async function coreAnswers(origin: string, timeoutMs: number): Promise<boolean> {
  try {
    const response = await fetch(`${origin.replace(/\/+$/, '')}/health`, {
      signal: AbortSignal.timeout(timeoutMs),
    })
    const health: unknown = response.ok ? await response.json() : null
    return typeof health === 'object' && health !== null && 'name' in health && health.name === 'imalink-core'
  } catch {
    return false
  }
}

/**
 * Has one original turned into an egg; `sidecar` is the XMP that stands beside it. `coldpreviewSize` is the longest side in px, null for no coldpreview.
 * Throws `ApiError` with core's code when it refuses the file, `UnreachableError` when it does not answer.
 */
export async function layEgg(
  layer: EggLayer,
  original: { readonly bytes: Blob; readonly filename: string; readonly sidecar?: Blob | null },
  options: { readonly coldpreviewSize: number | null; readonly signal?: AbortSignal },
): Promise<PhotoEgg> {
  const form = new FormData()
  if (options.coldpreviewSize !== null) form.set('coldpreview_size', String(options.coldpreviewSize))
  if (original.sidecar) form.set('sidecar', original.sidecar, 'sidecar.xmp')
  form.set('file', original.bytes, original.filename)
  const server = options.signal ? { ...layer.server, signal: options.signal } : layer.server
  const response = await send(server, layer.url, {
    method: 'POST',
    headers: authorization(server),
    body: form,
  })
  // Core shapes its answer by the contract.
  return (await readJson(server, response)) as PhotoEgg
}
