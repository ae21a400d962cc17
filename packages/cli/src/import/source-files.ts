import { lstat, readFile } from 'node:fs/promises'
import { type SourceFile, type SourceGroup, groupByName } from '@imalink/client'
import { limits } from '@imalink/contract'
import { reasonOf } from './read-errors.ts'
import { type FoundFile, type LeftOut, type Root, leaveOutByName, textOf, walk } from './walk.ts'

/**
 * The files below the roots, ready to be imported. A file that cannot be looked at is among them, and its `read` says why.
 * What is no photo by its name and larger than core takes is left out rather than refused.
 */
async function* sourceFiles(
  roots: readonly Root[],
  options: { readonly volume: string; readonly leftOut: LeftOut; readonly signal: AbortSignal },
): AsyncGenerator<SourceFile> {
  for await (const found of walk(roots, options.leftOut, options.signal)) {
    const file = await sourceFile(found, options.volume)
    if (found.surelyWanted || file.size <= limits.fileBytes) yield file
    else leaveOutByName(options.leftOut, found.name)
  }
}

/** The same files, those of one folder put together that may be one photo. */
export async function* sourceGroups(
  roots: readonly Root[],
  options: { readonly volume: string; readonly leftOut: LeftOut; readonly signal: AbortSignal },
): AsyncGenerator<SourceGroup> {
  const folderOf = ({ path, filename }: SourceFile) => path.slice(0, -filename.length)
  let folder: SourceFile[] = []
  for await (const file of sourceFiles(roots, options)) {
    if (folder[0] && folderOf(folder[0]) !== folderOf(file)) {
      yield* groupByName(folder)
      folder = []
    }
    folder.push(file)
  }
  yield* groupByName(folder)
}

async function sourceFile({ path, name }: FoundFile, volume: string): Promise<SourceFile> {
  const known = { filename: name, path: textOf(path), volume }
  try {
    const { size, mtime } = await lstat(path)
    return { ...known, size, modifiedAt: instant(mtime), read: (signal) => read(path, signal) }
  } catch (error) {
    return { ...known, size: 0, modifiedAt: null, read: () => Promise.reject(unreadable(error)) }
  }
}

async function read(path: Buffer, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await readFile(path, { signal })
  } catch (error) {
    throw unreadable(error)
  }
}

function unreadable(error: unknown): Error {
  return new Error(reasonOf(error), { cause: error })
}

/** Some disks hold times that no calendar has. */
function instant(time: Date): string | null {
  const year = time.getUTCFullYear()
  return year >= 0 && year <= 9999 ? time.toISOString() : null
}
