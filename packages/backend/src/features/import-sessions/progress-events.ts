import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ImportSession } from '@imalink/contract'
import { isFinished } from './import-sessions.service.ts'

const EVERY_MS = 1000
/** Proxies close what is silent for long. */
const COMMENT_AFTER_SILENT = 15

interface EventsWishes {
  readonly request: IncomingMessage
  readonly closing: AbortSignal
  /** Asked before each look after the first. */
  mayRead(): Promise<boolean>
}

/**
 * Server-sent events: `progress` with the session now and at every change, until it is finished, the reader leaves or may
 * no longer read, or the server closes. Throws what `read` throws for a session that cannot be read at all.
 */
export async function progressEvents(
  read: () => Promise<ImportSession>,
  { request, closing, mayRead }: EventsWishes,
): Promise<Readable> {
  const first = await read()
  const left = new AbortController()
  request.socket.once('close', () => left.abort())
  return Readable.from(events(first, { read, mayRead }, AbortSignal.any([left.signal, closing])))
}

async function* events(
  first: ImportSession,
  { read, mayRead }: { read: () => Promise<ImportSession>; mayRead: () => Promise<boolean> },
  over: AbortSignal,
): AsyncGenerator<string> {
  let [session, shown, silent] = [first, '', 0]
  while (!over.aborted) {
    if (session.updated_at !== shown) {
      yield `event: progress\ndata: ${JSON.stringify(session)}\n\n`
      ;[shown, silent] = [session.updated_at, 0]
    } else if (++silent % COMMENT_AFTER_SILENT === 0) {
      yield ': still here\n\n'
    }
    if (isFinished(session)) return
    await sleep(EVERY_MS, undefined, { signal: over }).catch(() => undefined)
    if (over.aborted || !(await mayRead())) return
    session = await read()
  }
}
