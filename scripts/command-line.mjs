import { pathToFileURL } from 'node:url'
import { join } from 'node:path'
import { folderOfUser, root } from './launch.mjs'

/**
 * Hands over to the program that serves these arguments, in this process: its output, exit code and signals are the
 * command's own. `admin …` stands in the checkout, where `npm start` finds its settings' relative folders; everything
 * else where the user stands.
 *
 * @param {readonly string[]} args
 */
export async function runCommandLine(args) {
  const [first, ...rest] = args
  if (first === 'admin') return handOver('packages/backend/src/admin.ts', rest, root)
  return handOver('packages/cli/src/main.mjs', args, folderOfUser())
}

/**
 * @param {string} entry
 * @param {readonly string[]} args
 * @param {string} folder
 */
async function handOver(entry, args, folder) {
  const file = join(root, entry)
  process.argv = [process.execPath, file, ...args]
  process.chdir(folder)
  await import(pathToFileURL(file).href)
}
