import { homedir } from 'node:os'
import { join } from 'node:path'
import { stateFolder } from './state-folder.mjs'

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
