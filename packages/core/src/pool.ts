import type { FastifyBaseLogger } from 'fastify'
import { type Answer, ImageWorker, type JobLimits, WorkerGone } from './image-worker.ts'
import { Refusal } from './refusal.ts'
import type { Job } from './worker-protocol.ts'

export interface PoolOptions extends JobLimits {
  readonly workers: number
  /** A worker that holds more than this after a job is replaced: decoders keep what one huge image made them take. */
  readonly retireAboveBytes: number
  readonly environment: Readonly<Record<string, string | undefined>>
}

interface Task {
  readonly job: Job
  readonly chunks: readonly Buffer[]
  resolve(body: Buffer): void
  reject(error: unknown): void
}

const START_TIMEOUT_MS = 60_000
const START_ATTEMPTS = 3
const ATTEMPTS = 2

/** Image workers, one job each at a time; whoever comes while all are busy waits in order. */
export class ImagePool {
  readonly #options: PoolOptions
  readonly #log: FastifyBaseLogger
  readonly #idle: ImageWorker[] = []
  readonly #alive = new Set<ImageWorker>()
  readonly #queue: Task[] = []
  #busy = 0
  #isClosed = false

  constructor(options: PoolOptions, log: FastifyBaseLogger) {
    this.#options = options
    this.#log = log
  }

  /** Starts every worker, so that the first image finds them warm. Throws where they can't be started at all. */
  async start(): Promise<void> {
    const workers = Array.from({ length: this.#options.workers }, () => this.#hire())
    this.#idle.push(...(await Promise.all(workers)))
  }

  get busy(): number {
    return this.#busy
  }

  get waiting(): number {
    return this.#queue.length
  }

  get workerPids(): number[] {
    return [...this.#alive].flatMap(({ pid }) => pid ?? [])
  }

  /**
   * Has a job done and answers the body of its result. Throws `Refusal`: the worker's own, `processing_timeout` over
   * the time limit, `image_too_large` over the memory limit, `corrupt_image` where the file crashes its worker twice
   * (once may be the machine's fault).
   */
  run(job: Job, chunks: readonly Buffer[], signal: AbortSignal): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const task = { job, chunks, resolve, reject }
      this.#queue.push(task)
      signal.addEventListener('abort', () => this.#forget(task), { once: true })
      this.#next()
    })
  }

  close(): void {
    this.#isClosed = true
    for (const worker of this.#alive) worker.kill()
    for (const task of this.#queue.splice(0)) task.reject(shuttingDown())
  }

  /** A caller that has hung up before its turn costs nothing. */
  #forget(task: Task): void {
    const place = this.#queue.indexOf(task)
    if (place < 0) return
    this.#queue.splice(place, 1)
    task.reject(new Refusal('malformed_request', 'The caller has hung up.'))
  }

  #next(): void {
    while (this.#busy < this.#options.workers) {
      const task = this.#queue.shift()
      if (!task) return
      this.#busy++
      void this.#attempt(task)
        .then(task.resolve, task.reject)
        .finally(() => {
          this.#busy--
          this.#next()
        })
    }
  }

  async #attempt({ job, chunks }: Task): Promise<Buffer> {
    for (let attempt = 1; ; attempt++) {
      const worker = this.#takeIdle() ?? (await this.#hire())
      try {
        return this.#read(worker, await worker.run(job, chunks))
      } catch (error) {
        if (!(error instanceof WorkerGone)) throw error
        this.#log.warn({ reason: error.reason, detail: error.message }, 'image worker lost')
        if (error.reason === 'timeout') throw overTime(this.#options)
        if (error.reason === 'memory') throw overMemory(this.#options)
        if (this.#isClosed) throw shuttingDown()
        if (attempt === ATTEMPTS) throw crashed(error)
      }
    }
  }

  #read(worker: ImageWorker, { result, body }: Answer): Buffer {
    if (result.residentBytes > this.#options.retireAboveBytes) worker.kill()
    else this.#idle.push(worker)
    if (result.ok) return body
    if (result.code !== null) throw new Refusal(result.code, result.sentence)
    throw new Error('The image worker failed', { cause: result.stack })
  }

  #takeIdle(): ImageWorker | null {
    for (let worker = this.#idle.pop(); worker; worker = this.#idle.pop()) {
      if (worker.isAlive) return worker
    }
    return null
  }

  /** A worker that is killed while it starts says nothing about a file: another one is started in its place. */
  async #hire(): Promise<ImageWorker> {
    for (let attempt = 1; ; attempt++) {
      const worker = new ImageWorker(this.#options, this.#options.environment, () =>
        this.#alive.delete(worker),
      )
      this.#alive.add(worker)
      try {
        return await worker.start(START_TIMEOUT_MS)
      } catch (cause) {
        if (this.#isClosed || attempt === START_ATTEMPTS)
          throw new Error('An image worker cannot be started', { cause })
      }
    }
  }
}

function overTime({ timeoutMs }: JobLimits): Refusal {
  return new Refusal('processing_timeout', `The image took longer than ${timeoutMs / 1000} seconds.`)
}

/** Not `corrupt_image`: the file may be whole. What is over a limit of the server is 413 everywhere. */
function overMemory({ memoryBytes }: JobLimits): Refusal {
  const mebibytes = Math.floor(memoryBytes / (1024 * 1024))
  return new Refusal('image_too_large', `The image takes more than ${mebibytes} MiB of memory to decode.`)
}

function shuttingDown(): Refusal {
  return new Refusal('busy', 'The server is shutting down.')
}

function crashed(cause: WorkerGone): Refusal {
  return new Refusal('corrupt_image', 'The image makes its decoder crash.', { cause })
}
