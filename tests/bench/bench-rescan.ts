import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { backendAt } from '@imalink/client'
import { findRoots } from '@imalink/client/disk'
import { readConfig } from '../../packages/cli/src/config.ts'
import { type SourceOptions, startSource } from '../../packages/cli/src/import/source-groups.ts'
import { openJournal } from '../../packages/cli/src/journal/open-journal.ts'
import type { Measurement } from '../../scripts/measurement.ts'
import { startInstallation } from '../system/installation.ts'

const [FOLDERS, FILES_EACH, RUNS] = [500, 200, 15]
const commandLine = resolve(import.meta.dirname, '../../packages/cli/src/main.mjs')

/**
 * A repeat of an import over 100,000 files that have not changed, beside `find -printf '%s %T@'` over the same: the fastest
 * of several runs in turn, without the start-up of the command, which is told apart. The files are tiny, because neither
 * opens one, and the journal is written as an import writes it.
 */
export async function benchRescan(): Promise<Measurement[]> {
  const folder = await mkdtemp(join(tmpdir(), 'imalink-bench-'))
  const installation = await startInstallation()
  try {
    await makeFiles(folder)
    const { apiKey } = await installation.newAccount()
    const env = {
      PATH: process.env.PATH,
      IMALINK_SERVER: installation.backend.address,
      IMALINK_API_KEY: apiKey,
      IMALINK_STATE: join(installation.place, 'state'),
    }
    await rememberAll(folder, env)
    return await measure(folder, env)
  } finally {
    await installation.end()
    await rm(folder, { recursive: true })
  }
}

async function makeFiles(folder: string): Promise<void> {
  for (let number = 0; number < FOLDERS; number++) {
    const day = join(folder, `${2000 + (number % 20)}`, `day ${number}`)
    await mkdir(day, { recursive: true })
    const files = Array.from({ length: FILES_EACH }, (_, file) => `IMG_${String(file).padStart(4, '0')}.JPG`)
    await Promise.all(files.map((file) => writeFile(join(day, file), file)))
  }
}

/** Notes every file as one that has come in. */
async function rememberAll(folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  const config = readConfig(env)
  const backend = backendAt(config.server ?? '', config.apiKey ?? '')
  const journal = await openJournal(config, backend, fail)
  const options: SourceOptions = {
    roots: await findRoots([folder]),
    wishes: { volume: null, include: [], exclude: [], sinceMs: null, crossMounts: false },
    journal,
    recheck: true,
    list: 'nothing',
    signal: new AbortController().signal,
    onNews: () => undefined,
  }
  let id = 0
  const photo = { hothash: 'ab'.repeat(32), sha256: 'cd'.repeat(32), in_trash: false }
  await using source = startSource(options)
  for await (const { files } of source.groups())
    for (const file of files) journal.note({ file, status: 'created', id: ++id, ...photo })
  journal.close()
}

function fail(sentence: string): never {
  throw new Error(sentence)
}

async function measure(folder: string, env: NodeJS.ProcessEnv): Promise<Measurement[]> {
  const seconds = { find: [] as number[], repeat: [] as number[], start: [] as number[] }
  for (let run = 0; run < RUNS; run++) {
    seconds.find.push(await timed('find', [folder, '-printf', '%s %T@\n'], env))
    seconds.repeat.push(
      await timed(process.execPath, [commandLine, 'import', '--json', '--quiet', folder], env),
    )
    seconds.start.push(await timed(process.execPath, [commandLine, '--help'], env))
  }
  await confirmNothingRead(folder, env)
  const [find, repeat, start] = [seconds.find, seconds.repeat, seconds.start].map(fastestMs) as [
    number,
    number,
    number,
  ] // Of three.
  const files = FOLDERS * FILES_EACH
  const figure = { unit: 'ms', reference: Math.round(find) }
  const [rest, whole] = [Math.round(repeat - start), Math.round(repeat)]
  return [
    {
      ...{ ...figure, name: 'repeat without start-up, beside find', value: rest, ratio: rest / find },
      params: { files, start_ms: Math.round(start) },
    },
    {
      ...figure,
      name: 'repeat as a whole, beside find',
      params: { files },
      value: whole,
      ratio: whole / find,
    },
  ]
}

async function confirmNothingRead(folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  const child = spawn(process.execPath, [commandLine, 'import', '--json', '--quiet', folder], { env })
  let stdout = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  await once(child, 'close')
  const report = JSON.parse(stdout) as { unchanged: number } // As the command's help describes it.
  if (report.unchanged !== FOLDERS * FILES_EACH)
    fail(`The repeat took only ${report.unchanged} files as unchanged`)
}

/** How long a command takes, in seconds, with its output thrown away. */
async function timed(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const start = performance.now()
  const child = spawn(command, args, { env, stdio: ['ignore', 'ignore', 'inherit'] })
  const [code] = (await once(child, 'close')) as [number | null] // As `close` is documented.
  if (code !== 0) fail(`${command} ended with ${code}`)
  return (performance.now() - start) / 1000
}

/** What else the machine does only ever adds. */
function fastestMs(seconds: readonly number[]): number {
  return Math.min(...seconds) * 1000
}
