import { isUtf8 } from 'node:buffer'
import { sep } from 'node:path'

/**
 * A path or a name as the disk has it: text where its bytes are UTF-8, else the bytes. Text, because handling bytes
 * makes a walk half as slow again; bytes, because a name need not be UTF-8 and must still lead to its file.
 */
export type DiskPath = string | Buffer

/** Bytes from the disk as a path. */
export function diskPath(bytes: Buffer): DiskPath {
  return isUtf8(bytes) ? bytes.toString('utf8') : bytes
}

/** A path as it arrives from another thread, which passes on bytes but not what class they are of. */
export function receivedPath(path: string | Uint8Array): DiskPath {
  return typeof path === 'string' ? path : Buffer.from(path.buffer, path.byteOffset, path.byteLength)
}

/** For a person and for the wire; bytes that are not UTF-8 show as U+FFFD. */
export function textOf(path: DiskPath): string {
  return typeof path === 'string' ? path : path.toString('utf8')
}

export function joinPath(folder: DiskPath, name: DiskPath): DiskPath {
  if (typeof folder === 'string' && typeof name === 'string')
    return folder.endsWith(sep) ? folder + name : folder + sep + name
  const above = Buffer.from(folder)
  const between = above.at(-1) === sep.charCodeAt(0) ? '' : sep
  return Buffer.concat([above, Buffer.from(between), Buffer.from(name)])
}

/** A path's folder and the name in it. */
export function splitPath(path: DiskPath): { readonly folder: DiskPath; readonly name: DiskPath } {
  const bytes = Buffer.from(path)
  const last = bytes.lastIndexOf(sep)
  const folder = bytes.subarray(0, last === 0 ? 1 : last)
  return { folder: diskPath(folder), name: diskPath(bytes.subarray(last + 1)) }
}

/** Text that is the same for the same path and for no other. */
export function keyOf(path: DiskPath): string {
  // No path holds NUL, so no text is taken for the bytes of another.
  return typeof path === 'string' ? path : `\0${path.toString('hex')}`
}
