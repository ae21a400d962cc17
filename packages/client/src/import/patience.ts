import { ApiError, UnreachableError } from '../client.ts'

/** How long a server may be away where nobody says otherwise. */
export const GIVE_UP_AFTER_MS = 10 * 60_000

const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 15_000
/** While a server is away one request asks again this often, and wakes the others when it has an answer. */
const LONGEST_WATCH_MS = 1500
const LONGEST_ASKED_PAUSE_MS = 60_000
const PASSING_STATUSES = [429, 502, 503, 504]
/** How often a request fails, with answers to others in between, before it is given up. */
const FAILURES_BESIDE_ANSWERS = 6

export interface PatienceOptions {
  /** How long the server may give no answer to anything before its error is thrown. */
  readonly giveUpAfterMs: number
  /** Ends every wait with its reason. */
  readonly signal: AbortSignal
  /** Why requests are waiting; null when none is. */
  onWaiting(reason: string | null): void
}

/** One request fails again and again at a server that meanwhile answers others: it is the request, not the server. */
export class LostCauseError extends Error {
  constructor(cause: unknown) {
    super('The server broke off on this again and again', { cause })
    this.name = 'LostCauseError'
  }
}

/** By a clock that nobody sets, and that stands still while the machine sleeps. */
const nowMs = () => performance.now()

/** Repeats requests to one server that is away or busy, with growing pauses, until it answers or is given up. */
export class Patience {
  readonly #options: PatienceOptions
  readonly #sleepers = new Set<() => void>()
  #hasWatch = false
  #answers = 0
  #lastAnswerMs = 0
  #waiting = 0

  constructor(options: PatienceOptions) {
    this.#options = options
  }

  /**
   * The answer of `ask`, however often it has to be asked. Throws what `ask` throws when asking again will not help,
   * its last error when the server is given up, and `LostCauseError` when only this request fails.
   */
  async answerTo<T>(ask: () => Promise<T>): Promise<T> {
    const request = {
      startedMs: nowMs(),
      tries: 0,
      answersBefore: this.#answers,
      failuresBesideAnswers: 0,
      announced: false,
    }
    try {
      for (;;) {
        const answer = await this.#try(ask, request)
        if (answer) return answer.value
      }
    } finally {
      if (request.announced) this.#announce(-1, null)
    }
  }

  /** The answer; or null after the pause that a failure asks for. */
  async #try<T>(ask: () => Promise<T>, request: Request): Promise<{ value: T } | null> {
    try {
      const value = await ask()
      this.#noteAnswer()
      return { value }
    } catch (error) {
      this.#options.signal.throwIfAborted()
      if (!isPassing(error)) {
        if (error instanceof ApiError) this.#noteAnswer()
        throw error
      }
      request.tries++
      this.#throwIfHopeless(error, request)
      this.#announceOnce(error, request)
      await this.#pause(error, request.tries)
      return null
    }
  }

  #noteAnswer(): void {
    this.#answers++
    this.#lastAnswerMs = nowMs()
    this.#wakeAll()
  }

  #wakeAll(): void {
    for (const wake of [...this.#sleepers]) wake()
  }

  /** A failure counts against a request only when the server answered another one since the last. */
  #throwIfHopeless(error: ApiError | UnreachableError, request: Request): void {
    if (this.#answers > request.answersBefore && !isBusy(error)) request.failuresBesideAnswers++
    request.answersBefore = this.#answers
    if (request.failuresBesideAnswers >= FAILURES_BESIDE_ANSWERS) throw new LostCauseError(error)
    const silentMs = nowMs() - Math.max(request.startedMs, this.#lastAnswerMs)
    if (silentMs > this.#options.giveUpAfterMs) throw error
  }

  /** One of those who wait for a server that is away looks after it often; the others sleep until it answers. */
  async #pause(error: ApiError | UnreachableError, tries: number): Promise<void> {
    const { signal } = this.#options
    const longMs = pauseMs(error, tries)
    if (isBusy(error)) {
      // It is there again, whatever it says.
      this.#wakeAll()
      return sleep(longMs, signal)
    }
    const shortMs = Math.max(retryAfterMs(error), Math.min(longMs, LONGEST_WATCH_MS))
    if (!this.#hasWatch) return this.#watch(shortMs)
    const startedMs = nowMs()
    await sleep(longMs, signal, this.#sleepers)
    // One that fails whatever the server does is not hurried by the answers to others.
    await sleep(shortMs - (nowMs() - startedMs), signal)
  }

  async #watch(ms: number): Promise<void> {
    this.#hasWatch = true
    try {
      await sleep(ms, this.#options.signal)
    } finally {
      this.#hasWatch = false
    }
  }

  /** A server that is merely busy says so to whoever keeps it so: once is not worth a word. */
  #announceOnce(error: ApiError | UnreachableError, request: Request): void {
    if (request.announced || (isBusy(error) && request.tries === 1)) return
    request.announced = true
    this.#announce(1, error.message)
  }

  #announce(change: 1 | -1, reason: string | null): void {
    this.#waiting += change
    if (reason !== null || this.#waiting === 0) this.#options.onWaiting(reason)
  }
}

interface Request {
  readonly startedMs: number
  tries: number
  /** Answers to any request when this one last failed, or began. */
  answersBefore: number
  failuresBesideAnswers: number
  announced: boolean
}

function isPassing(error: unknown): error is ApiError | UnreachableError {
  return (
    error instanceof UnreachableError ||
    (error instanceof ApiError && PASSING_STATUSES.includes(error.status))
  )
}

function isBusy(error: unknown): boolean {
  return error instanceof ApiError && (error.code === 'busy' || error.status === 429)
}

/** At least what the server asks for, and never the same for everybody who waits. */
function pauseMs(error: ApiError | UnreachableError, tries: number): number {
  const growing = Math.min(FIRST_PAUSE_MS * 2 ** (tries - 1), LONGEST_PAUSE_MS)
  return Math.max(growing, retryAfterMs(error)) * (1 + Math.random() / 5)
}

function retryAfterMs(error: ApiError | UnreachableError): number {
  const asked = error instanceof ApiError ? (error.retryAfter ?? 0) * 1000 : 0
  return Math.min(asked, LONGEST_ASKED_PAUSE_MS)
}

/** Waits so long, or until it is woken through `sleepers`. */
function sleep(ms: number, signal: AbortSignal, sleepers?: Set<() => void>): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const wake = () => {
      clearTimeout(timer)
      sleepers?.delete(wake)
      signal.removeEventListener('abort', wake)
      if (signal.aborted) reject(signal.reason)
      else resolve()
    }
    const timer = setTimeout(wake, Math.max(0, ms))
    sleepers?.add(wake)
    signal.addEventListener('abort', wake)
  })
}
