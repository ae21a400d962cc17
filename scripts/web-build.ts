import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** All that the bundle is made from; the tests beside the sources are not. */
const SOURCES = [
  'package-lock.json',
  'tsconfig.base.json',
  'packages/web/{*,public/**/*,src/**/*}',
  'packages/{client,contract}/{package.json,src/**/*}',
]

/**
 * Builds the web app in the checkout `root` unless its sources are those of the last build. Throws an error with one
 * sentence when it cannot be built; the bundler's reason is on stderr then.
 */
export async function buildWebIfChanged(root: string): Promise<void> {
  const stamp = join(root, 'node_modules', '.cache', 'imalink', 'web-build')
  const wanted = hashOfSources(root)
  const isBuilt = existsSync(join(root, 'packages/web/dist/index.html')) && existsSync(stamp)
  if (isBuilt && readFileSync(stamp, 'utf8') === wanted) return
  process.stderr.write('Building the web app …\n')
  await build(root)
  mkdirSync(dirname(stamp), { recursive: true })
  writeFileSync(stamp, wanted)
}

function hashOfSources(root: string): string {
  const hash = createHash('sha256')
  for (const entry of globSync(SOURCES, { cwd: root, withFileTypes: true }).sort(byPath)) {
    if (!entry.isFile() || /\.test\.tsx?$/.test(entry.name)) continue
    const file = join(entry.parentPath, entry.name)
    hash
      .update(`${file.slice(root.length)}\0`)
      .update(readFileSync(file))
      .update('\0')
  }
  return hash.digest('hex')
}

type Named = { readonly parentPath: string; readonly name: string }

function byPath(a: Named, b: Named): number {
  return join(a.parentPath, a.name) < join(b.parentPath, b.name) ? -1 : 1
}

async function build(root: string): Promise<void> {
  const vite = join(root, 'node_modules/vite/bin/vite.js')
  const child = spawn(process.execPath, [vite, 'build', '--logLevel', 'error'], {
    cwd: join(root, 'packages/web'),
    stdio: ['ignore', process.stderr, process.stderr],
    // The bundle that is served is always the production one, whatever the shell says.
    env: { ...process.env, NODE_ENV: 'production' },
  })
  const [code] = (await once(child, 'exit')) as [number | null] // as `exit` is documented
  if (code !== 0) throw new Error('The web app could not be built; the reason stands above.')
}
