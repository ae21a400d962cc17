import { basename } from 'node:path'
import type { Readable } from 'node:stream'
import { coreEndpoints } from '@imalink/contract'
import type { Multipart } from '@fastify/multipart'
import type { FastifyRequest } from 'fastify'
import type { Admission } from './admission.ts'
import type { CoreConfig } from './config.ts'
import { fileTooLarge } from './limits.ts'
import { InvalidRequest, parse } from './problems.ts'
import { Refusal } from './refusal.ts'
import { MAX_SIDECAR_BYTES, type Sidecar, sidecarOf } from './sidecar.ts'

const MIB = 1024 * 1024

/** The form around the file, with its side-car. */
const FORM_BYTES = 2 * MIB
/** Reserved for a body that does not say its size, and again each time it turns out larger. */
const UNKNOWN_SIZE_BYTES = 16 * MIB
const MAX_FILENAME_CHARACTERS = 1000

/** A body in memory, in the pieces in which it came. */
export interface Body {
  readonly chunks: readonly Buffer[]
  /** Gives the memory back. */
  release(): void
}

export interface Upload extends Body {
  readonly filename: string
  readonly coldpreviewSize: number | null
  readonly sidecar: Sidecar | null
}

type Door = Pick<CoreConfig, 'fileBytes' | 'idleMs'> & { readonly admission: Admission }

/** Receives the form of `POST /v1/process`, its parts in any order. Nothing is read before there is room for it. */
export async function receiveForm(request: FastifyRequest, door: Door, signal: AbortSignal): Promise<Upload> {
  const { chunks, release, collect, complete } = await openBody(
    request,
    door,
    door.fileBytes + FORM_BYTES,
    signal,
  )
  try {
    const fields: Record<string, unknown> = {}
    let filename: string | null = null
    let sidecar: Sidecar | null = null
    for await (const part of request.parts({
      limits: { fileSize: door.fileBytes + 1, files: 2, fields: 10, fieldSize: MAX_SIDECAR_BYTES + 1 },
    })) {
      if (part.type === 'file' && part.fieldname === 'file' && filename === null) {
        filename = baseName(part.filename)
        await collect(part.file, door.fileBytes)
      } else if (part.fieldname === 'sidecar' && sidecar === null) {
        sidecar = await receiveSidecar(part, door.fileBytes)
      } else {
        fields[part.fieldname] = fieldValue(part)
      }
    }
    if (filename === null)
      throw new InvalidRequest('validation_failed', [{ path: 'file', message: 'is missing' }])
    complete()
    const { coldpreview_size } = parse(coreEndpoints.process.upload.fields, checkNames(fields))
    return { chunks, release, filename, coldpreviewSize: coldpreview_size ?? null, sidecar }
  } catch (error) {
    release()
    throw error
  }
}

/** A side-car that is too large costs only itself: it is read to its end, and its beginning is all that is kept. */
async function receiveSidecar(part: Multipart, maxBytes: number): Promise<Sidecar> {
  if (part.type === 'field') return sidecarOf(Buffer.from(String(part.value)))
  const kept: Buffer[] = []
  let received = 0
  await collectStream(part.file, (chunk) => {
    received += chunk.length
    if (received > maxBytes) throw fileTooLarge(maxBytes)
    if (received - chunk.length <= MAX_SIDECAR_BYTES) kept.push(chunk)
  })
  return sidecarOf(Buffer.concat(kept))
}

/** Receives a body that is the file itself. */
export async function receiveBody(
  request: FastifyRequest,
  door: Door,
  { maxBytes, signal }: { readonly maxBytes: number; readonly signal: AbortSignal },
): Promise<Body> {
  const { chunks, release, collect, complete } = await openBody(request, door, maxBytes, signal)
  try {
    await collect(request.raw, maxBytes)
    complete()
    return { chunks, release }
  } catch (error) {
    release()
    throw error
  }
}

/** Waits for room, then collects into it. */
async function openBody(
  request: FastifyRequest,
  { admission, idleMs }: Door,
  maxBytes: number,
  signal: AbortSignal,
) {
  const declared = request.headers['content-length']
  if (declared !== undefined && Number(declared) > maxBytes) throw fileTooLarge(maxBytes)
  let reserved = declared === undefined ? UNKNOWN_SIZE_BYTES : Number(declared)
  const leave = await admission.enter(reserved, signal)
  // A sender that stalls must not keep its place; the wait for it began with the request, so the clock starts here.
  request.raw.socket.setTimeout(idleMs)
  const initial = reserved
  const chunks: Buffer[] = []
  let received = 0
  const take = (chunk: Buffer, limit: number) => {
    received += chunk.length
    if (received > limit) throw fileTooLarge(limit)
    if (received > reserved) {
      if (!admission.grow(UNKNOWN_SIZE_BYTES))
        throw new Refusal('busy', 'There is no room for more of this upload.')
      reserved += UNKNOWN_SIZE_BYTES
    }
    chunks.push(chunk)
  }
  return {
    chunks,
    /** From here on it is the caller who waits, however long it takes until a worker is free. */
    complete: () => request.raw.socket.setTimeout(0),
    collect: (stream: Readable, limit: number) => collectStream(stream, (chunk) => take(chunk, limit)),
    release: () => {
      request.raw.socket.setTimeout(0)
      if (reserved > initial) admission.shrink(reserved - initial)
      reserved = initial
      leave()
    },
  }
}

/** By events: for an upload of many small chunks an async iterator costs several times as much. */
function collectStream(stream: Readable, take: (chunk: Buffer) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (error: unknown) => {
      stream.off('data', onData)
      stream.resume()
      reject(error)
    }
    const onData = (chunk: Buffer) => {
      try {
        take(chunk)
      } catch (error) {
        stop(error)
      }
    }
    stream.on('data', onData)
    stream.once('end', resolve)
    stream.once('error', stop)
    stream.once('close', () => reject(new Refusal('malformed_request', 'The upload broke off.')))
  })
}

function fieldValue(part: Multipart): unknown {
  if (part.type === 'field') return part.value
  throw new InvalidRequest('unknown_field', [
    { path: part.fieldname, message: 'is a file that is not expected' },
  ])
}

function checkNames(fields: Record<string, unknown>): Record<string, unknown> {
  const known = Object.keys(coreEndpoints.process.upload.fields.shape)
  const unknown = Object.keys(fields).filter((name) => !known.includes(name))
  if (unknown.length === 0) return fields
  throw new InvalidRequest(
    'unknown_field',
    unknown.map((path) => ({ path, message: 'does not exist' })),
  )
}

/** Without folders of either kind and without control characters. */
function baseName(filename: string | undefined): string {
  const name = basename((filename ?? '').replaceAll('\\', '/')).replace(/\p{Cc}/gu, '')
  return name.slice(0, MAX_FILENAME_CHARACTERS).toWellFormed() || 'unnamed'
}
