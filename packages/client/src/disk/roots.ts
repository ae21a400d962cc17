import { realpath, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { type DiskPath, diskPath, keyOf } from './disk-path.ts'
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
  for (const path of named) {
    const root = await findRoot(path)
    roots.set(keyOf(root.path), root)
  }
  return [...roots.values()]
}

async function findRoot(named: string): Promise<Root> {
  const path = await look(named, () => realpath(resolve(named), { encoding: 'buffer' }))
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
