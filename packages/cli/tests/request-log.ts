import { once } from 'node:events'
import { type IncomingMessage, type ServerResponse, createServer, request } from 'node:http'

/** A proxy before a server, which notes what passes. */
export interface RequestLog {
  readonly address: string
  /** `POST /api/v1/photos/known` and the like, in their order. */
  readonly requests: string[]
  end(): Promise<void>
}

export async function startRequestLog(serverAddress: string): Promise<RequestLog> {
  const requests: string[] = []
  const proxy = createServer((asked, answer) => {
    requests.push(`${asked.method} ${asked.url}`)
    passOn(serverAddress, asked, answer)
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const address = proxy.address()
  if (address === null || typeof address === 'string') throw new Error('The proxy got no port')
  return {
    address: `http://127.0.0.1:${address.port}`,
    requests,
    async end() {
      proxy.closeAllConnections()
      proxy.close()
      await once(proxy, 'close')
    },
  }
}

function passOn(serverAddress: string, asked: IncomingMessage, answer: ServerResponse): void {
  const url = new URL(asked.url ?? '/', serverAddress)
  const passed = request(
    url,
    { method: asked.method, headers: { ...asked.headers, host: url.host } },
    (reply) => {
      answer.writeHead(reply.statusCode ?? 502, reply.headers)
      reply.pipe(answer)
    },
  )
  passed.on('error', () => answer.destroy())
  asked.pipe(passed)
}
