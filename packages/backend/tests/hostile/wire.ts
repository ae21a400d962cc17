import { type Socket, connect } from 'node:net'

/** A request as its bytes, which no HTTP library would send all of. */
export interface WireRequest {
  readonly head: string
  readonly body: Buffer
  /** Whether the sender goes away before it has sent all it has announced. */
  readonly isCutOff: boolean
}

export interface WireAnswer {
  readonly status: number
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>
  /** Of a stream of events, what had come when it was left. */
  readonly body: Buffer
}

/**
 * Sends the bytes and answers what comes back, null where the server closed the connection without a word. Rejects where
 * nothing has come after `patienceMs`.
 */
export function sendBytes(
  { host, port }: { readonly host: string; readonly port: number },
  request: WireRequest,
  patienceMs: number,
): Promise<WireAnswer | null> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true })
    let received = Buffer.alloc(0)
    const impatience = setTimeout(() => finish(new Error(`no answer within ${patienceMs} ms`)), patienceMs)
    const finish = (outcome: WireAnswer | null | Error) => {
      clearTimeout(impatience)
      socket.destroy()
      if (outcome instanceof Error) reject(outcome)
      else resolve(outcome)
    }
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk])
      const answer = parse(received)
      if (answer && isWhole(answer, request)) finish(answer)
    })
    // A server that has answered may close while the rest of the request is on its way.
    socket.on('error', () => finish(parse(received)))
    socket.on('close', () => finish(parse(received)))
    send(socket, request)
  })
}

function send(socket: Socket, { head, body, isCutOff }: WireRequest): void {
  socket.write(head, 'latin1')
  socket.write(body)
  if (isCutOff) socket.end()
}

interface Received extends WireAnswer {
  readonly isComplete: boolean
}

function parse(received: Buffer): Received | null {
  const end = received.indexOf('\r\n\r\n')
  if (end < 0) return null
  const [first = '', ...lines] = received.toString('latin1', 0, end).split('\r\n')
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(first)?.[1])
  const rest = received.subarray(end + 4)
  // The one that says to go on comes before the real one.
  if (status === 100) return parse(rest)
  const headers = Object.fromEntries(
    lines.map((line) => [
      line.slice(0, line.indexOf(':')).toLowerCase(),
      line.slice(line.indexOf(':') + 1).trim(),
    ]),
  )
  return { status, headers, ...bodyOf(rest, headers) }
}

function isWhole({ status, headers, isComplete }: Received, { head }: WireRequest): boolean {
  const isStream = headers['content-type']?.startsWith('text/event-stream') === true
  return isComplete || isStream || head.startsWith('HEAD ') || status === 204 || status === 304
}

/** What follows it would be the answer to another request. */
function bodyOf(rest: Buffer, headers: WireAnswer['headers']): Pick<Received, 'body' | 'isComplete'> {
  if (headers['transfer-encoding'] === 'chunked') return unchunked(rest)
  const length = Number(headers['content-length'] ?? Infinity)
  return { body: rest.subarray(0, length), isComplete: rest.length >= length }
}

function unchunked(bytes: Buffer): Pick<Received, 'body' | 'isComplete'> {
  const parts: Buffer[] = []
  for (let at = 0; ;) {
    const end = bytes.indexOf('\r\n', at)
    const size = end < 0 ? NaN : Number.parseInt(bytes.toString('latin1', at, end), 16)
    if (!(size > 0)) return { body: Buffer.concat(parts), isComplete: size === 0 }
    parts.push(bytes.subarray(end + 2, end + 2 + size))
    at = end + 2 + size + 2
  }
}
