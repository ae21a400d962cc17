import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ImportSession } from '@imalink/contract'
import { isFinished } from './import-sessions.service.ts'

const EVERY_MS = 1000
/** Proxies close what is silent for long. */
const COMMENT_AFTER_SILENT = 15

/**
 * Server-sent events: `progress` with the session now and at every change, until it is finished, the reader leaves or
 * the server closes. Throws what `read` throws for a session that cannot be read at all.
 */
export async function progressEvents(
  read: () => Promise<ImportSession>,
  { request, closing }: { request: IncomingMessage; closing: AbortSignal },
): Promise<Readable> {
  const first = await read()
  const left = new AbortController()
  request.socket.once('close', () => left.abort())
  return Readable.from(events(first, read, AbortSignal.any([left.signal, closing])))
}

async function* events(
  first: ImportSession,
  read: () => Promise<ImportSession>,
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
    if (over.aborted) return
    session = await read()
  }
}
