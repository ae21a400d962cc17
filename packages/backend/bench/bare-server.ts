import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'

/** `bare-route.ts` as a process. */
export class BareServer {
  readonly origin: string
  readonly #process: ChildProcess

  private constructor(child: ChildProcess, origin: string) {
    this.#process = child
    this.origin = origin
  }

  /** Serves the bytes from memory, or reads some of the database's, each by its primary key. */
  static async start(
    source: { readonly base64: string } | { readonly databaseUrl: string },
  ): Promise<BareServer> {
    const [args, env] =
      'base64' in source ? [[source.base64], {}] : [[], { DATABASE_URL: source.databaseUrl }]
    const child = fork(new URL('./bare-route.ts', import.meta.url), args, {
      env: { PATH: process.env.PATH, ...env },
    })
    const [origin] = (await once(child, 'message')) as [string] // as it says it
    return new BareServer(child, origin)
  }

  /** What it has taken since its start. */
  async cpuSeconds(): Promise<number> {
    this.#process.send('cpu?')
    const [{ user, system }] = (await once(this.#process, 'message')) as [NodeJS.CpuUsage] // as it says it
    return (user + system) / 1e6
  }

  stop(): void {
    this.#process.kill()
  }
}
