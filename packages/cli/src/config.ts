import { enableCompileCache } from 'node:module'
import { mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

export interface Config {
  /** Where `login` keeps server and key. */
  readonly credentialsFile: string
  /** What was imported is remembered in it. */
  readonly journalFile: string
  /** Key and server for scripts; they win over the file. */
  readonly apiKey: string | null
  readonly server: string | null
  /** What core asks for where it was started with a token. */
  readonly coreToken: string | null
}

/** The environment, read once; a variable that is set to nothing is not set. */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const configHome = env.XDG_CONFIG_HOME || join(homedir(), '.config')
  return {
    credentialsFile: env.IMALINK_CREDENTIALS || join(configHome, 'imalink', 'credentials.json'),
    // A journal of another form gets another name, so that programs of different age leave each other's alone.
    journalFile: join(stateFolder(env), 'journal-1.db'),
    apiKey: env.IMALINK_API_KEY || null,
    server: env.IMALINK_SERVER || null,
    coreToken: env.IMALINK_CORE_TOKEN || null,
  }
}

/** Has Node keep what it compiles, this program and its threads, in the user's own folder. */
export function keepCompiled(env: NodeJS.ProcessEnv = process.env): void {
  const folder = join(stateFolder(env), 'compiled')
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  } catch {
    // Where nothing can be kept, the journal says so to whom it concerns.
    return
  }
  // Threads take it from the environment.
  process.env.NODE_COMPILE_CACHE = env.NODE_COMPILE_CACHE || folder
  enableCompileCache(process.env.NODE_COMPILE_CACHE)
}

function stateFolder(env: NodeJS.ProcessEnv): string {
  return resolve(
    env.IMALINK_STATE || join(env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'imalink'),
  )
}
