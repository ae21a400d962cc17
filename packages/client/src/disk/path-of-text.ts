import { readdirSync } from 'node:fs'
import { sep } from 'node:path'
import { type DiskPath, diskPath, joinPath, textOf } from './disk-path.ts'
import { isSystemError } from './read-errors.ts'

/**
 * The path that is shown as this text: where it has U+FFFD for bytes that are not UTF-8, the first one on the disk that
 * is shown alike. Null where there is none.
 */
export function pathOfText(text: string): DiskPath | null {
  if (!text.includes('\uFFFD')) return text
  const [first = '', ...parts] = text.split(sep)
  return parts.reduce<DiskPath | null>(
    (folder, part) => (folder === null ? null : childOf(folder, part)),
    first === '' ? sep : first,
  )
}

function childOf(folder: DiskPath, part: string): DiskPath | null {
  if (!part.includes('\uFFFD')) return joinPath(folder, part)
  const name = namesIn(folder).find((one) => textOf(one) === part)
  return name === undefined ? null : joinPath(folder, name)
}

function namesIn(folder: DiskPath): DiskPath[] {
  try {
    return readdirSync(folder, { encoding: 'buffer' }).map(diskPath)
  } catch (error) {
    if (isSystemError(error)) return []
    throw error
  }
}
