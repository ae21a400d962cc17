import { endpoints } from '@imalink/contract'
import { call } from '@imalink/client'
import type { Config } from '../config.ts'
import { readCredentials, removeCredentials } from '../credentials.ts'
import { revokeKey, signIn } from './login.ts'

export interface LogoutOptions {
  readonly revoke?: true
  readonly passwordStdin?: true
}

/** Forgets the key on this machine; with `revoke` the server forgets it too, which needs the password. */
export async function logout(config: Config, options: LogoutOptions): Promise<void> {
  const credentials = await readCredentials(config)
  if (!credentials) {
    process.stdout.write('You were not logged in.\n')
    return
  }
  const { server, username, key_id, key_name } = credentials
  if (options.revoke) {
    const { session } = await signIn(server, { ...options, user: username })
    await revokeKey(session, key_id)
    await call(session, endpoints.logout, {})
  }
  await removeCredentials(config)
  process.stdout.write(
    options.revoke
      ? `Logged out; the key "${key_name}" is revoked.\n`
      : `Logged out. The key "${key_name}" (number ${key_id}) is removed from this machine but still valid at ${server}: ` +
          'should anybody have copied it, revoke it there. Next time `logout --revoke` does both.\n',
  )
}
