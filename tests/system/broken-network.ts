import { once } from 'node:events'
import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net'

/** A wire to a server that can be cut: connections break off, and new ones are not answered until it is mended. */
export class Wire {
  readonly address: string
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #isCut = false

  private constructor(server: Server) {
    this.#server = server
    const { port } = server.address() as AddressInfo // a TCP server that listens has a port
    this.address = `http://127.0.0.1:${port}`
  }

  /** A wire on a port of its own to the server at `address`, such as `http://127.0.0.1:8000`. */
  static async to(address: string): Promise<Wire> {
    const { hostname, port } = new URL(address)
    const server = createServer({ allowHalfOpen: false })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const wire = new Wire(server)
    server.on('connection', (near) => wire.#join(near, () => connect(Number(port), hostname)))
    return wire
  }

  cut(): void {
    this.#isCut = true
    for (const socket of this.#sockets) socket.destroy()
  }

  mend(): void {
    this.#isCut = false
  }

  async end(): Promise<void> {
    this.cut()
    const closed = once(this.#server, 'close')
    this.#server.close()
    await closed
  }

  #join(near: Socket, reach: () => Socket): void {
    if (this.#isCut) return void near.destroy()
    const far = reach()
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(socket)
      // What breaks on one side breaks on the other: both ends see it as a network that has gone.
      socket.on('error', () => other.destroy())
      socket.on('close', () => {
        this.#sockets.delete(socket)
        other.destroy()
      })
      socket.pipe(other)
    }
  }
}
