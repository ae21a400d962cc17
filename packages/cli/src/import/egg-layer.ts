import {
  ApiError,
  type EggLayer,
  type Server,
  UnreachableError,
  call,
  coreAnswers,
  coreAt,
  coreThrough,
  send,
} from '@imalink/client'
import { endpoints } from '@imalink/contract'
import { isThisMachine, serverAddress } from '../server-address.ts'

const CORE_ANSWERS_WITHIN_MS = 2000

interface Wishes {
  /** Where the user says that core is. */
  readonly core: string | undefined
  readonly coreToken: string | null
  /** The backend's address. */
  readonly address: string
}

/**
 * Where originals go to be decoded: core itself where it answers and lets us in, else through the backend.
 * Core is looked for where the user says, or beside a backend on this machine.
 */
export async function findEggLayer(backend: Server, wishes: Wishes): Promise<EggLayer> {
  const origin =
    wishes.core === undefined ? await coreBeside(backend, wishes.address) : serverAddress(wishes.core)
  if (origin !== null && (await coreAnswers(origin, CORE_ANSWERS_WITHIN_MS))) {
    const layer = coreAt(origin, wishes.coreToken ?? undefined)
    if (await letsUsIn(layer)) return layer
  }
  return coreThrough(backend)
}

async function coreBeside(backend: Server, address: string): Promise<string | null> {
  const { core } = await call(backend, endpoints.capabilities, {})
  return isThisMachine(address) ? core.local_url : null
}

/** A core with a token refuses everything but its health to whoever does not have it. */
async function letsUsIn({ server }: EggLayer): Promise<boolean> {
  try {
    const headers: Record<string, string> = server.token ? { authorization: `Bearer ${server.token}` } : {}
    await send(server, `${server.baseUrl}/openapi.json`, { headers })
    return true
  } catch (error) {
    if (error instanceof ApiError) return error.status !== 401 && error.status !== 403
    if (error instanceof UnreachableError) return false
    throw error
  }
}
