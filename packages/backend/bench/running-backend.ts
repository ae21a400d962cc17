import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { backendAt, call } from '@imalink/client'
import { endpoints } from '@imalink/contract'
import { setup } from '../../../tests/postgres-server.ts'
import { ServerProgram, freePort } from '../../../tests/system/programs.ts'
import { type TestDatabase, makeDatabaseOn } from '../tests/test-database.ts'

export type Engine = 'sqlite' | 'postgres'

/** The backend in a process of its own, on a database and a folder that go with it, and one account that is signed in. */
export class RunningBackend {
  readonly #program: ServerProgram
  readonly #folder: string
  readonly #database: TestDatabase
  readonly #stopPostgres: (() => Promise<void>) | undefined
  token = ''

  private constructor(
    program: ServerProgram,
    folder: string,
    database: TestDatabase,
    stopPostgres: (() => Promise<void>) | undefined,
  ) {
    this.#program = program
    this.#folder = folder
    this.#database = database
    this.#stopPostgres = stopPostgres
  }

  static async start(engine: Engine): Promise<RunningBackend> {
    const folder = mkdtempSync(join(tmpdir(), 'imalink-bench-'))
    const stopPostgres = engine === 'postgres' ? await setup() : undefined
    const database = await makeDatabaseOn(engine, folder)
    const port = await freePort()
    const program = new ServerProgram('backend', port, {
      IMALINK_DATA: folder,
      IMALINK_PORT: String(port),
      IMALINK_AUTH_RATE_LIMIT: '0',
      IMALINK_SECRET: 'a secret for the bench, 32 bytes long',
      DATABASE_URL: database.url,
    })
    await program.start()
    const backend = new RunningBackend(program, folder, database, stopPostgres)
    backend.token = await signUp(program.address)
    return backend
  }

  get address(): string {
    return this.#program.address
  }

  get databaseUrl(): string {
    return this.#database.url
  }

  /** What the process has taken since its start, as it tells itself. */
  async cpuSeconds(): Promise<number> {
    const text = await (await fetch(`${this.address}/metrics`)).text()
    const [, seconds] = /^process_cpu_seconds_total ([\d.e+-]+)$/m.exec(text) ?? []
    if (seconds === undefined) throw new Error('The metrics do not tell the CPU time')
    return Number(seconds)
  }

  async stop(): Promise<void> {
    await this.#program.stop()
    await this.#database.drop()
    await this.#stopPostgres?.()
    rmSync(this.#folder, { recursive: true })
  }
}

export const ACCOUNT = { username: 'bench', password: 'a password for the bench' }

async function signUp(origin: string): Promise<string> {
  const server = backendAt(origin)
  await call(server, endpoints.register, { body: { ...ACCOUNT, email: 'bench@example.org' } })
  return (await call(server, endpoints.login, { body: ACCOUNT })).access_token
}
