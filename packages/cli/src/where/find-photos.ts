import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { realpath, stat } from 'node:fs/promises'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { type Server, call, kindOfName } from '@imalink/client'
import { isSystemError, reasonOf } from '@imalink/client/disk'
import { endpoints } from '@imalink/contract'
import { Failure } from '../failure.ts'

/** A photo that somebody may mean, and how it was found. */
export interface MeantPhoto {
  /** Id or hothash. */
  readonly ref: string
  readonly foundBy: 'id' | 'hothash' | 'content' | 'name'
  readonly inTrash: boolean
}

/**
 * The own photos that an id, a hothash or the path of an original means: a file that is there by what is in it, else by
 * its folder and name. Throws `Failure` where none does.
 */
export async function findPhotos(backend: Server, meant: string): Promise<MeantPhoto[]> {
  if (/^\d+$/.test(meant)) return [{ ref: meant, foundBy: 'id', inTrash: false }]
  if (/^[0-9a-f]{64}$/.test(meant)) return [{ ref: meant, foundBy: 'hothash', inTrash: false }]
  const path = await realPath(resolve(meant))
  const sha256 = await hashOf(path)
  const file_sha256s = sha256 === null ? [] : [sha256]
  const names = [{ folder: dirname(path), stem: basename(path, extname(path)) }]
  const answer = await call(backend, endpoints.knownPhotos, { body: { file_sha256s, names } })
  const same = sha256 === null ? undefined : answer.file_sha256s[sha256]
  if (same) return [{ ref: String(same.id), foundBy: 'content', inTrash: same.in_trash }]
  const named = (answer.names[0] ?? []).filter(({ files }) => files.some((file) => file.file_path === path))
  if (named.length > 0)
    return named.map(({ id, in_trash }) => ({ ref: String(id), foundBy: 'name', inTrash: in_trash }))
  throw new Failure(nothingFound(path, sha256 !== null))
}

/** As far as its folders are there, without links on the way: so an import names it. */
async function realPath(path: string): Promise<string> {
  const folder = dirname(path)
  if (folder === path) return path
  try {
    return join(await realpath(folder), basename(path))
  } catch (error) {
    if (!isSystemError(error)) throw error
    return join(await realPath(folder), basename(path))
  }
}

function nothingFound(path: string, isThere: boolean): string {
  if (kindOfName(path) === 'sidecar')
    return `${path} is a side-car, no original of its own: ask for its photo.`
  return isThere ? `${path} is not imported yet.` : `No photo of yours has an original ${path}.`
}

/** Of the bytes at a path, null where there is no file. */
async function hashOf(path: string): Promise<string | null> {
  try {
    if (!(await stat(path)).isFile()) throw new Failure(`${path} is not a file.`)
    const hash = createHash('sha256')
    await pipeline(createReadStream(path), hash)
    return hash.digest('hex')
  } catch (error) {
    if (!isSystemError(error)) throw error
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null
    throw new Failure(`${path} cannot be read: ${reasonOf(error).toLowerCase()}.`, undefined, error)
  }
}
