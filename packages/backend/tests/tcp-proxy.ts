import { once } from 'node:events'
import { type Server, type Socket, connect, createServer } from 'node:net'

/** Stands between a program and the server of a URL, and can be in the way. */
export class TcpProxy {
  readonly #target: URL
  readonly #sockets = new Set<Socket>()
  #server: Server | null = null
  #port = 0
  #isSilent = false

  private constructor(target: URL) {
    this.#target = target
  }

  static async to(url: string): Promise<TcpProxy> {
    const proxy = new TcpProxy(new URL(url))
    await proxy.open()
    return proxy
  }

  /** The target's URL by way of here. */
  get url(): string {
    const url = new URL(this.#target)
    url.host = `127.0.0.1:${this.#port}`
    return url.href
  }

  get connections(): number {
    return this.#sockets.size / 2
  }

  /** Connections are taken again, on the port that it always had. */
  async open(): Promise<void> {
    this.#server = createServer((client) => this.#join(client)).listen(this.#port, '127.0.0.1')
    await once(this.#server, 'listening')
    const address = this.#server.address()
    if (address !== null && typeof address === 'object') this.#port = address.port
  }

  /** As if the server's machine had gone: connections are cut and refused. */
  async cut(): Promise<void> {
    const server = this.#server
    this.#server = null
    server?.close()
    for (const socket of this.#sockets) socket.destroy()
    if (server) await once(server, 'close')
  }

  /** Connections stay and are taken, and nothing passes any more, in either direction. */
  fallSilent(): void {
    this.#isSilent = true
    for (const socket of this.#sockets) socket.unpipe().pause()
  }

  /** For connections from now on; those of the silence have lost bytes and are cut. */
  speakAgain(): void {
    this.#isSilent = false
    for (const socket of this.#sockets) socket.destroy()
  }

  #join(client: Socket): void {
    const server = connect(Number(this.#target.port), this.#target.hostname)
    for (const socket of [client, server]) {
      this.#sockets.add(socket)
      // What the test cuts is told here too.
      socket.on('error', () => undefined)
      socket.on('close', () => {
        this.#sockets.delete(socket)
        client.destroy()
        server.destroy()
      })
    }
    if (this.#isSilent) return
    client.pipe(server)
    server.pipe(client)
  }
}
