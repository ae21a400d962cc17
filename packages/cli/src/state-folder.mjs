import { mkdirSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

/**
 * The user's own folder, where the command line keeps what it can do without.
 *
 * @param {NodeJS.ProcessEnv} env
 */
export function stateFolder(env) {
  return resolve(
    env.IMALINK_STATE || join(env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'imalink'),
  )
}

/**
 * Has Node keep what it compiles, this program and its threads, in the user's own folder.
 *
 * @param {NodeJS.ProcessEnv} env
 */
export function keepCompiled(env) {
  const folder = join(stateFolder(env), 'compiled')
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  } catch {
    // Where nothing can be kept, the journal says so to whom it concerns.
    return
  }
  // Threads take it from the environment.
  env.NODE_COMPILE_CACHE ||= folder
  enableCompileCache(env.NODE_COMPILE_CACHE)
}
