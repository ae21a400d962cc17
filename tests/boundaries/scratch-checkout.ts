import { execFile } from 'node:child_process'
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { lawfulFiles } from './lawful-files.ts'

export const checkout = join(import.meta.dirname, '../..')

/** Every rule set and manifest that the real checks read; the sources are what a test puts beside them. */
const RULE_SETS = [
  '{package,tsconfig,tsconfig.base}.json',
  'knip.config.ts',
  '*.config.mjs',
  'packages/*/{package,tsconfig}.json',
]

export interface ScratchCheckout extends Disposable {
  readonly folder: string
}

/**
 * A small checkout in a temporary folder with the rules, manifests and dependencies of the real one and, for sources,
 * the lawful files and those that are given (path to text).
 */
export function scratchCheckout(files: Readonly<Record<string, string>>): ScratchCheckout {
  const folder = mkdtempSync(join(tmpdir(), 'imalink-boundaries-'))
  for (const file of globSync(RULE_SETS, { cwd: checkout })) cpSync(join(checkout, file), join(folder, file))
  linkDependencies(folder)
  for (const [path, text] of Object.entries({ ...lawfulFiles, ...files })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) }
}

/** The workspaces' own links lead to the scratch packages, all else to what is installed. */
function linkDependencies(folder: string): void {
  const modules = join(folder, 'node_modules')
  mkdirSync(join(modules, '@imalink'), { recursive: true })
  for (const name of readdirSync(join(checkout, 'node_modules'))) {
    if (name !== '@imalink') symlinkSync(join(checkout, 'node_modules', name), join(modules, name))
  }
  for (const name of readdirSync(join(folder, 'packages'))) {
    symlinkSync(join(folder, 'packages', name), join(modules, '@imalink', name))
    const nested = join(checkout, 'packages', name, 'node_modules')
    if (existsSync(nested)) symlinkSync(nested, join(folder, 'packages', name, 'node_modules'))
  }
}

/** What an installed tool prints on stdout in `folder`, whatever its exit code. */
export function outputOf(tool: string, args: readonly string[], folder: string): Promise<string> {
  const command = [join(checkout, 'node_modules/.bin', tool), ...args]
  return new Promise((resolve, reject) => {
    execFile(process.execPath, command, { cwd: folder, maxBuffer: 1 << 28 }, (error, stdout, stderr) => {
      if (stdout === '' && error) reject(new Error(`${tool} printed nothing: ${stderr}`, { cause: error }))
      else resolve(stdout)
    })
  })
}
