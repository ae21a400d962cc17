export interface RefusedFile {
  readonly path: string
  readonly code: string
  readonly detail: string
  /** Refused by an earlier import, and not tried again. */
  readonly before?: true
}

/** So many files are named at the end of an import; of the others there are the numbers, and `--json-lines` names all. */
export const NAMED = 1000

/** The files that an import refused, in memory that does not grow with their number. */
export class Refusals {
  readonly #now: RefusedFile[] = []
  readonly #before: RefusedFile[] = []
  readonly #byCode = new Map<string, number>()

  add(file: RefusedFile): void {
    this.#byCode.set(file.code, (this.#byCode.get(file.code) ?? 0) + 1)
    const named = file.before ? this.#before : this.#now
    if (named.length < NAMED) named.push(file)
  }

  /** The first ones, those of this import first. */
  get named(): readonly RefusedFile[] {
    return [...this.#now, ...this.#before].slice(0, NAMED)
  }

  /** How many there are, by code. */
  get byCode(): ReadonlyMap<string, number> {
    return this.#byCode
  }
}
