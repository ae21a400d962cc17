import { lstatSync } from 'node:fs'
import { isAbsolute } from 'node:path'
import { instant, isSystemError, pathOfText, volumeOf } from '@imalink/client/disk'
import type { FileRecord } from '@imalink/contract'

/**
 * Whether an original is where its record says: `here`, `changed` (a file of another size or time is there), `other_disk`
 * (one like it is there, but on another disk), `missing`, or `unknown` where the record has no whole path: a browser
 * tells only the path within the folder that it was given.
 */
export type Presence = 'here' | 'changed' | 'other_disk' | 'missing' | 'unknown'

type Whereabouts = Pick<FileRecord, 'file_path' | 'volume' | 'file_size' | 'modified_at'>

/** Looks, without reading the file. */
export function presenceOf({ file_path, volume, file_size, modified_at }: Whereabouts): Presence {
  if (!isAbsolute(file_path)) return 'unknown'
  const path = pathOfText(file_path)
  const status = path === null ? null : lookAt(path)
  if (path === null || !status?.isFile()) return 'missing'
  // Only what disks call themselves can be compared; a name that somebody gave stands for nothing here.
  const here = volumeOf(path)
  if (isNameOfItself(volume) && isNameOfItself(here) && here !== volume) return 'other_disk'
  const sameSize = file_size === null || status.size === BigInt(file_size)
  const sameTime = modified_at === null || modified_at === instant(status.mtimeNs)
  return sameSize && sameTime ? 'here' : 'changed'
}

function lookAt(path: string | Buffer) {
  try {
    return lstatSync(path, { bigint: true, throwIfNoEntry: false }) ?? null
  } catch (error) {
    if (isSystemError(error)) return null
    throw error
  }
}

/** The UUID of a file system, in any of the forms that there are, or the source of a network disk. */
function isNameOfItself(volume: string): boolean {
  return /^([0-9A-F]{4}-[0-9A-F]{4}|[0-9A-F]{16}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[^/\s]+:\/.*|\/\/.*)$/i.test(
    volume,
  )
}
