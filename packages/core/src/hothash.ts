import { createHash } from 'node:crypto'

/** SHA-256 in lower-case hexadecimal: of a hotpreview it is the photo's identity, of a file what tells copies apart. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
