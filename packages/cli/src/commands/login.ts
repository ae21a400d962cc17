import { hostname } from 'node:os'
import { endpoints } from '@imalink/contract'
import { ApiError, type Server, backendAt, call } from '@imalink/client'
import type { Config } from '../config.ts'
import { type Credentials, readCredentials, saveCredentials } from '../credentials.ts'
import { ask, askSecretly, firstInputLine } from '../prompt.ts'
import { DEFAULT_SERVER, isThisMachine, serverAddress } from '../server-address.ts'

export interface LoginOptions {
  readonly server?: string
  readonly user?: string
  readonly passwordStdin?: true
}

/** Signs in, has a key made for this machine and keeps it; a key that an earlier login left is revoked. */
export async function login(config: Config, options: LoginOptions): Promise<void> {
  const address = serverAddress(options.server ?? config.server ?? DEFAULT_SERVER)
  if (address.startsWith('http:') && !isThisMachine(address))
    process.stderr.write(`Note: ${address} is not encrypted; others on the way could read your password.\n`)
  const { user, session } = await signIn(address, options)
  const key = await call(session, endpoints.createApiKey, { body: { name: keyName(), scope: 'import' } })
  const credentials = {
    server: address,
    username: user.username,
    key_id: key.id,
    key_name: key.name,
    api_key: key.key,
  }
  const old = await readOldCredentials(config)
  try {
    await saveCredentials(config, credentials)
  } catch (error) {
    await revokeKey(session, key.id)
    throw error
  }
  if (old?.server === address && old.username === user.username) await revokeKey(session, old.key_id)
  await call(session, endpoints.logout, {})
  process.stdout.write(
    `Logged in to ${address} as ${user.username}; the key is kept in ${config.credentialsFile}.\n`,
  )
}

/** A session that may make and revoke keys, which no key may. Asks for what `options` does not say. */
export async function signIn(address: string, options: { user?: string; passwordStdin?: true }) {
  const username = options.user ?? (await ask('User name or e-mail address: '))
  const password = options.passwordStdin ? await firstInputLine() : await askSecretly('Password: ')
  const tokens = await call(backendAt(address), endpoints.login, { body: { username, password } })
  return { user: tokens.user, session: backendAt(address, tokens.access_token) }
}

/** Revokes a key; one that is gone already is as good. */
export async function revokeKey(session: Server, id: number): Promise<void> {
  try {
    await call(session, endpoints.deleteApiKey, { params: { id } })
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 404)) throw error
  }
}

/** A damaged file is about to be replaced, so it need not stop a login. */
async function readOldCredentials(config: Config): Promise<Credentials | null> {
  return readCredentials(config).catch(() => null)
}

function keyName(): string {
  return `imalink on ${hostname()}`.toWellFormed().slice(0, 100)
}
