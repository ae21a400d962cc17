import { type Look, type Status, isStatus } from './look.ts'

/** What has become of a name so far. One that is gone or cannot be looked at is left to the scan, to say so itself. */
const [FREE, TAKEN, TOLD, LEFT] = [0, 1, 2, 3]

const FIELDS = 5
const BYTES_EACH = FIELDS * BigInt64Array.BYTES_PER_ELEMENT + Int32Array.BYTES_PER_ELEMENT

/**
 * Looks at the names of one folder, in memory that two threads share: a scan, which begins at the first name, and its
 * lookout, which begins at the last. Each name is looked at by whoever comes to it first.
 */
export class SharedLooks {
  readonly memory: SharedArrayBuffer
  readonly #fields: BigInt64Array
  /** One for each name; at the end, whether the lookout has gone on to others. */
  readonly #states: Int32Array

  /** New ones of so many names, or those that another thread has made. */
  constructor(of: number | SharedArrayBuffer) {
    this.memory =
      typeof of === 'number' ? new SharedArrayBuffer(of * BYTES_EACH + Int32Array.BYTES_PER_ELEMENT) : of
    const count = Math.floor(this.memory.byteLength / BYTES_EACH)
    this.#fields = new BigInt64Array(this.memory, 0, count * FIELDS)
    this.#states = new Int32Array(this.memory, this.#fields.byteLength)
  }

  /** Whether the name is nobody's yet; from then on it is the caller's. */
  take(index: number): boolean {
    return Atomics.compareExchange(this.#states, index, FREE, TAKEN) === FREE
  }

  /** For the lookout: what it saw of a name that it took. */
  tell(index: number, look: Look): void {
    const isTold = isStatus(look) && fits(look.mtimeNs)
    if (isTold) {
      const { mode, dev, size, mtimeNs, ctimeMs } = look
      this.#fields.set([mode, dev, size, mtimeNs, ctimeMs], index * FIELDS)
    }
    Atomics.store(this.#states, index, isTold ? TOLD : LEFT)
    Atomics.notify(this.#states, index)
  }

  /** For the scan: what the lookout saw of a name, as soon as it has; null where the scan is to look itself. */
  told(index: number): Status | null {
    if (this.take(index)) return null
    Atomics.wait(this.#states, index, TAKEN)
    if (Atomics.load(this.#states, index) === LEFT) return null
    const field = (number: number) => this.#fields[index * FIELDS + number] ?? 0n
    return { mode: field(0), dev: field(1), size: field(2), mtimeNs: field(3), ctimeMs: field(4) }
  }

  /** For the lookout: it looks at no more of these. */
  leave(): void {
    Atomics.store(this.#states, this.#states.length - 1, 1)
  }

  /** Whether the lookout may still look at some of these. */
  get isWatched(): boolean {
    return Atomics.load(this.#states, this.#states.length - 1) === 0
  }
}

/** Some disks hold times that take more than 64 bits. */
function fits(nanoseconds: bigint): boolean {
  return BigInt.asIntN(64, nanoseconds) === nanoseconds
}
