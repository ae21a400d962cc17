import { type ImportCounts, nothingCounted } from '@imalink/client'
import { count, duration, printable } from './printable.ts'

const REDRAW_MS = 200
const PLAIN_LINE_MS = 10_000
const USUAL_WIDTH = 80
const RATE_WINDOW_MS = 20_000

interface Terminal {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

/** What an import looks like at one moment. */
export interface Snapshot {
  readonly counts: ImportCounts
  /** Files there are, null while they are being counted. */
  readonly total: number | null
  /** Files a second of late, null before there is a figure. */
  readonly rate: number | null
  readonly waiting: string | null
}

/** One line that tells all. */
export function progressLine({ counts, total, rate, waiting }: Snapshot): string {
  const all = total === null ? `${count(counts.found)}+` : count(Math.max(total, counts.done))
  const left = total === null || !rate ? null : Math.max(total - counts.done, 0) / rate
  const parts = [
    `${count(counts.done)} of ${all} files`,
    rate === null ? '' : `${rate.toFixed(1)}/s`,
    left === null ? '' : `${duration(left)} left`,
    `${count(counts.created)} new`,
    `${count(counts.known + counts.duplicates)} there already`,
    counts.joined === 0 ? '' : `${count(counts.joined)} joined`,
    counts.refused === 0 ? '' : `${count(counts.refused)} refused`,
    waiting === null ? '' : `waiting: ${printable(waiting)}`,
  ]
  return parts.filter((part) => part !== '').join(' · ')
}

/** Shows how an import is getting on: one line that changes on a terminal, a line now and then elsewhere. */
export class Progress {
  readonly #terminal: Terminal
  readonly #timer: ReturnType<typeof setInterval>
  readonly #samples: { readonly ms: number; readonly done: number }[] = []
  #counts: ImportCounts = nothingCounted
  #total: number | null = null
  #waiting: string | null = null

  constructor(terminal: Terminal) {
    this.#terminal = terminal
    const everyMs = terminal.isTTY ? REDRAW_MS : PLAIN_LINE_MS
    this.#timer = setInterval(() => this.#show(), everyMs).unref()
    this.#samples.push({ ms: Date.now(), done: 0 })
  }

  update(counts: ImportCounts): void {
    this.#counts = counts
  }

  foundAll(total: number): void {
    this.#total = total
  }

  /** Says why the import waits; null when it goes on. */
  waitFor(reason: string | null): void {
    const isNews = reason !== null && reason !== this.#waiting
    this.#waiting = reason
    if (isNews) this.#show()
  }

  /** Writes a line that stays. */
  say(line: string): void {
    this.#terminal.write(this.#terminal.isTTY ? `\r\u001B[K${line}\n` : `${line}\n`)
  }

  /** Writes lines to somebody else, whose terminal may be the same. */
  sayOn(output: Terminal, lines: string): void {
    if (this.#terminal.isTTY) this.#terminal.write('\r\u001B[K')
    output.write(lines)
  }

  stop(): void {
    clearInterval(this.#timer)
    if (this.#terminal.isTTY) this.#terminal.write('\r\u001B[K')
  }

  #show(): void {
    const line = progressLine({
      counts: this.#counts,
      total: this.#total,
      rate: this.#rate(),
      waiting: this.#waiting,
    })
    const { isTTY, columns = 0 } = this.#terminal
    // A terminal that does not know its width says 0.
    const width = (columns > 0 ? columns : USUAL_WIDTH) - 1
    this.#terminal.write(isTTY ? `\r\u001B[K${line.slice(0, width)}` : `${line}\n`)
  }

  #rate(): number | null {
    const now = { ms: Date.now(), done: this.#counts.done }
    this.#samples.push(now)
    while ((this.#samples[1]?.ms ?? now.ms) <= now.ms - RATE_WINDOW_MS) this.#samples.shift()
    const first = this.#samples[0] ?? now
    return now.ms - first.ms < 1000 ? null : ((now.done - first.done) * 1000) / (now.ms - first.ms)
  }
}
