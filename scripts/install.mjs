// Runs on whatever Node the machine has, before anything is installed: plain JavaScript, built-ins only.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/**
 * Installs the dependencies in `root` unless npm's own record of what is there agrees with the lock file. Says what it
 * does on stderr, so that a program's stdout stays its own. Throws an error with one sentence when npm could not.
 * @param {string} root
 * @param {{ dev: boolean }} options dev: whether the tools of the tests must be there too
 */
export function installMissing(root, { dev }) {
  if (isInstalled(root, { dev })) return
  process.stderr.write('Installing what ImaLink needs (once, about half a minute) …\n')
  const { status, error } = spawnSync('npm', npmArguments({ dev }), {
    cwd: root,
    stdio: ['ignore', process.stderr, process.stderr],
    env: { ...process.env, PATH: pathWithoutOwnTools(root) },
  })
  if (error)
    throw new Error(`npm could not be started (${error.message}); install Node.js together with npm.`)
  if (status !== 0) throw new Error('npm could not install the dependencies; its reason stands above.')
  if (!isInstalled(root, { dev })) {
    throw new Error(
      'The dependencies are incomplete although npm succeeded; are install scripts or optional packages switched off?',
    )
  }
}

/**
 * The binary of the Node version that the project has chosen and installed for itself.
 * @param {string} root
 */
export function ownNode(root) {
  return join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
}

/** @param {{ dev: boolean }} options */
function npmArguments({ dev }) {
  // Warnings about the machine's older Node are noise: everything that follows runs on the project's own.
  const quiet = ['--loglevel=error', '--no-audit', '--no-fund']
  return ['ci', ...quiet, ...(dev ? ['--include=dev'] : [])]
}

/**
 * npm must not run on the Node that it is about to replace.
 * @param {string} root
 */
function pathWithoutOwnTools(root) {
  const own = join(root, 'node_modules')
  return (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => !folder.startsWith(own))
    .join(delimiter)
}

/**
 * npm writes what it installed to node_modules/.package-lock.json when it has finished, so an interrupted, an older and
 * a production-only install all show there.
 * @param {string} root
 * @param {{ dev: boolean }} options
 */
function isInstalled(root, { dev }) {
  const record = join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(record) || !existsSync(ownNode(root))) return false
  return (
    missingPackages(readPackages(join(root, 'package-lock.json')), readPackages(record), { dev }).length === 0
  )
}

/**
 * @typedef {{ version?: string, resolved?: string, integrity?: string, link?: boolean, dev?: boolean, optional?: boolean, devOptional?: boolean }} LockedPackage
 * @typedef {Record<string, LockedPackage>} LockedPackages
 */

/**
 * The packages of the lock file that the record of installed ones lacks or has in another version. Optional ones belong
 * to other platforms more often than not and are never missed.
 * @param {LockedPackages} wanted
 * @param {LockedPackages} installed
 * @param {{ dev: boolean }} options
 */
export function missingPackages(wanted, installed, { dev }) {
  return Object.entries(wanted)
    .filter(([path, entry]) => path.startsWith('node_modules/') && isNeeded(entry, { dev }))
    .filter(([path, entry]) => !isSame(entry, installed[path]))
    .map(([path]) => path)
}

/**
 * @param {LockedPackage} entry
 * @param {{ dev: boolean }} options
 */
function isNeeded(entry, { dev }) {
  return !entry.optional && !entry.devOptional && (dev || !entry.dev)
}

/**
 * @param {LockedPackage} wanted
 * @param {LockedPackage | undefined} installed
 */
function isSame(wanted, installed) {
  return (
    installed !== undefined &&
    wanted.version === installed.version &&
    wanted.integrity === installed.integrity &&
    (!wanted.link || wanted.resolved === installed.resolved)
  )
}

/** @param {string} file @returns {LockedPackages} */
function readPackages(file) {
  const lock = /** @type {{ packages: LockedPackages }} */ (JSON.parse(readFileSync(file, 'utf8')))
  return lock.packages
}
