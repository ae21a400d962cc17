import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { OVER_MEMORY_EXIT_CODE, watchMemory, watchesItself } from './worker-memory.ts'
import { type Job, JOB_FD, LENGTHS_BYTES, RESULT_FD, type Result, frameHead } from './worker-protocol.ts'

/** What a worker may take for one image; beyond it, it is killed. */
export interface JobLimits {
  readonly timeoutMs: number
  readonly memoryBytes: number
}

export interface Answer {
  readonly result: Result
  readonly body: Buffer
}

type Reason = 'crashed' | 'timeout' | 'memory'

/** The process is gone: it crashed, was killed from outside, or was ended for taking more time or memory than it may. */
export class WorkerGone extends Error {
  readonly reason: Reason

  constructor(reason: Reason, sentence: string) {
    super(sentence)
    this.name = 'WorkerGone'
    this.reason = reason
  }
}

interface Waiting {
  resolve(answer: Answer): void
  reject(error: WorkerGone): void
}

const STDERR_TAIL_CHARACTERS = 1000
const workerFile = fileURLToPath(new URL('./worker.ts', import.meta.url))

/**
 * One image worker, a process of its own: a decoder that hangs can be killed, one that crashes takes nothing along.
 * Bytes go through pipes as they are: 8 MB cost 2 ms here and 6 in both processes, through Node's own messages 10 and 14.
 */
export class ImageWorker {
  readonly #process: ChildProcess
  readonly #jobs: Writable
  readonly #limits: JobLimits
  #waiting: Waiting | null = null
  #stderr = ''
  #reason: Reason = 'crashed'

  /** `onEnd` is called once, when the process is gone. */
  constructor(
    limits: JobLimits,
    environment: Readonly<Record<string, string | undefined>>,
    onEnd: () => void,
  ) {
    this.#limits = limits
    const ownLimit = watchesItself ? [String(limits.memoryBytes)] : []
    this.#process = spawn(process.execPath, [workerFile, ...ownLimit], {
      stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
      env: environment,
    })
    // The list of pipes above has these two.
    this.#jobs = this.#process.stdio[JOB_FD] as Writable
    readFrames(this.#process.stdio[RESULT_FD] as Readable, (answer) => this.#settle(answer))
    // A worker that is gone is noticed by its end; writing to it just fails.
    this.#jobs.on('error', () => {})
    this.#process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-STDERR_TAIL_CHARACTERS)
    })
    this.#process.once('error', (error) => this.#lose(error.message))
    this.#process.once('close', (code, signal) => {
      if (code === OVER_MEMORY_EXIT_CODE) this.#reason = 'memory'
      this.#lose(`ended with ${signal ?? code}. ${this.#stderr}`)
    })
    this.#process.once('close', onEnd)
  }

  /** Null once the process has failed to start. */
  get pid(): number | null {
    return this.#process.pid ?? null
  }

  get isAlive(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null && this.pid !== null
  }

  /** Waits for the word that everything is loaded. Throws `WorkerGone`. */
  async start(timeoutMs: number): Promise<this> {
    await this.#nextAnswer(timeoutMs)
    return this
  }

  /** Has one job done; there is never more than one at a time. Throws `WorkerGone`. */
  run(job: Job, chunks: readonly Buffer[]): Promise<Answer> {
    const answer = this.#nextAnswer(this.#limits.timeoutMs)
    const bodyBytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0)
    this.#jobs.cork()
    this.#jobs.write(frameHead(job, bodyBytes))
    for (const chunk of chunks) this.#jobs.write(chunk)
    this.#jobs.uncork()
    return answer
  }

  kill(): void {
    this.#process.kill('SIGKILL')
  }

  async #nextAnswer(timeoutMs: number): Promise<Answer> {
    if (!this.isAlive) throw new WorkerGone('crashed', `The image worker is gone: ${this.#stderr}`)
    const timer = setTimeout(() => this.#end('timeout'), timeoutMs)
    const unwatch = watchMemory(this.pid ?? 0, this.#limits.memoryBytes, () => this.#end('memory'))
    try {
      return await new Promise<Answer>((resolve, reject) => (this.#waiting = { resolve, reject }))
    } finally {
      clearTimeout(timer)
      unwatch()
    }
  }

  #end(reason: Reason): void {
    this.#reason = reason
    this.kill()
  }

  #settle(answer: Answer): void {
    this.#waiting?.resolve(answer)
    this.#waiting = null
  }

  #lose(how: string): void {
    this.#waiting?.reject(new WorkerGone(this.#reason, `The image worker ${how}`))
    this.#waiting = null
  }
}

/** Cuts a stream of frames; see worker-protocol.ts. */
function readFrames(stream: Readable, onFrame: (answer: Answer) => void): void {
  let held: Buffer = Buffer.alloc(0)
  const pieces: Buffer[] = []
  let missing = 0
  stream.on('data', (chunk: Buffer) => {
    pieces.push(chunk)
    missing -= chunk.length
    if (missing > 0) return
    held = Buffer.concat([held, ...pieces.splice(0)])
    while (held.length >= LENGTHS_BYTES) {
      const headBytes = held.readUInt32LE(0)
      const frameBytes = LENGTHS_BYTES + headBytes + held.readUInt32LE(4)
      missing = frameBytes - held.length
      if (missing > 0) return
      const head = held.toString('utf8', LENGTHS_BYTES, LENGTHS_BYTES + headBytes)
      // The frame was written by the worker that this process started.
      onFrame({
        result: JSON.parse(head) as Result,
        body: held.subarray(LENGTHS_BYTES + headBytes, frameBytes),
      })
      held = held.subarray(frameBytes)
    }
    missing = 0
  })
}
