import { endpoints } from '@imalink/contract'
import { call } from '@imalink/client'
import type { Config } from '../config.ts'
import { currentLogin } from '../credentials.ts'

export interface StatusOptions {
  readonly json?: true
}

/** Says which server this machine talks to, as whom, and whether both servers are well. */
export async function status(config: Config, options: StatusOptions): Promise<void> {
  const { address, backend, credentials } = await currentLogin(config)
  const { version, core } = await call(backend, endpoints.capabilities, {})
  const user = await call(backend, endpoints.me, {})
  const key = credentials ? config.credentialsFile : 'the environment'
  if (options.json) {
    const summary = { server: address, version, username: user.username, key_from: key, core }
    process.stdout.write(`${JSON.stringify(summary, null, 2)}\n`)
    return
  }
  process.stdout.write(
    `Server  ${address} (version ${version})\n` +
      `User    ${user.username}\n` +
      `Key     from ${key}\n` +
      `Core    ${core.reachable ? `answers (recipe ${core.recipe ?? 'unknown'})` : 'does not answer'}\n`,
  )
}
