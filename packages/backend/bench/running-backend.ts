import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ServerProgram, freePort } from '../../../tests/system/programs.ts'

const password = 'a password for the bench'

/** The backend in a process of its own, on SQLite in a folder that goes with it, and one account. */
export class RunningBackend {
  readonly #program: ServerProgram
  readonly #folder: string
  readonly #token: string

  private constructor(program: ServerProgram, folder: string, token: string) {
    this.#program = program
    this.#folder = folder
    this.#token = token
  }

  static async start(): Promise<RunningBackend> {
    const folder = mkdtempSync(join(tmpdir(), 'imalink-bench-'))
    const port = await freePort()
    const program = new ServerProgram('backend', port, {
      IMALINK_DATA: folder,
      IMALINK_PORT: String(port),
      IMALINK_AUTH_RATE_LIMIT: '0',
    })
    await program.start()
    return new RunningBackend(program, folder, await signUp(program.address))
  }

  /** Sends JSON that is made already, so that making it is not measured. Throws unless the answer is a success. */
  async post(path: string, json: string): Promise<unknown> {
    const headers = { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' }
    return read(await fetch(this.#program.address + path, { method: 'POST', headers, body: json }))
  }

  /** Reads an answer to its end. */
  async get(path: string): Promise<Buffer> {
    const reply = await fetch(this.#program.address + path, {
      headers: { authorization: `Bearer ${this.#token}` },
    })
    if (!reply.ok) throw new Error(`${path} answered ${reply.status}`)
    return Buffer.from(await reply.arrayBuffer())
  }

  async stop(): Promise<void> {
    await this.#program.stop()
    rmSync(this.#folder, { recursive: true })
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
