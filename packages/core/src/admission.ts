import { Refusal } from './refusal.ts'

interface Waiting {
  readonly bytes: number
  admit(release: () => void): void
}

/**
 * The bounded queue at the door. A request reserves memory for its body before a byte of it is read, so however many
 * uploads wait, what they hold is bounded: the others stay in their sockets. So that RAW files keep every worker busy,
 * there is as much room for each worker while fewer are inside than there are workers. One larger than all of it goes in
 * alone.
 */
export class Admission {
  readonly #workers: number
  readonly #maxBytes: number
  readonly #maxRequests: number
  readonly #waiting: Waiting[] = []
  #heldBytes = 0
  #inside = 0

  constructor(limits: { readonly workers: number; readonly maxBytes: number; readonly maxRequests: number }) {
    this.#workers = limits.workers
    this.#maxBytes = limits.maxBytes
    this.#maxRequests = limits.maxRequests
  }

  get inside(): number {
    return this.#inside
  }

  get waiting(): number {
    return this.#waiting.length
  }

  /** Answers what gives the place back. Throws `busy` at once when too many are waiting already. */
  enter(bytes: number, signal: AbortSignal): Promise<() => void> {
    if (this.#inside + this.#waiting.length >= this.#maxRequests) {
      throw new Refusal('busy', 'Too many images are waiting; try again in a moment.')
    }
    return new Promise((resolve, reject) => {
      const entry = { bytes, admit: resolve }
      this.#waiting.push(entry)
      signal.addEventListener('abort', () => {
        const place = this.#waiting.indexOf(entry)
        if (place < 0) return
        this.#waiting.splice(place, 1)
        reject(new Refusal('malformed_request', 'The caller has hung up.'))
      })
      this.#next()
    })
  }

  /** More memory for a body that did not say its size; false where there is none left. */
  grow(bytes: number): boolean {
    if (this.#inside > 1 && this.#heldBytes + bytes > this.#roomFor(this.#inside)) return false
    this.#heldBytes += bytes
    return true
  }

  shrink(bytes: number): void {
    this.#heldBytes -= bytes
    this.#next()
  }

  #next(): void {
    for (let first = this.#waiting[0]; first; first = this.#waiting[0]) {
      if (this.#inside > 0 && this.#heldBytes + first.bytes > this.#roomFor(this.#inside + 1)) return
      this.#waiting.shift()
      this.#admit(first)
    }
  }

  #roomFor(requests: number): number {
    return requests <= this.#workers ? this.#workers * this.#maxBytes : this.#maxBytes
  }

  #admit({ bytes, admit }: Waiting): void {
    this.#inside++
    this.#heldBytes += bytes
    let isReleased = false
    admit(() => {
      if (isReleased) return
      isReleased = true
      this.#inside--
      this.shrink(bytes)
    })
  }
}
