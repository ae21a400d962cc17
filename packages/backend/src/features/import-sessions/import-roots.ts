import { isUtf8 } from 'node:buffer'
import { realpath, stat } from 'node:fs/promises'
import { isAbsolute, sep } from 'node:path'
import { AppError } from '../../app-error.ts'

/**
 * The folders below which the server itself may read. What is asked for is followed through every link before it is
 * compared, so that a link is worth what it leads to.
 */
export class ImportRoots {
  readonly #folders: readonly string[]

  /** Absolute paths; one that is not there yet, such as a disk that is not mounted, holds nothing until it is. */
  constructor(folders: readonly string[]) {
    this.#folders = folders
  }

  get isEmpty(): boolean {
    return this.#folders.length === 0
  }

  /**
   * Where a folder below a root really is, in bytes where they are not UTF-8. Throws `path_not_allowed` for everything else: what is outside, what leads
   * outside and what is not there are refused in the same words, so that nobody learns what the disk holds.
   */
  async realFolder(path: string): Promise<string | Buffer> {
    const real = isAbsolute(path) ? await realpathOf(path) : null
    if (real === null || !(await this.#holdsReal(real)) || !(await isFolder(real))) throw notAllowed()
    return isUtf8(real) ? real.toString() : real
  }

  /** Whether a folder is below a root as it is now; links may have changed since it was found. */
  async holds(folder: string | Buffer): Promise<boolean> {
    const real = await realpathOf(folder)
    return real !== null && this.#holdsReal(real)
  }

  async #holdsReal(real: Buffer): Promise<boolean> {
    const roots = await Promise.all(this.#folders.map(realpathOf))
    return roots.some((root) => root !== null && isBelow(real, root))
  }
}

function notAllowed(): AppError {
  return new AppError(
    'path_not_allowed',
    'The path is not that of a folder below an import root of the server.',
  )
}

/** Bytes, because names need not be UTF-8. */
function isBelow(folder: Buffer, root: Buffer): boolean {
  const end = root.at(-1) === sep.charCodeAt(0) ? root.length : root.length + 1
  const isInside = folder.subarray(0, root.length).equals(root)
  return isInside && (folder.length === root.length || folder.at(end - 1) === sep.charCodeAt(0))
}

/** Null where there is nothing, or nothing that the server may look at. */
async function realpathOf(path: string | Buffer): Promise<Buffer | null> {
  try {
    return await realpath(path, { encoding: 'buffer' })
  } catch (error) {
    if (isSystemError(error)) return null
    throw error
  }
}

async function isFolder(path: Buffer): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory()
  } catch (error) {
    if (isSystemError(error)) return false
    throw error
  }
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error
}
