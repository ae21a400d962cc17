import { type BigIntStats, constants, lstatSync } from 'node:fs'
import type { DiskPath } from './disk-path.ts'
import { reasonOf } from './read-errors.ts'

/** What a disk tells of what lies at a path, without following links: of `BigIntStats` what a scan asks for. */
export type Status = Pick<BigIntStats, 'mode' | 'dev' | 'size' | 'mtimeNs' | 'ctimeMs'>

/** What comes of looking at a path; `problem` says why nothing can be told of it. */
export type Look = Status | { readonly problem: string } | 'gone'

export function isStatus(look: Look): look is Status {
  return look !== 'gone' && !('problem' in look)
}

/** What lies at a path now. */
export function lookAt(path: DiskPath): Look {
  try {
    return lstatSync(path, { bigint: true, throwIfNoEntry: false }) ?? 'gone'
  } catch (error) {
    return { problem: reasonOf(error) }
  }
}

const { S_IFMT, S_IFREG, S_IFDIR, S_IFLNK } = constants

/** Null for pipes, devices and the like. */
export function kindOf({ mode }: Status): 'file' | 'folder' | 'link' | null {
  const format = Number(mode) & S_IFMT
  if (format === S_IFREG) return 'file'
  if (format === S_IFDIR) return 'folder'
  return format === S_IFLNK ? 'link' : null
}
