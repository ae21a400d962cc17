import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EggLayer, type Server, backendAt, call, coreAt, coreThrough } from '@imalink/client'
import { endpoints } from '@imalink/contract'
import { ServerProgram, freePort } from './programs.ts'

const PASSWORD = 'correct horse battery'

/** Core and backend as real processes on SQLite and a data folder of their own. */
export interface Installation {
  readonly backend: ServerProgram
  readonly core: ServerProgram
  /** A folder that is removed with the installation; the data folder is `data` in it. */
  readonly place: string
  readonly layer: EggLayer
  newAccount(): Promise<Account>
  /** Begins anew on an empty data folder; accounts are gone. */
  reset(): Promise<void>
  end(): Promise<void>
}

export interface Account {
  readonly username: string
  readonly email: string
  /** The backend, by password: all that the account may do. */
  readonly server: Server
  /** Core behind the backend. */
  readonly passThrough: EggLayer
  /** For programs; of scope `import`. */
  readonly apiKey: string
}

let accounts = 0

/** Starts both on free ports. `env` reaches both programs. */
export async function startInstallation(env: NodeJS.ProcessEnv = {}): Promise<Installation> {
  const place = await mkdtemp(join(tmpdir(), 'imalink-system-'))
  const [port, corePort] = [await freePort(), await freePort()]
  const settings = {
    IMALINK_DATA: join(place, 'data'),
    IMALINK_PORT: String(port),
    IMALINK_CORE_PORT: String(corePort),
    IMALINK_AUTH_RATE_LIMIT: '0',
    ...env,
  }
  const backend = new ServerProgram('backend', port, settings)
  const core = new ServerProgram('core', corePort, settings)
  const end = async () => {
    await Promise.all([backend.stop(), core.stop()])
    await rm(place, { recursive: true, force: true })
  }
  try {
    await Promise.all([backend.start(), core.start()])
  } catch (error) {
    await end()
    throw error
  }
  const newAccount = () => signUp(backend.address, `user${++accounts}`)
  const reset = async () => {
    await backend.stop()
    await rm(settings.IMALINK_DATA, { recursive: true })
    await backend.start()
  }
  return { backend, core, place, layer: coreAt(core.address), newAccount, reset, end }
}

/** All that an account may do but for the account itself, for longer than an access token lasts. */
export async function lastingServer({ server }: Pick<Account, 'server'>): Promise<Server> {
  const { key } = await call(server, endpoints.createApiKey, { body: { name: 'lasting', scope: 'full' } })
  return { ...server, token: key }
}

async function signUp(address: string, username: string): Promise<Account> {
  const email = `${username}@example.org`
  await call(backendAt(address), endpoints.register, { body: { email, username, password: PASSWORD } })
  const { access_token } = await call(backendAt(address), endpoints.login, {
    body: { username, password: PASSWORD },
  })
  const server = backendAt(address, access_token)
  const { key } = await call(server, endpoints.createApiKey, { body: { name: 'test', scope: 'import' } })
  return { username, email, server, passThrough: coreThrough(server), apiKey: key }
}
