import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync, statSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { insertBare } from '../../packages/backend/bench/bare-inserts.ts'
import { anEgg } from '../../packages/backend/tests/an-egg.ts'
import type { Measurement } from '../../scripts/measurement.ts'
import { runImport } from '../system/command-line.ts'
import { startInstallation } from '../system/installation.ts'
import { putPictures } from '../system/made-pictures.ts'

const PHOTOS = 300
const LARGE = { width: 6000, height: 4000 }
const root = resolve(import.meta.dirname, '../..')
const bareLoop = join(root, 'packages/core/bench/bare-loop.ts')

/**
 * One import by the real command line, core and backend on SQLite: images a second beside a bare loop that reads, hashes,
 * parses EXIF and makes both previews on every core, and beside bare inserts of as many eggs. `IMALINK_BENCH_PHOTOS`
 * names a folder of JPEGs to import, `IMALINK_BENCH_TOOLS` one with a `make-library.mjs` that makes them; without either,
 * plain pictures are made. What is made has 24 megapixels; `IMALINK_BENCH_COUNT` says how many, 300 where it is silent.
 */
export async function benchImport(): Promise<Measurement[]> {
  const made = await mkdtemp(join(tmpdir(), 'imalink-bench-'))
  try {
    const given = process.env.IMALINK_BENCH_PHOTOS
    if (!given) await makePhotos(made)
    return await measure(given || made)
  } finally {
    await rm(made, { recursive: true })
  }
}

async function makePhotos(folder: string): Promise<void> {
  const tools = process.env.IMALINK_BENCH_TOOLS
  const count = Number(process.env.IMALINK_BENCH_COUNT || PHOTOS)
  if (!tools) return void (await putPictures(folder, count, LARGE))
  const args = [folder, '--count', String(count), '--megapixels', '24', '--quality', '92']
  // From the checkout, because it looks for sharp where it is run.
  const maker = spawn(process.execPath, [join(tools, 'make-library.mjs'), ...args], {
    cwd: root,
    stdio: 'ignore',
  })
  const [code] = (await once(maker, 'exit')) as [number | null] // as `exit` is documented
  if (code !== 0) throw new Error(`make-library.mjs ended with ${code}`)
}

async function measure(folder: string): Promise<Measurement[]> {
  const files = globSync('**/*.{jpg,JPG,jpeg,JPEG}', { cwd: folder }).map((file) => join(folder, file))
  const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0)
  const params = { photos: files.length, megabytes: Math.round(bytes / files.length / 1e5) / 10 }
  const decoded = await bareLoops(files)
  const imported = await importAll(folder, files.length)
  const eggs = files.map((file) => anEgg({ seed: file }))
  const inserted = await insertBare(eggs, 50)
  const figure = { params, unit: 'images/s', value: imported }
  return [
    { ...figure, name: 'import, beside a bare loop', reference: decoded, ratio: imported / decoded },
    { ...figure, name: 'import, beside bare inserts', reference: inserted, ratio: imported / inserted },
  ]
}

/** Images a second, by the report of the command line. */
async function importAll(folder: string, count: number): Promise<number> {
  const installation = await startInstallation()
  try {
    const { report } = await runImport(installation, await installation.newAccount(), [folder])
    if (report.done < count || report.refused > 0)
      throw new Error(`The import did not do all: ${JSON.stringify(report)}`)
    return report.done / report.seconds
  } finally {
    await installation.end()
  }
}

/** Images a second with one process for each core. */
async function bareLoops(files: readonly string[]): Promise<number> {
  const loops = Array.from({ length: availableParallelism() }, () => fork(bareLoop))
  await Promise.all(loops.map((loop) => once(loop, 'message')))
  const start = performance.now()
  await Promise.all(
    loops.map((loop, share) =>
      runShare(
        loop,
        files.filter((_, n) => n % loops.length === share),
      ),
    ),
  )
  const seconds = (performance.now() - start) / 1000
  for (const loop of loops) loop.kill()
  return files.length / seconds
}

async function runShare(loop: ChildProcess, files: readonly string[]): Promise<void> {
  const done = once(loop, 'message')
  loop.send(files)
  await done
}
