import { randomUUID } from 'node:crypto'
import { access, constants, mkdir, open, readFile, rename, rm, utimes } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { PreviewStore } from './preview-store.ts'

/** Previews as files below `folder`, in 256 folders by the first two digits of their names. */
export function openDiskPreviewStore(folder: string): PreviewStore {
  const place = (sha256: string) => join(folder, sha256.slice(0, 2), `${sha256}.jpg`)
  return {
    async put(sha256, bytes) {
      if (!(await refreshAge(place(sha256)))) await write(place(sha256), bytes)
      await syncNames(place(sha256))
    },
    get: (sha256) => readFile(place(sha256)).catch(nullIfMissing),
    async check() {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      await access(folder, constants.R_OK | constants.W_OK | constants.X_OK)
    },
  }
}

/** True where the file is there; its time then says that it is wanted. */
async function refreshAge(file: string): Promise<boolean> {
  const time = new Date()
  try {
    await utimes(file, time, time)
    return true
  } catch (error) {
    nullIfMissing(error)
    return false
  }
}

/** Whole under its name or not there at all, also after a power cut: written beside, synced, renamed. */
async function write(file: string, bytes: Buffer): Promise<void> {
  const folder = dirname(file)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const beside = join(folder, `.${randomUUID()}.part`)
  try {
    await writeSynced(beside, bytes)
    await rename(beside, file)
  } catch (error) {
    await rm(beside, { force: true })
    throw error
  }
}

/**
 * The file's name is on disk, and the name of its folder. Also for a file that is there already: whoever made it may have
 * been killed between the two steps.
 */
async function syncNames(file: string): Promise<void> {
  await syncFolder(dirname(file))
  await syncFolder(dirname(dirname(file)))
}

async function writeSynced(file: string, bytes: Buffer): Promise<void> {
  const handle = await open(file, 'wx', 0o600)
  try {
    await handle.writeFile(bytes)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function nullIfMissing(error: unknown): null {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
  throw error
}
