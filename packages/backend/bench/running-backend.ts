import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

const READY_WITHIN_MS = 30_000
const password = 'a password for the bench'

/** The backend in a process of its own, on SQLite in a folder that goes with it, and one account. */
export class RunningBackend {
  readonly #process: ChildProcess
  readonly #folder: string
  readonly #origin: string
  readonly #token: string

  private constructor(child: ChildProcess, folder: string, origin: string, token: string) {
    this.#process = child
    this.#folder = folder
    this.#origin = origin
    this.#token = token
  }

  static async start(): Promise<RunningBackend> {
    const folder = mkdtempSync(join(tmpdir(), 'imalink-bench-'))
    const port = await freePort()
    const child = spawn(process.execPath, [resolve(import.meta.dirname, '../src/main.ts')], {
      env: {
        PATH: process.env['PATH'],
        IMALINK_DATA: folder,
        IMALINK_PORT: String(port),
        IMALINK_LOG_LEVEL: 'warn',
        IMALINK_AUTH_RATE_LIMIT: '0',
      },
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    const origin = `http://127.0.0.1:${port}`
    await untilReady(origin)
    return new RunningBackend(child, folder, origin, await signUp(origin))
  }

  /** Sends JSON that is made already, so that making it is not measured. Throws unless the answer is a success. */
  async post(path: string, json: string): Promise<unknown> {
    const headers = { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' }
    return read(await fetch(this.#origin + path, { method: 'POST', headers, body: json }))
  }

  /** Reads an answer to its end. */
  async get(path: string): Promise<Buffer> {
    const reply = await fetch(this.#origin + path, { headers: { authorization: `Bearer ${this.#token}` } })
    if (!reply.ok) throw new Error(`${path} answered ${reply.status}`)
    return Buffer.from(await reply.arrayBuffer())
  }

  async stop(): Promise<void> {
    const ended = once(this.#process, 'exit')
    this.#process.kill('SIGTERM')
    await ended
    rmSync(this.#folder, { recursive: true })
  }
}

async function untilReady(origin: string): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS
  const isReady = () =>
    fetch(`${origin}/ready`).then(
      ({ ok }) => ok,
      () => false,
    ) // refused: not listening yet
  while (!(await isReady())) {
    if (Date.now() > deadline) throw new Error('The backend does not start')
    await delay(50)
  }
}

async function signUp(origin: string): Promise<string> {
  const send = (path: string, body: object) =>
    fetch(`${origin}/api/v1/auth/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }).then(read)
  await send('register', { email: 'bench@example.org', username: 'bench', password })
  const tokens = await send('login', { username: 'bench', password })
  if (typeof tokens === 'object' && tokens !== null && 'access_token' in tokens)
    return String(tokens.access_token)
  throw new Error('The login answered no token')
}

async function read(reply: Response): Promise<unknown> {
  if (!reply.ok) throw new Error(`${reply.url} answered ${reply.status}: ${await reply.text()}`)
  return reply.json()
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  if (address === null || typeof address === 'string') throw new Error('A TCP server has a port')
  return address.port
}
