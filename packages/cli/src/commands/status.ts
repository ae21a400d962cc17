import type { ImportSession } from '@imalink/contract'
import { endpoints } from '@imalink/contract'
import { call } from '@imalink/client'
import type { Config } from '../config.ts'
import { currentLogin } from '../credentials.ts'
import { count, counted, printable } from '../import/printable.ts'

export interface StatusOptions {
  readonly json?: true
}

const RECENT_IMPORTS = 10

/** Says which server this machine talks to, as whom, whether both servers are well, and how the latest imports went. */
export async function status(config: Config, options: StatusOptions): Promise<void> {
  const { address, backend, credentials } = await currentLogin(config)
  const { version, core } = await call(backend, endpoints.capabilities, {})
  const user = await call(backend, endpoints.me, {})
  const query = { limit: String(RECENT_IMPORTS) }
  const { data: imports } = await call(backend, endpoints.listImportSessions, { query })
  const key = credentials ? config.credentialsFile : 'the environment'
  if (options.json) {
    const summary = { server: address, version, username: user.username, key_from: key, core, imports }
    process.stdout.write(`${JSON.stringify(summary, null, 2)}\n`)
    return
  }
  process.stdout.write(
    `Server  ${address} (version ${version})\n` +
      `User    ${user.username}\n` +
      `Key     from ${key}\n` +
      `Core    ${core.reachable ? `answers (recipe ${core.recipe ?? 'unknown'})` : 'does not answer'}\n` +
      (imports.length === 0 ? 'No imports yet.\n' : 'Latest imports:\n') +
      imports.map((session) => `${importLine(session)}\n`).join(''),
  )
}

function importLine(session: ImportSession): string {
  const { id, status, created_at, processed_files, total_files, created_photos } = session
  const files = total_files === null || status === 'completed' ? '' : ` of ${count(total_files)}`
  const counts = [
    `${count(processed_files)}${files} ${processed_files === 1 && files === '' ? 'file' : 'files'}`,
    `${count(created_photos)} new`,
    `${count(session.known_files)} known`,
    ...(session.duplicates > 0 ? [counted(session.duplicates, 'duplicate')] : []),
    ...(session.failed_files > 0 ? [`${count(session.failed_files)} refused`] : []),
  ]
  const [place = '', ...others] = (session.source_path ?? '').split('\n')
  const from = session.title ?? (others.length > 0 ? `${place} and ${count(others.length)} more` : place)
  const begun = created_at.slice(0, 16).replace('T', ' ')
  const isOpen = session.mode === 'client' && (status === 'pending' || status === 'running')
  const heard = isOpen ? `, last heard of ${session.updated_at.slice(0, 16).replace('T', ' ')} UTC` : ''
  return `  ${String(id).padStart(4)}  ${begun} UTC  ${status.padEnd(9)}  ${counts.join(', ')}${heard}  ${printable(from)}`
}
