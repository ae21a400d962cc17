import { type EggLayer, coreAnswers, coreAt, coreThrough } from '@imalink/client'
import { backend } from '../../server/backend.ts'

const USUAL_CORE = 'http://127.0.0.1:8001'
const TIMEOUT_MS = 1500

/**
 * A core on the visitor's own machine where one answers, so that originals never leave it; else the backend's
 * pass-through. `localUrl` is core's address as seen from the server's machine, of use when the page is on that one.
 */
export async function pickCore(localUrl: string | null): Promise<EggLayer> {
  const address = isThisMachine(location.hostname) ? (localUrl ?? USUAL_CORE) : USUAL_CORE
  return (await coreAnswers(address, TIMEOUT_MS)) ? coreAt(address) : coreThrough(backend)
}

function isThisMachine(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.')
}
