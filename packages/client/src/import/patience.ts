import { ApiError, UnreachableError } from '../client.ts'

/** How long a server may be away where nobody says otherwise. */
export const GIVE_UP_AFTER_MS = 10 * 60_000

const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 15_000
/** Asking a server that does not answer costs nobody anything, and its return is noticed soon. */
const LONGEST_PAUSE_WITHOUT_ANSWER_MS = 2000
const LONGEST_ASKED_PAUSE_MS = 60_000
const PASSING_STATUSES = [429, 502, 503, 504]
const TRIES_PER_REQUEST = 6

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

/** Repeats requests to one server that is away or busy, with growing pauses, until it answers or is given up. */
export class Patience {
  readonly #options: PatienceOptions
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
    const request = { startedMs: Date.now(), tries: 0, announced: false }
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
      this.#lastAnswerMs = Date.now()
      return { value }
    } catch (error) {
      this.#options.signal.throwIfAborted()
      if (!isPassing(error)) throw error
      request.tries++
      this.#throwIfHopeless(error, request)
      this.#announceOnce(error, request)
      await sleep(pauseMs(error, request.tries), this.#options.signal)
      return null
    }
  }

  #throwIfHopeless(error: ApiError | UnreachableError, { startedMs, tries }: Request): void {
    const answersOthers = this.#lastAnswerMs > startedMs
    if (tries >= TRIES_PER_REQUEST && answersOthers && !isBusy(error)) throw new LostCauseError(error)
    const silentMs = Date.now() - Math.max(startedMs, this.#lastAnswerMs)
    if (silentMs > this.#options.giveUpAfterMs) throw error
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
  const longest = error instanceof UnreachableError ? LONGEST_PAUSE_WITHOUT_ANSWER_MS : LONGEST_PAUSE_MS
  const growing = Math.min(FIRST_PAUSE_MS * 2 ** (tries - 1), longest)
  const asked = error instanceof ApiError ? (error.retryAfter ?? 0) * 1000 : 0
  return Math.max(growing, Math.min(asked, LONGEST_ASKED_PAUSE_MS)) * (1 + Math.random() / 5)
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const wake = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', wake)
      if (signal.aborted) reject(signal.reason)
      else resolve()
    }
    const timer = setTimeout(wake, ms)
    signal.addEventListener('abort', wake)
  })
}
