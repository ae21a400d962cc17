import type { DiskPath } from '@imalink/client/disk'

/** A file's name as text. No name holds a slash, so no text is taken for the bytes of another. */
export function nameKey(name: DiskPath): string {
  return typeof name === 'string' ? name : `/${name.toString('hex')}`
}

/** Nanoseconds as SQLite can hold them; times that no photo has may come out as others. */
export function storedTime(nanoseconds: bigint): bigint {
  return BigInt.asIntN(64, nanoseconds)
}
