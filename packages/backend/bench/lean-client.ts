import { Agent, type RequestOptions, request } from 'node:http'

/** Requests over connections that are kept open: with `fetch`, the client would take more of the machine than the server. */
export class LeanClient {
  readonly #origin: URL
  readonly #agent: Agent
  readonly #headers: Readonly<Record<string, string>>
  #isOpen = true

  constructor(origin: string, { connections, token }: { connections: number; token?: string }) {
    this.#origin = new URL(origin)
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections })
    this.#headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
  }

  /** Reads an answer to its end. Throws unless it is a success. */
  get(path: string): Promise<Buffer> {
    return this.#send({ path })
  }

  /** Sends JSON that is made already, so that making it is not measured. Throws unless the answer is a success. */
  post(path: string, json: string): Promise<Buffer> {
    return this.#send({ path, method: 'POST', headers: { 'content-type': 'application/json' } }, json)
  }

  /**
   * Does not sleep while it waits, until it is closed: waking a sleeper is work of the program that writes to it, and so
   * would be charged to the slower server alone. It takes a core of its own.
   */
  stayAwake(): void {
    const next = () => {
      if (this.#isOpen) setImmediate(next)
    }
    next()
  }

  close(): void {
    this.#isOpen = false
    this.#agent.destroy()
  }

  #send({ path, headers, ...options }: RequestOptions, body?: string): Promise<Buffer> {
    const { hostname, port } = this.#origin
    return new Promise((resolve, reject) => {
      const call = request(
        { ...options, path, hostname, port, agent: this.#agent, headers: { ...this.#headers, ...headers } },
        (reply) => {
          const parts: Buffer[] = []
          reply.on('data', (part: Buffer) => parts.push(part)).on('error', reject)
          reply.on('end', () => {
            const bytes = Buffer.concat(parts)
            if ((reply.statusCode ?? 500) < 300) resolve(bytes)
            else reject(new Error(`${path} answered ${reply.statusCode}: ${bytes.toString()}`))
          })
        },
      )
      call.on('error', reject).end(body)
    })
  }
}
