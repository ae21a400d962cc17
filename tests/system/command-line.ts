import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join, resolve } from 'node:path'
import type { Account, Installation } from './installation.ts'

const entry = resolve(import.meta.dirname, '../../packages/cli/src/main.mjs')

/** What `import --json` prints, as its help describes it; only what the tests look at. */
export interface ImportReport {
  readonly status: 'completed' | 'interrupted' | 'failed'
  readonly exit_code: number
  readonly import_session_id: number
  readonly decoded_by: { readonly kind: 'core' | 'pass-through' }
  readonly done: number
  readonly created: number
  readonly known: number
  readonly duplicates: number
  readonly refused: number
  readonly refused_files: readonly { readonly path: string; readonly code: string; readonly detail: string }[]
  readonly left_out: { readonly by_extension: Readonly<Record<string, number>> }
  readonly seconds: number
}

/** One line of `import --json-lines`: a file that is settled, at the moment the server has acknowledged it. */
export interface SettledFile {
  readonly path: string
  readonly status: 'created' | 'duplicate' | 'known' | 'refused'
  readonly hothash?: string
  readonly code?: string
}

export interface ImportEnd {
  readonly code: number | null
  readonly report: ImportReport
  readonly files: readonly SettledFile[]
}

/** As `ImportEnd`; without a report where the import could not even begin. */
export interface AnyEnd extends Omit<ImportEnd, 'report'> {
  readonly report: ImportReport | null
  readonly stderr: string
}

/** `imalink import` as a process of its own. */
export interface RunningImport {
  /** What has been acknowledged so far. */
  settled(): readonly SettledFile[]
  hasEnded(): boolean
  kill(signal: 'SIGINT' | 'SIGKILL'): void
  readonly ended: Promise<AnyEnd>
}

/** Where the command line finds the server, and where it may keep what it remembers. */
type Reach = Pick<Installation, 'place'> & { readonly backend: Pick<Installation['backend'], 'address'> }

/** Starts the command line for an account, with its key in the environment as scripts do it. */
export function startImport(
  { backend, place }: Reach,
  account: Account,
  args: readonly string[],
): RunningImport {
  const child = spawn(process.execPath, [entry, 'import', '--json-lines', '--quiet', ...args], {
    env: {
      PATH: process.env.PATH,
      IMALINK_SERVER: backend.address,
      IMALINK_API_KEY: account.apiKey,
      IMALINK_STATE: join(place, 'state'),
    },
  })
  const output = collect(child)
  const ended = once(child, 'close').then(() => endOf(child.exitCode, output))
  return {
    settled: () => settledIn(output.stdout),
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    kill: (signal) => child.kill(signal),
    ended,
  }
}

/** Runs an import to its end; throws where it could not begin. */
export async function runImport(
  installation: Reach,
  account: Account,
  args: readonly string[],
): Promise<ImportEnd> {
  const { report, code, files, stderr } = await startImport(installation, account, args).ended
  if (report === null) throw new Error(`The import ended with ${code} and no report: ${stderr}`)
  return { report, code, files }
}

interface Output {
  stdout: string
  stderr: string
}

function collect(child: ChildProcessWithoutNullStreams): Output {
  const output = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text))
  child.stdin.end()
  return output
}

type Line = ({ readonly event: 'file' } & SettledFile) | ({ readonly event: 'end' } & ImportReport)

/** The whole lines; what comes after the last line break is still being written. */
function linesIn(stdout: string): Line[] {
  const lines = stdout.split('\n').slice(0, -1)
  return lines.map((line) => JSON.parse(line) as Line) // as the command's help describes it
}

function settledIn(stdout: string): SettledFile[] {
  return linesIn(stdout).filter((line) => line.event === 'file')
}

function endOf(code: number | null, { stdout, stderr }: Output): AnyEnd {
  const last = linesIn(stdout).at(-1)
  return { code, report: last?.event === 'end' ? last : null, files: settledIn(stdout), stderr }
}
