import { once } from 'node:events'
import { createServer } from 'node:net'
import { resolve } from 'node:path'
import { root } from './launch.mjs'
import { type Program, Programs, waitUntilHealthy } from './programs.ts'
import { buildWebIfChanged } from './web-build.ts'

interface Place {
  readonly host: string
  readonly port: number
  readonly setting: string
}

/** Runs core and the backend until one of them ends or a signal comes, and ends the process with 0 only for the latter. */
export async function serve(): Promise<void> {
  const core = { host: '127.0.0.1', port: portOf('IMALINK_CORE_PORT', 8001), setting: 'IMALINK_CORE_PORT' }
  const backend = {
    host: setting('IMALINK_HOST') ?? '127.0.0.1',
    port: portOf('IMALINK_PORT', 8000),
    setting: 'IMALINK_PORT',
  }
  try {
    await buildWebIfChanged(root)
    await refuseTakenPort(core)
    await refuseTakenPort(backend)
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exit(1)
  }
  process.exit(await runPrograms(core, backend))
}

/** Settings that are set to nothing are not set. */
function setting(name: string): string | undefined {
  const value = process.env[name]
  return value === '' ? undefined : value
}

/** What is no port at all, the program that listens on it refuses with its own sentence. */
function portOf(name: string, otherwise: number): number {
  return Number(setting(name) ?? otherwise)
}

/** Asked before anything starts: another ImaLink on the port would answer for the one that is starting. */
async function refuseTakenPort({ host, port, setting: name }: Place): Promise<void> {
  const probe = createServer()
  try {
    await once(probe.listen(port, host), 'listening')
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) return
    throw new Error(`Port ${port} is in use by another program (another ImaLink?); stop it or set ${name}.`, {
      cause: error,
    })
  } finally {
    probe.close()
  }
}

async function runPrograms(core: Place, backend: Place): Promise<number> {
  const env = { ...process.env, IMALINK_LOG_LEVEL: setting('IMALINK_LOG_LEVEL') ?? 'warn' }
  const list: Program[] = [
    {
      name: 'core',
      entry: 'packages/core/src/main.ts',
      health: `${addressOf(core)}/health`,
      // Whoever opens the backend to the network has not opened core, which serves this machine's programs.
      env: { ...env, IMALINK_HOST: core.host },
    },
    { name: 'backend', entry: 'packages/backend/src/main.ts', health: `${addressOf(backend)}/health`, env },
  ]
  const programs = new Programs(list)
  const outcome = Promise.race([programs.firstEnd, signalled(programs)])
  const isReady = await Promise.race([untilReady(list), outcome.then(() => false)])
  if (isReady) announce(backend)
  const first = await outcome
  const stoppedInTime = await programs.stop()
  if (first === 'signal') return stoppedInTime ? 0 : 1
  // One that never was ready has given its own reason.
  if (isReady) process.stderr.write(`ImaLink stops because its ${first.name} has ended.\n`)
  return first.code || 1
}

/** Whether all programs answer; one that stays silent for good leaves a sentence, and the rest to the user. */
async function untilReady(list: readonly Program[]): Promise<boolean> {
  try {
    await waitUntilHealthy(list)
    return true
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)} Ctrl-C stops ImaLink.\n`)
    return false
  }
}

/** Settles at the first request to stop; one that comes a second later no longer waits for work in flight. */
function signalled(programs: Programs): Promise<'signal'> {
  const { promise, resolve: settle } = Promise.withResolvers<'signal'>()
  let firstAt = Infinity
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      // npm passes on the Ctrl-C that the terminal has already sent here.
      if (Date.now() - firstAt > 1000) programs.kill()
      firstAt = Math.min(firstAt, Date.now())
      settle('signal')
    })
  }
  return promise
}

function announce(backend: Place): void {
  const database = setting('DATABASE_URL')?.startsWith('postgres') ? ' and in PostgreSQL (DATABASE_URL)' : ''
  process.stdout.write(`
ImaLink is ready.
  Open  ${addressOf(backend).replace('127.0.0.1', 'localhost')}
  Data  ${resolve(root, setting('IMALINK_DATA') ?? 'data')}${database}
  Stop  Ctrl-C
`)
}

function addressOf({ host, port }: Place): string {
  const reachable = ['0.0.0.0', '::'].includes(host) ? '127.0.0.1' : host
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`
}
