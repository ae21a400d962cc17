import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

const entry = resolve(import.meta.dirname, '../src/main.mjs')

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
    const started = spawn(process.execPath, [entry, ...args], {
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
