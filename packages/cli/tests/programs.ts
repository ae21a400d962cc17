import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

const packages = resolve(import.meta.dirname, '../..')
const ANSWERS_WITHIN_MS = 20_000

/** One of our servers as a process of its own, at an address that survives a restart. */
export class ServerProgram {
  readonly address: string
  readonly #entry: string
  readonly #env: NodeJS.ProcessEnv
  #process: ChildProcess | null = null

  constructor(name: 'backend' | 'core', port: number, env: NodeJS.ProcessEnv) {
    this.address = `http://127.0.0.1:${port}`
    this.#entry = join(packages, name, 'src', 'main.ts')
    this.#env = { PATH: process.env.PATH, IMALINK_LOG_LEVEL: 'fatal', ...env }
  }

  async start(): Promise<void> {
    const started = spawn(process.execPath, [this.#entry], {
      env: this.#env,
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    this.#process = started
    const deadline = Date.now() + ANSWERS_WITHIN_MS
    while (!(await this.#answers())) {
      if (started.exitCode !== null) throw new Error(`${this.#entry} ended with ${started.exitCode}`)
      if (Date.now() > deadline) throw new Error(`${this.#entry} does not answer`)
      await delay(50)
    }
  }

  async #answers(): Promise<boolean> {
    return fetch(`${this.address}/health`).then(
      (response) => response.ok,
      () => false,
    )
  }

  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const running = this.#process
    this.#process = null
    if (!running || running.exitCode !== null || running.signalCode !== null) return
    const ended = once(running, 'exit')
    running.kill(signal)
    await ended
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('The test got no port')
  return address.port
}

export interface CommandEnd {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** The command line as a process of its own. */
export class CommandLine {
  readonly ended: Promise<CommandEnd>
  readonly #process: ChildProcess
  #stdout = ''
  #stderr = ''

  constructor(args: readonly string[], options: { env: NodeJS.ProcessEnv; cwd: string; input: string }) {
    const started = spawn(process.execPath, [join(packages, 'cli', 'src', 'main.ts'), ...args], {
      env: { PATH: process.env.PATH, ...options.env },
      cwd: options.cwd,
    })
    this.#process = started
    started.stdout.setEncoding('utf8').on('data', (text: string) => (this.#stdout += text))
    started.stderr.setEncoding('utf8').on('data', (text: string) => (this.#stderr += text))
    started.stdin.end(options.input)
    this.ended = once(started, 'close').then(() => ({
      code: started.exitCode,
      stdout: this.#stdout,
      stderr: this.#stderr,
    }))
  }

  kill(signal: 'SIGINT' | 'SIGKILL'): void {
    this.#process.kill(signal)
  }

  /** Waits until it has written what matches, on either output; throws where it ends before that. */
  async wrote(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.#stdout + this.#stderr)) {
      if (this.#process.exitCode !== null)
        throw new Error(`It ended without ${pattern.source}: ${this.#stderr}`)
      await delay(50)
    }
  }

  /** Waits until it has written so many lines, or has ended. */
  async wroteLines(count: number): Promise<void> {
    while (this.#stdout.split('\n').length <= count && this.#process.exitCode === null) await delay(5)
  }
}
