import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process'

const READY = Buffer.from('{ready}\n')

/** The `exiftool` on the PATH, kept open, as programs use it that extract many files. */
export class Exiftool {
  readonly #process: ChildProcessWithoutNullStreams

  private constructor(process: ChildProcessWithoutNullStreams) {
    this.#process = process
  }

  /** Null where there is none. */
  static start(): Exiftool | null {
    if (spawnSync('exiftool', ['-ver']).status !== 0) return null
    return new Exiftool(spawn('exiftool', ['-stay_open', 'True', '-@', '-']))
  }

  /** The full-size JPEG inside a RAW file, where it is tagged as such. */
  async extract(file: string): Promise<Buffer> {
    this.#process.stdin.write(`-b\n-JpgFromRaw\n${file}\n-execute\n`)
    const pieces: Buffer[] = []
    for (;;) {
      pieces.push(await this.#nextPiece())
      const tail = Buffer.concat(pieces.slice(-2)).subarray(-READY.length)
      if (tail.equals(READY)) return Buffer.concat(pieces).subarray(0, -READY.length)
    }
  }

  stop(): void {
    this.#process.stdin.end('-stay_open\nFalse\n')
  }

  #nextPiece(): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      this.#process.once('error', reject)
      this.#process.stdout.once('data', (piece: Buffer) => {
        this.#process.off('error', reject)
        resolve(piece)
      })
    })
  }
}
