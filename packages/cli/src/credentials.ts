import { chmod, mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type Server, backendAt } from '@imalink/client'
import type { Config } from './config.ts'
import { Failure, exitCodes } from './failure.ts'
import { DEFAULT_SERVER, serverAddress } from './server-address.ts'

/** What `login` keeps: which server, who, and the key. */
export interface Credentials {
  readonly server: string
  readonly username: string
  readonly key_id: number
  readonly key_name: string
  readonly api_key: string
}

/** The server to talk to, and as whom. `credentials` is null where the key comes from the environment. */
export interface Login {
  readonly address: string
  readonly backend: Server
  readonly credentials: Credentials | null
}

/** Null where nobody has logged in. Throws `Failure` when the file is there but useless. */
export async function readCredentials({ credentialsFile }: Config): Promise<Credentials | null> {
  const text = await readIfThere(credentialsFile)
  if (text === null) return null
  const credentials = parseCredentials(text)
  if (credentials) return credentials
  throw new Failure(`The file ${credentialsFile} is damaged; run \`npm run imalink -- login\` again.`)
}

async function readIfThere(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null
    throw new Failure(`The file ${file} with your API key cannot be read.`, exitCodes.impossible, error)
  }
}

function parseCredentials(text: string): Credentials | null {
  try {
    const value: unknown = JSON.parse(text)
    return isCredentials(value) ? value : null
  } catch {
    return null
  }
}

function isCredentials(value: unknown): value is Credentials {
  if (typeof value !== 'object' || value === null) return false
  const { server, username, key_id, key_name, api_key } = value as Record<string, unknown>
  return (
    [server, username, key_name, api_key].every((text) => typeof text === 'string') &&
    Number.isInteger(key_id)
  )
}

/** Only the owner may read the file, from its first moment; a crash leaves the old one or the new one. */
export async function saveCredentials({ credentialsFile }: Config, credentials: Credentials): Promise<void> {
  const partial = `${credentialsFile}.${process.pid}.partial`
  try {
    await mkdir(dirname(credentialsFile), { recursive: true, mode: 0o700 })
    const file = await open(partial, 'w', 0o600)
    try {
      await chmod(partial, 0o600)
      await file.writeFile(`${JSON.stringify(credentials, null, 2)}\n`)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(partial, credentialsFile)
  } catch (error) {
    await rm(partial, { force: true })
    throw new Failure(`The API key cannot be kept in ${credentialsFile}.`, exitCodes.impossible, error)
  }
}

export async function removeCredentials({ credentialsFile }: Config): Promise<void> {
  await rm(credentialsFile, { force: true })
}

/**
 * Server and key: from the environment, else from the file. A key is only sent to the server that it was made by.
 * Throws `Failure` when there is none.
 */
export async function currentLogin(config: Config): Promise<Login> {
  const credentials = config.apiKey === null || config.server === null ? await readCredentials(config) : null
  const address = serverAddress(config.server ?? credentials?.server ?? DEFAULT_SERVER)
  if (config.apiKey !== null)
    return { address, backend: backendAt(address, config.apiKey), credentials: null }
  if (credentials?.server === address)
    return { address, backend: backendAt(address, credentials.api_key), credentials }
  const where = credentials ? ` at ${address}` : ''
  throw new Failure(
    `You are not logged in${where}: run \`npm run imalink -- login\` first.`,
    exitCodes.server,
  )
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
