import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

const packages = resolve(import.meta.dirname, '../../packages')
const ANSWERS_WITHIN_MS = 30_000
const KEPT_OUTPUT = 4000

/** One of our servers as a process of its own, at an address that survives a restart. */
export class ServerProgram {
  readonly address: string
  readonly #entry: string
  readonly #env: NodeJS.ProcessEnv
  #process: ChildProcess | null = null
  #output = ''

  constructor(name: 'backend' | 'core', port: number, env: NodeJS.ProcessEnv) {
    this.address = `http://127.0.0.1:${port}`
    this.#entry = join(packages, name, 'src/main.ts')
    this.#env = { PATH: process.env.PATH, IMALINK_LOG_LEVEL: 'warn', ...env }
  }

  get pid(): number {
    const pid = this.#process?.pid
    if (pid === undefined) throw new Error(`${this.#entry} does not run`)
    return pid
  }

  /** The last that it printed, for the message of a failed test. */
  get output(): string {
    return this.#output
  }

  async start(): Promise<void> {
    const started = spawn(process.execPath, [this.#entry], {
      env: this.#env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#process = started
    for (const stream of [started.stdout, started.stderr]) {
      stream.on(
        'data',
        (chunk: Buffer) => (this.#output = (this.#output + chunk.toString()).slice(-KEPT_OUTPUT)),
      )
    }
    await until(
      async () => {
        if (!isRunning(started)) throw new Error(`${this.#entry} has ended: ${this.#output}`)
        return answers(`${this.address}/health`)
      },
      { what: `${this.#entry} answers`, withinMs: ANSWERS_WITHIN_MS, everyMs: 20 },
    )
  }

  /** Sends the signal and waits for the end; answers the exit code, null where the signal ended it. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<number | null> {
    const running = this.#process
    this.#process = null
    if (!running || !isRunning(running)) return running?.exitCode ?? null
    const ended = once(running, 'close')
    running.kill(signal)
    await ended
    return running.exitCode
  }

  /** Stops the process in its tracks, as a machine under load does, or lets it go on. */
  freeze(): void {
    process.kill(this.pid, 'SIGSTOP')
  }

  thaw(): void {
    process.kill(this.pid, 'SIGCONT')
  }

  /** Memory that it holds now, in bytes. */
  residentBytes(): number {
    return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(this.pid)], { encoding: 'utf8' })) * 1024
  }
}

function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null
}

async function answers(url: string): Promise<boolean> {
  // Refused connections are what a program that has yet to listen looks like.
  return fetch(url, { signal: AbortSignal.timeout(2000) }).then(
    (reply) => reply.ok,
    () => false,
  )
}

/** Waits until the condition holds, looking again and again; throws when it does not in time. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  { what, withinMs = 20_000, everyMs = 25 }: { what: string; withinMs?: number; everyMs?: number },
): Promise<void> {
  const deadline = Date.now() + withinMs
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`Not within ${withinMs} ms: ${what}`)
    await delay(everyMs)
  }
}

/** Systems give ports from 32768 on to whoever asks for any, and to every connection that goes out. */
const OWN_PORTS = { from: 15_000, to: 32_000 }

/**
 * A port that nobody listens on: one that the system gives to nobody of itself, lest another test's server has it by the time that
 * ours begins to listen, and answers in its place.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(OWN_PORTS.from, OWN_PORTS.to)
    const server = createServer().listen(port, '127.0.0.1')
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    )
    if (!isFree) continue
    server.close()
    await once(server, 'close')
    return port
  }
}
