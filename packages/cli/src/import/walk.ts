import type { Dirent } from 'node:fs'
import { opendir } from 'node:fs/promises'
import { sep } from 'node:path'
import { extensionOf, isCacheFolder, isHidden, isNotAPhoto, kindOfName } from '@imalink/client'
import { reasonOf } from './read-errors.ts'

/** A file that may be a photo. Its path is bytes, because a name need not be UTF-8. */
export interface FoundFile {
  readonly path: Buffer
  readonly name: string
  /** Whether it is handed to core whatever it is: by its name, or because it was asked for by name. */
  readonly surelyWanted: boolean
}

/** Where a walk begins: a folder or a single file, absolute, that was there when it was asked for. */
export interface Root {
  readonly path: Buffer
  readonly isFolder: boolean
}

/** What a walk left out, and why. */
export interface LeftOut {
  hidden: number
  links: number
  /** How many files of each extension are no photos by their name (or, with another name, by their size). */
  readonly byExtension: Map<string, number>
  readonly unreadableFolders: { readonly path: string; readonly detail: string }[]
}

export function nothingLeftOut(): LeftOut {
  return { hidden: 0, links: 0, byExtension: new Map(), unreadableFolders: [] }
}

/**
 * The files below the roots that may be photos, folder after folder, in the order of the disk and in flat memory.
 * Follows no links; passes by what is hidden, caches of other programs and what is no photo by its name.
 * A folder that cannot be read is noted in `leftOut`.
 */
export async function* walk(
  roots: readonly Root[],
  leftOut: LeftOut,
  signal: AbortSignal,
): AsyncGenerator<FoundFile> {
  for (const root of roots) {
    if (root.isFolder) yield* walkFolder(root.path, leftOut, signal)
    else yield { path: root.path, name: lastName(root.path), surelyWanted: true }
  }
}

async function* walkFolder(top: Buffer, leftOut: LeftOut, signal: AbortSignal): AsyncGenerator<FoundFile> {
  const folders = [top]
  for (let folder = folders.pop(); folder && !signal.aborted; folder = folders.pop()) {
    try {
      for await (const entry of await openFolder(folder)) {
        if (signal.aborted) return
        const found = sortOut(folder, entry, leftOut)
        if (!found) continue
        if (entry.isDirectory()) folders.push(found.path)
        else yield found
      }
    } catch (error) {
      if (!isSystemError(error)) throw error
      leftOut.unreadableFolders.push({ path: textOf(folder), detail: reasonOf(error) })
    }
  }
}

/** Node names entries by `Buffer` when it is asked to, which its types do not know of `opendir`. */
async function openFolder(folder: Buffer): Promise<AsyncIterable<Dirent<Buffer>>> {
  const entries: AsyncIterable<unknown> = await opendir(folder, { encoding: 'buffer' as BufferEncoding })
  return entries as AsyncIterable<Dirent<Buffer>>
}

/** The entry where it is to be entered or handed on, else null and a note why not. */
function sortOut(folder: Buffer, entry: Dirent<Buffer>, leftOut: LeftOut): FoundFile | null {
  const name = textOf(entry.name)
  const found = { path: join(folder, entry.name), name, surelyWanted: kindOfName(name) === 'photo' }
  if (isHidden(name)) return leaveOut(leftOut, 'hidden')
  if (entry.isSymbolicLink()) return leaveOut(leftOut, 'links')
  if (entry.isDirectory()) return isCacheFolder(name) ? leaveOut(leftOut, 'hidden') : found
  if (!entry.isFile()) return null
  return isNotAPhoto(name) ? leaveOutByName(leftOut, name) : found
}

function leaveOut(leftOut: LeftOut, why: 'hidden' | 'links'): null {
  leftOut[why]++
  return null
}

/** Counts a file that is no photo under its extension. */
export function leaveOutByName({ byExtension }: LeftOut, name: string): null {
  const extension = extensionOf(name)
  byExtension.set(extension, (byExtension.get(extension) ?? 0) + 1)
  return null
}

/** How many files a walk will hand on, or null when it is broken off. Notes nothing. */
export async function countFiles(roots: readonly Root[], signal: AbortSignal): Promise<number | null> {
  let count = 0
  const files = walk(roots, nothingLeftOut(), signal)
  while (!(await files.next()).done) count++
  return signal.aborted ? null : count
}

function join(folder: Buffer, name: Buffer): Buffer {
  const between = folder.at(-1) === sep.charCodeAt(0) ? '' : sep
  return Buffer.concat([folder, Buffer.from(between), name])
}

function lastName(path: Buffer): string {
  return textOf(path.subarray(path.lastIndexOf(sep) + 1))
}

/** Bytes that are not UTF-8 show as U+FFFD. */
export function textOf(bytes: Buffer): string {
  return bytes.toString('utf8')
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && 'syscall' in error
}
