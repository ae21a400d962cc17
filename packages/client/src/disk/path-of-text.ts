import { readdirSync } from 'node:fs'
import { sep } from 'node:path'
import { type DiskPath, diskPath, joinPath, textOf } from './disk-path.ts'
import { isSystemError } from './read-errors.ts'

/**
 * The path that is shown as this text: where it has U+FFFD for bytes that are not UTF-8, the first one on the disk that
 * is shown alike. Null where there is none.
 */
export function pathOfText(text: string): DiskPath | null {
  return pathsOfText(text)[0] ?? null
}

/** All paths that are shown as this text. One without U+FFFD is itself, whether or not something is there. */
export function pathsOfText(text: string): DiskPath[] {
  if (!text.includes('\uFFFD')) return [text]
  const [first = '', ...parts] = text.split(sep)
  return parts.reduce<DiskPath[]>(
    (folders, part) => folders.flatMap((folder) => childrenOf(folder, part)),
    [first === '' ? sep : first],
  )
}

function childrenOf(folder: DiskPath, part: string): DiskPath[] {
  const names = part.includes('\uFFFD') ? namesIn(folder).filter((one) => textOf(one) === part) : [part]
  return names.map((name) => joinPath(folder, name))
}

function namesIn(folder: DiskPath): DiskPath[] {
  try {
    return readdirSync(folder, { encoding: 'buffer' }).map(diskPath)
  } catch (error) {
    if (isSystemError(error)) return []
    throw error
  }
}
