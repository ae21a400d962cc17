import { realpath, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Failure } from '../failure.ts'
import { reasonOf } from './read-errors.ts'
import type { Root } from './walk.ts'

/** What the user named, absolute and without links on the way, each once. Throws `Failure` for what is not there. */
export async function findRoots(named: readonly string[]): Promise<Root[]> {
  const roots = new Map<string, Root>()
  for (const path of named) {
    const root = await findRoot(path)
    roots.set(root.path.toString('hex'), root)
  }
  return [...roots.values()]
}

async function findRoot(named: string): Promise<Root> {
  const path = await look(named, () => realpath(resolve(named), { encoding: 'buffer' }))
  const status = await look(named, () => stat(path))
  if (status.isDirectory() || status.isFile()) return { path, isFolder: status.isDirectory() }
  throw new Failure(`${named} is neither a folder nor a file.`)
}

async function look<T>(named: string, doLook: () => Promise<T>): Promise<T> {
  try {
    return await doLook()
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    throw new Failure(
      isMissing
        ? `There is no folder or file ${named}.`
        : `${named} cannot be looked at: ${reasonOf(error).toLowerCase()}.`,
    )
  }
}
