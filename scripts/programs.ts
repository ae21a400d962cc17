import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { endWithParent, exitCodeOf, root } from './launch.mjs'

export interface Program {
  readonly name: string
  /** Its TypeScript entry point, relative to the checkout. */
  readonly entry: string
  /** Where it says that it is alive. */
  readonly health: string
  readonly env: NodeJS.ProcessEnv
}

export interface Ended {
  readonly name: string
  readonly code: number
}

const HEALTH_INTERVAL_MS = 50
const HEALTH_TIMEOUT_MS = 60_000
const STOP_TIMEOUT_MS = 10_000

/** Programs that live and end together. */
export class Programs {
  readonly #children: { readonly name: string; readonly process: ChildProcess }[] = []
  /** Settles when the first of them has ended, for whatever reason. */
  readonly firstEnd: Promise<Ended>

  constructor(programs: readonly Program[]) {
    for (const program of programs)
      this.#children.push({ name: program.name, process: startProgram(program) })
    this.firstEnd = Promise.race(this.#children.map(ended))
  }

  /** Asks all that still run to stop and waits for them; whether they did so by themselves, in time. */
  async stop(): Promise<boolean> {
    const running = this.#children.filter(isRunning)
    const ends = Promise.all(running.map(ended))
    for (const child of running) child.process.kill('SIGTERM')
    await Promise.race([ends, delay(STOP_TIMEOUT_MS, undefined, { ref: false })])
    const late = running.filter(isRunning)
    this.kill()
    await ends
    return late.length === 0
  }

  /** Ends all that still run, at once. */
  kill(): void {
    for (const child of this.#children.filter(isRunning)) child.process.kill('SIGKILL')
  }
}

/**
 * In a process group of its own, so that Ctrl-C in a terminal reaches it once, through the command that started it, and
 * not once more beside it.
 */
function startProgram({ entry, env }: Program): ChildProcess {
  return spawn(process.execPath, [...endWithParent, entry], {
    cwd: root,
    env,
    detached: true,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
}

function isRunning(child: { readonly process: ChildProcess }): boolean {
  return child.process.exitCode === null && child.process.signalCode === null
}

async function ended({ name, process: child }: { name: string; process: ChildProcess }): Promise<Ended> {
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null] // as `exit` is documented
  return { name, code: code ?? exitCodeOf(signal) }
}

/** Waits until every program answers. Throws when one does not within a minute. */
export async function waitUntilHealthy(programs: readonly Program[]): Promise<void> {
  await Promise.all(programs.map(untilHealthy))
}

async function untilHealthy({ name, health }: Program): Promise<void> {
  const deadline = Date.now() + HEALTH_TIMEOUT_MS
  while (!(await answers(health))) {
    if (Date.now() > deadline) throw new Error(`The ${name} does not answer at ${health}.`)
    await delay(HEALTH_INTERVAL_MS)
  }
}

async function answers(url: string): Promise<boolean> {
  // Refused connections are what a program that has yet to listen looks like.
  return fetch(url, { signal: AbortSignal.timeout(2000) }).then(
    (reply) => reply.ok,
    () => false,
  )
}
