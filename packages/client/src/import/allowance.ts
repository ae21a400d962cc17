interface Waiting {
  readonly amount: number
  grant(giveBack: () => void): void
  refuse(reason: unknown): void
}

/**
 * So many bytes, or places, that may be in use at once; who asks for more waits in line.
 * What is larger than the whole allowance is let in alone. After `signal` aborts, everybody who waits is refused.
 */
export class Allowance {
  readonly #total: number
  readonly #signal: AbortSignal
  readonly #line: Waiting[] = []
  #used = 0

  constructor(total: number, signal: AbortSignal) {
    this.#total = total
    this.#signal = signal
    signal.addEventListener('abort', () => this.#refuseAll(), { once: true })
  }

  /** Resolves when there is room, with the function that gives it back; calling that twice does no harm. */
  take(amount: number): Promise<() => void> {
    return new Promise((grant, refuse) => {
      if (this.#signal.aborted) return refuse(this.#signal.reason)
      this.#line.push({ amount: Math.min(amount, this.#total), grant, refuse })
      this.#admit()
    })
  }

  #admit(): void {
    for (
      let first = this.#line[0];
      first && this.#used + first.amount <= this.#total;
      first = this.#line[0]
    ) {
      this.#line.shift()
      this.#used += first.amount
      first.grant(this.#giveBackOnce(first.amount))
    }
  }

  #giveBackOnce(amount: number): () => void {
    let held = amount
    return () => {
      this.#used -= held
      held = 0
      this.#admit()
    }
  }

  #refuseAll(): void {
    for (const waiting of this.#line.splice(0)) waiting.refuse(this.#signal.reason)
  }
}
