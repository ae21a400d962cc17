import { realpath, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { type DiskPath, diskPath, keyOf } from './disk-path.ts'
import { pathsOfText } from './path-of-text.ts'
import { isSystemError, reasonOf } from './read-errors.ts'

/** Where a scan begins: a folder or a single file, absolute, that was there when it was asked for. */
export interface Root {
  readonly path: DiskPath
  readonly isFolder: boolean
}

/** What somebody named cannot be looked into; the message is a sentence for them. */
export class RootError extends Error {
  override readonly name = 'RootError'
}

/** What was named, absolute and without links on the way, each once. Throws `RootError` for what is not there. */
export async function findRoots(named: readonly string[]): Promise<Root[]> {
  const roots = new Map<string, Root>()
  for (const text of named)
    for (const path of placesOf(text)) {
      const root = await findRoot(text, path)
      roots.set(keyOf(root.path), root)
    }
  return [...roots.values()]
}

/** A program is handed text: a name that is not UTF-8 arrives as it is shown, and means all that are shown so. */
function placesOf(named: string): DiskPath[] {
  const paths = pathsOfText(resolve(named))
  return paths.length === 0 ? [resolve(named)] : paths
}

async function findRoot(named: string, place: DiskPath): Promise<Root> {
  const path = await look(named, () => realpath(place, { encoding: 'buffer' }))
  const status = await look(named, () => stat(path))
  if (status.isDirectory() || status.isFile()) return { path: diskPath(path), isFolder: status.isDirectory() }
  throw new RootError(`${named} is neither a folder nor a file.`)
}

async function look<T>(named: string, doLook: () => Promise<T>): Promise<T> {
  try {
    return await doLook()
  } catch (error) {
    if (!isSystemError(error)) throw error
    const sentence =
      error.code === 'ENOENT'
        ? `There is no folder or file ${named}.`
        : `${named} cannot be looked at: ${reasonOf(error).toLowerCase()}.`
    throw new RootError(sentence, { cause: error })
  }
}
