const WRITE_EVERY_MS = 1000

export interface Settled {
  readonly files: number
  /** How many there are in all, null while that is not known. */
  readonly total: number | null
}

/** How many files of a run are settled, written down now and then where it has changed. */
export class FolderProgress {
  readonly #write: (settled: Settled) => Promise<void>
  readonly #timer: NodeJS.Timeout
  #settled: Settled = { files: 0, total: null }
  #written = this.#settled
  #writing: Promise<void> = Promise.resolve()

  /** What `write` throws is thrown by `end`. */
  constructor(write: (settled: Settled) => Promise<void>) {
    this.#write = write
    this.#timer = setInterval(() => this.#writeLater(), WRITE_EVERY_MS)
  }

  get files(): number {
    return this.#settled.files
  }

  add(files: number): void {
    if (files > 0) this.#settled = { ...this.#settled, files: this.files + files }
  }

  expect(total: number): void {
    this.#settled = { ...this.#settled, total }
  }

  /** Writes the last number. */
  async end(): Promise<void> {
    clearInterval(this.#timer)
    await this.#writing
    await this.#writeDown()
  }

  #writeLater(): void {
    // A number that could not be written is written with the next one, or at the end.
    this.#writing = this.#writing.then(() => this.#writeDown()).catch(() => undefined)
  }

  async #writeDown(): Promise<void> {
    const settled = this.#settled
    if (settled === this.#written) return
    await this.#write(settled)
    this.#written = settled
  }
}
