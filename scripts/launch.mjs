// Runs on whatever Node the machine has, before anything is installed: plain JavaScript, built-ins only.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { installMissing, ownNode } from './install.mjs'

const OLDEST_NODE = 20

/** The folder of this checkout, absolute. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** Where the user stands: npm changes to the checkout before it starts a script and leaves word of where that was. */
export function folderOfUser() {
  return process.cwd() === root ? (process.env.INIT_CWD ?? root) : process.cwd()
}

/**
 * Makes the checkout ready and goes on, under the project's own Node, with `command(arguments)`. Ends the process with
 * one sentence and exit code 1 when the machine's Node is too old or the dependencies cannot be installed.
 * @param {{ dev: boolean, command: (args: string[]) => Promise<unknown> }} options
 */
export async function launch({ dev, command }) {
  try {
    refuseOldNode()
    installMissing(root, { dev })
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exit(1)
  }
  // Whatever the command starts as `node`, now or through others, is the project's own.
  process.env.PATH = [dirname(ownNode(root)), process.env.PATH].join(delimiter)
  if (isOwnNode()) await command(process.argv.slice(2))
  else relaunch()
}

function refuseOldNode() {
  if (Number(process.versions.node.split('.')[0]) >= OLDEST_NODE) return
  throw new Error(`ImaLink needs Node.js ${OLDEST_NODE} or later to start; this is ${process.version}.`)
}

function isOwnNode() {
  const file = readFileSync(join(root, 'node_modules', 'node', 'package.json'), 'utf8')
  const manifest = /** @type {{ version: string }} */ (JSON.parse(file))
  return manifest.version === process.versions.node
}

/** Makes Node load `end-with-parent.mjs` first. */
export const endWithParent = ['--import', new URL('./end-with-parent.mjs', import.meta.url).href]

/** The same command once more, under the project's own Node: this process only stands in for it. */
function relaunch() {
  const child = spawn(ownNode(root), [...endWithParent, ...process.argv.slice(1)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  })
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => child.kill(signal))
  }
  child.on('error', (error) => {
    process.stderr.write(`The project's own Node could not be started: ${error.message}\n`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => process.exit(code ?? exitCodeOf(signal)))
}

/**
 * As shells say it: 128 and the signal's number.
 * @param {NodeJS.Signals | null} signal
 */
export function exitCodeOf(signal) {
  return signal ? 128 + constants.signals[signal] : 1
}
