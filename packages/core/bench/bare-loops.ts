import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cycled } from './statistics.ts'

/** The bare loop in one process for each core, each with its share of the work. */
export class BareLoops {
  readonly #processes: readonly ChildProcess[]
  readonly #files: readonly string[]
  readonly #folder: string

  private constructor(processes: readonly ChildProcess[], files: readonly string[], folder: string) {
    this.#processes = processes
    this.#files = files
    this.#folder = folder
  }

  static async start(photos: readonly Buffer[]): Promise<BareLoops> {
    const folder = mkdtempSync(join(tmpdir(), 'imalink-bench-'))
    const files = photos.map((photo, n) => {
      const file = join(folder, `${n}.jpg`)
      writeFileSync(file, photo)
      return file
    })
    const script = fileURLToPath(new URL('./bare-loop.ts', import.meta.url))
    const processes = Array.from({ length: availableParallelism() }, () => fork(script))
    await Promise.all(processes.map((child) => once(child, 'message')))
    return new BareLoops(processes, files, folder)
  }

  async run(images: number): Promise<void> {
    const all = cycled(this.#files, images)
    const shares = this.#processes.map((child, n) => {
      child.send(all.filter((_, index) => index % this.#processes.length === n))
      return once(child, 'message')
    })
    await Promise.all(shares)
  }

  stop(): void {
    for (const child of this.#processes) child.kill()
    rmSync(this.#folder, { recursive: true })
  }
}
