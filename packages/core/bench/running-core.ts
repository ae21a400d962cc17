import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { Agent, type IncomingMessage, request } from 'node:http'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { readProc } from '../tests/processes.ts'

const BOUNDARY = 'imalink-bench'

export interface Reply {
  readonly status: number
  readonly body: Buffer
}

/** Core in a process of its own, on a free port, and a caller that keeps its connections. */
export class RunningCore {
  readonly #process: ChildProcess
  readonly #port: number
  readonly #agent = new Agent({ keepAlive: true, maxSockets: Infinity })

  private constructor(process: ChildProcess, port: number) {
    this.#process = process
    this.#port = port
  }

  /** `settings` are core's own; `onLog` gets its log line by line. */
  static async start(
    settings: Readonly<Record<string, string>> = {},
    onLog: (line: string) => void = () => undefined,
  ): Promise<RunningCore> {
    const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
    const fixed = { IMALINK_CORE_PORT: '0', IMALINK_LOG_LEVEL: 'info', IMALINK_CORE_TOKEN: '' }
    const child = spawn(process.execPath, [main], {
      env: { ...process.env, ...settings, ...fixed },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const lines = createInterface({ input: child.stdout })
    const port = await new Promise<number>((resolve, reject) => {
      lines.on('line', (line) => {
        const found = /listening at http:\/\/[^:]+:(\d+)/.exec(line)?.[1]
        if (found !== undefined) resolve(Number(found))
        onLog(line)
      })
      child.once('exit', () => reject(new Error('Core did not start')))
    })
    return new RunningCore(child, port)
  }

  get pid(): number {
    return this.#process.pid ?? 0
  }

  get port(): number {
    return this.#port
  }

  get isRunning(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null
  }

  /** Sends a form to be made an egg. Throws where there is no answer, and where the signal says so. */
  async post(form: Buffer, signal?: AbortSignal): Promise<Reply> {
    const call = request({
      agent: this.#agent,
      port: this.#port,
      host: '127.0.0.1',
      method: 'POST',
      path: '/v1/process',
      headers: {
        'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
        'content-length': form.length,
      },
      ...(signal ? { signal } : {}),
    })
    call.end(form)
    const [response] = (await once(call, 'response')) as [IncomingMessage] // as `response` is documented
    const pieces: Buffer[] = []
    for await (const piece of response) pieces.push(piece as Buffer) // no encoding is set
    return { status: response.statusCode ?? 0, body: Buffer.concat(pieces) }
  }

  async layEgg(form: Buffer): Promise<void> {
    const { status } = await this.post(form)
    if (status !== 200) throw new Error(`Core answered ${status}`)
  }

  /** Memory of core and its workers in bytes; null where the system does not tell. */
  memory(): number | null {
    if (!existsSync('/proc/self/smaps_rollup')) return null
    return [this.#process.pid ?? 0, ...childrenOf(this.#process.pid ?? 0)]
      .map(ownBytes)
      .reduce((a, b) => a + b)
  }

  async stop(): Promise<void> {
    this.#agent.destroy()
    this.#process.kill('SIGTERM')
    await once(this.#process, 'exit')
  }
}

/** The form that a program sends: one file, the size of its coldpreview, and what stands in its XMP side-car. */
export function formOf(photo: Buffer, coldpreviewSize: number | null, sidecar: Buffer | null = null): Buffer {
  return Buffer.concat([
    ...(coldpreviewSize === null ? [] : part('coldpreview_size', Buffer.from(String(coldpreviewSize)))),
    ...(sidecar === null ? [] : part('sidecar"; filename="a.xmp', sidecar)),
    ...part('file"; filename="a.jpg', photo),
    Buffer.from(`--${BOUNDARY}--\r\n`),
  ])
}

function part(name: string, value: Buffer): Buffer[] {
  const head = `--${BOUNDARY}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n`
  return [Buffer.from(head), value, Buffer.from('\r\n')]
}

/** Of the main thread, which is what starts processes in Node. */
function childrenOf(pid: number): number[] {
  return readProc(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number)
}

/** Its own pages, and its share of those that processes have in common. */
function ownBytes(pid: number): number {
  const kib = /^Pss:\s+(\d+) kB/m.exec(readProc(`/proc/${pid}/smaps_rollup`))?.[1]
  return Number(kib ?? 0) * 1024
}
