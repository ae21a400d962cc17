const QUIET_MS = 1000
const RINGING_MS = 15_000

/** Wakes whoever waits when something has happened and it is quiet again, or when it goes on for long. */
export class Bell {
  #rung = Promise.withResolvers<void>()
  #firstMs: number | null = null
  #lastMs = 0

  ring(): void {
    this.#lastMs = performance.now()
    this.#firstMs ??= this.#lastMs
    this.#rung.resolve()
  }

  /** Resolves after so long at most. Does not begin to listen: what rang before counts. */
  async wait(longestMs: number, signal: AbortSignal): Promise<void> {
    await Promise.race([this.#rung.promise, pause(longestMs, signal)])
    while (this.#isRinging() && !signal.aborted) await pause(QUIET_MS / 4, signal)
    this.#firstMs = null
    this.#rung = Promise.withResolvers()
  }

  #isRinging(): boolean {
    const now = performance.now()
    return this.#firstMs !== null && now - this.#lastMs < QUIET_MS && now - this.#firstMs < RINGING_MS
  }
}

/** So long, or until `signal` aborts. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  await new Promise<void>((resolve) => {
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end)
  })
}
