import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import type { SourceFile } from '../import.ts'
import { type DiskPath, joinPath, textOf } from './disk-path.ts'
import type { FoundFile, Place } from './read-folder.ts'
import { isSystemError, reasonOf } from './read-errors.ts'

/** An original on a disk of this machine. */
export interface DiskFile extends SourceFile {
  readonly place: Place
  readonly name: DiskPath
  /** Nanoseconds since 1970. */
  readonly mtimeNs: bigint
  /** When its bytes, its name or its rights were last changed, as no program can set it; milliseconds since 1970. */
  readonly touchedMs: number
}

/** Whether a file is one that a scan of this machine's disks has found. */
export function isDiskFile(file: SourceFile): file is DiskFile {
  return 'place' in file
}

/** A file that was found, ready to be imported. Its `read` throws where the file is no longer what was found. */
export function diskFile(place: Place, found: FoundFile): DiskFile {
  const { name, filename, size, mtimeNs, touchedMs, problem } = found
  const path = joinPath(place.folder, name)
  return {
    place,
    name,
    filename,
    mtimeNs,
    touchedMs,
    size,
    path: textOf(path),
    volume: place.volume,
    modifiedAt: problem === null ? instant(mtimeNs) : null,
    read: (signal) =>
      problem === null ? readWhole(path, found, signal) : Promise.reject(new Error(problem)),
  }
}

/** What lies at a path may have become a link, a pipe or a folder since it was found: none is followed or waited for. */
const CAREFULLY = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)

async function readWhole(
  path: DiskPath,
  found: FoundFile,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  signal.throwIfAborted()
  try {
    await using file = await open(path, CAREFULLY)
    const bytes = await readAll(file, found.size)
    const status = await file.stat({ bigint: true })
    if (!status.isFile()) throw new Error('It is no longer a file')
    if (status.mtimeNs !== found.mtimeNs || status.size !== BigInt(bytes.byteLength))
      throw new Error('It changed while it was read')
    return bytes
  } catch (error) {
    throw isSystemError(error) ? new Error(reasonOf(error), { cause: error }) : error
  }
}

async function readAll(file: FileHandle, size: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = Buffer.allocUnsafeSlow(size)
  let length = 0
  while (length < size) {
    const { bytesRead } = await file.read(bytes, length, size - length, length)
    if (bytesRead === 0) break
    length += bytesRead
  }
  return bytes.subarray(0, length)
}

/** A file's time as records of it give it, to milliseconds; null for times that no calendar has. */
export function instant(mtimeNs: bigint): string | null {
  const time = new Date(Number(mtimeNs / 1_000_000n))
  const year = time.getUTCFullYear()
  return year >= 0 && year <= 9999 ? time.toISOString() : null
}
