import { createHash } from 'node:crypto'
import type { Photo } from '@imalink/contract'
import { AppError } from '../../app-error.ts'

/** `If-Match` of a request, null where it has none. */
export type Precondition = string | null

/** Of a photo as its viewer reads it: another after every change of it. */
export function etagOf(photo: Photo): string {
  return `"${createHash('sha256').update(JSON.stringify(photo)).digest('hex').slice(0, 32)}"`
}

/** Throws `precondition_failed` unless the photo is one of those that `If-Match` lists (RFC 9110, 13.1.1). */
export function mustHold(precondition: string, photo: Photo): void {
  const listed = precondition.split(',').map((tag) => tag.trim())
  if (listed.includes('*') || listed.includes(etagOf(photo))) return
  throw new AppError('precondition_failed', 'The photo has changed since you read it; read it again first.')
}
