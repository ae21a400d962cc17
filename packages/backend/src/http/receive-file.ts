import { Busboy, type BusboyHeaders, type BusboyInstance } from '@fastify/busboy'
import type { FastifyRequest } from 'fastify'
import { AppError } from '../app-error.ts'

interface FileLimits {
  readonly maxBytes: number
  /** Of the whole form. */
  readonly maxBodyBytes: number
  /** What to throw for a file over its limit. */
  tooLarge(): AppError
}

/**
 * The file of an upload: the part `file` of a form, which is then read here, or the body itself. Throws what `tooLarge`
 * answers, `body_too_large`, `validation_failed`, `unknown_field` for further parts, `malformed_request`.
 */
export async function receiveFile(request: FastifyRequest, limits: FileLimits): Promise<Buffer> {
  const { body } = request
  if (!Buffer.isBuffer(body)) return readForm(request, limits)
  if (body.length > limits.maxBytes) throw limits.tooLarge()
  return body
}

function readForm(request: FastifyRequest, limits: FileLimits): Promise<Buffer> {
  const { raw } = request
  const form = openForm(request, limits.maxBytes)
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let received = 0
    let hasFile = false
    /** The rest is read and dropped, so that the answer reaches who is still sending. */
    const refuse = (error: AppError) => {
      raw.unpipe(form)
      raw.resume()
      reject(error)
    }
    raw.on('data', (chunk: Buffer) => {
      received += chunk.length
      if (received > limits.maxBodyBytes)
        refuse(new AppError('body_too_large', 'The body is larger than this endpoint accepts.'))
    })
    const refuseUnended = () => {
      if (!raw.readableEnded) refuse(brokenOff())
    }
    raw.once('close', refuseUnended)
    if (raw.destroyed) refuseUnended()
    form.on('field', (name) => refuse(unexpected(name)))
    form.on('file', (name, file) => {
      file.on('data', (chunk: Buffer) => chunks.push(chunk))
      file.on('error', (cause) => refuse(brokenOff(cause)))
      file.once('limit', () => refuse(limits.tooLarge()))
      if (name !== 'file' || hasFile) refuse(unexpected(name))
      hasFile = true
    })
    form.on('error', (cause) => refuse(brokenOff(cause)))
    form.once('finish', () => (hasFile ? resolve(Buffer.concat(chunks)) : refuse(missing())))
    raw.pipe(form)
  })
}

function openForm({ headers }: FastifyRequest, maxBytes: number): BusboyInstance {
  try {
    return new Busboy({
      // The route has seen that it is a form's.
      headers: headers as BusboyHeaders,
      // One byte more, so that a file as large as allowed is not said to be cut.
      limits: { fileSize: maxBytes + 1, fieldSize: 1000, headerPairs: 50, parts: 10 },
      isPartAFile: (name, _type, filename) => name === 'file' || filename !== undefined,
    })
  } catch (cause) {
    throw brokenOff(cause)
  }
}

function brokenOff(cause?: unknown): AppError {
  return new AppError('malformed_request', 'The form is not whole.', { cause })
}

/** A part of a form may lack its name, whatever the types say. */
function unexpected(name: string | undefined): AppError {
  return new AppError('unknown_field', 'The form has a part that is not expected.', {
    errors: [{ path: name ?? '', message: 'does not exist' }],
  })
}

function missing(): AppError {
  return new AppError('validation_failed', 'file: is missing.', {
    errors: [{ path: 'file', message: 'is missing' }],
  })
}
