import type { PhotoEgg } from '@imalink/contract'
import { type StreamedForm, streamedForm } from './streamed-form.ts'
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

/** One original on its way to core. */
export interface LaidOriginal {
  /** A program's own memory is sent as it lies there, a browser's `Blob` by the browser. */
  readonly bytes: Blob | Uint8Array<ArrayBuffer>
  readonly filename: string
  /** The XMP that stands beside it. */
  readonly sidecar?: Blob | null
}

/**
 * Has one original turned into an egg. `coldpreviewSize` is the longest side in px, null for no coldpreview.
 * Throws `ApiError` with core's code when it refuses the file, `UnreachableError` when it does not answer.
 */
export async function layEgg(
  layer: EggLayer,
  original: LaidOriginal,
  options: { readonly coldpreviewSize: number | null; readonly signal?: AbortSignal },
): Promise<PhotoEgg> {
  const server = options.signal ? { ...layer.server, signal: options.signal } : layer.server
  const { headers = {}, ...form } = await formOf(original, options.coldpreviewSize)
  const response = await send(server, layer.url, {
    method: 'POST',
    headers: { ...authorization(server), ...headers },
    ...form,
  })
  // Core shapes its answer by the contract.
  return (await readJson(server, response)) as PhotoEgg
}

async function formOf(
  { bytes, filename, sidecar }: LaidOriginal,
  coldpreviewSize: number | null,
): Promise<StreamedForm | { readonly body: FormData; readonly headers?: undefined }> {
  const size = coldpreviewSize === null ? [] : [{ name: 'coldpreview_size', value: String(coldpreviewSize) }]
  const xmp = sidecar ? [{ name: 'sidecar', filename: 'sidecar.xmp', value: sidecar }] : []
  if (bytes instanceof Uint8Array) {
    const beside = xmp.map(async (part) => ({
      ...part,
      value: new Uint8Array(await part.value.arrayBuffer()),
    }))
    return streamedForm([...size, ...(await Promise.all(beside)), { name: 'file', filename, value: bytes }])
  }
  const body = new FormData()
  for (const { name, value } of size) body.set(name, value)
  for (const part of xmp) body.set(part.name, part.value, part.filename)
  body.set('file', bytes, filename)
  return { body }
}
