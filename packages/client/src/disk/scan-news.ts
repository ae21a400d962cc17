import type { DiskPath } from './disk-path.ts'
import type { FoundFile, Place } from './read-folder.ts'
import { type LeftOut, type LeftOutFile, type UnreadableFolder, nothingLeftOut } from './left-out.ts'

/** What is remembered of a file that has not changed since. */
export type Recalled =
  | { readonly status: 'unchanged'; readonly photo: RecalledPhoto | null }
  | { readonly status: 'refused'; readonly code: string; readonly detail: string }

export interface RecalledPhoto {
  readonly id: number
  readonly hothash: string
  readonly sha256: string
}

/** What vouches for files, so that they need not be read again. */
export interface Memory {
  /** For each of these files of one folder what is remembered of it as it is now, else null; in their order. */
  recall(place: Place, files: readonly FoundFile[]): readonly (Recalled | null)[]
}

export interface RecalledFile {
  readonly path: string
  readonly recalled: Recalled
}

/** What a scan tells beside the files that it hands on, since it told last. */
export interface ScanNews {
  /** Files that may be photos, whether handed on or remembered. */
  found: number
  /** Of these, the ones left alone because their photos are remembered. */
  unchanged: number
  /** The ones remembered as refused; all that are remembered where the scan was asked to list them. */
  recalled: RecalledFile[]
  leftOut: LeftOut
  /** What was left out one by one, where the scan was asked to list it. */
  leftOutFiles: LeftOutFile[]
  /** The folders that were read, where the scan was asked to list them. */
  folders: DiskPath[]
  unreadableFolders: UnreadableFolder[]
  /** How many files all will have been, null while that is not known. */
  total: number | null
  /** Why the memory can no longer be asked, null while it can. */
  memoryLost: string | null
}

export function noNews(): ScanNews {
  return {
    found: 0,
    unchanged: 0,
    recalled: [],
    leftOut: nothingLeftOut(),
    leftOutFiles: [],
    folders: [],
    unreadableFolders: [],
    total: null,
    memoryLost: null,
  }
}
