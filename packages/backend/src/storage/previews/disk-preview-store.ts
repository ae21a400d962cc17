import { randomUUID } from 'node:crypto'
import { mkdir, open, readFile, readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { PreviewStore } from './preview-store.ts'
import { nullIfMissing, orUnavailable } from './storage-failure.ts'
import { retiredName, sweepFolder } from './sweep-folder.ts'

/** Previews as files below `folder`, in 256 folders by the first two digits of their names. */
export function openDiskPreviewStore(folder: string): PreviewStore {
  const place = (sha256: string) => join(folder, sha256.slice(0, 2), `${sha256}.jpg`)
  const probing = sharedWhilePending(() => probe(folder))
  return {
    put: (sha256, bytes) => orUnavailable(put(place(sha256), bytes)),
    get: (sha256) => orUnavailable(read(place(sha256), sha256)),
    size: () => orUnavailable(size(folder)),
    check: () => orUnavailable(probing()),
    sweep: (prefix, untouchedSince, wanted) => sweepFolder(join(folder, prefix), { untouchedSince, wanted }),
  }
}

async function put(file: string, bytes: Buffer): Promise<void> {
  if (!(await refreshAge(file))) await write(file, bytes)
  await syncNames(file)
}

/** A sweep may have it under another name for a moment; then it is back, or nobody wants it. */
async function read(file: string, sha256: string): Promise<Buffer | null> {
  const found = await readFile(file).catch(nullIfMissing)
  if (found) return found
  const retired = await retiredName(dirname(file), sha256)
  const bytes = retired === null ? null : await readFile(join(dirname(file), retired)).catch(nullIfMissing)
  return bytes ?? readFile(file).catch(nullIfMissing)
}

/** Folder by folder; what is just being written or removed is left out. */
async function size(folder: string): Promise<{ files: number; bytes: number }> {
  const sum = { files: 0, bytes: 0 }
  for (const name of (await readdir(folder).catch(nullIfMissing)) ?? [])
    for (const file of (await readdir(join(folder, name)).catch(() => [])).filter((one) =>
      /^[0-9a-f]+\.jpg$/.test(one),
    )) {
      const found = await stat(join(folder, name, file)).catch(nullIfMissing)
      sum.files += found ? 1 : 0
      sum.bytes += found?.size ?? 0
    }
  return sum
}

const PROBE = Buffer.from('can be written')

/** Only writing tells: a full disk lets itself be opened, and root may open what cannot be written. */
async function probe(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const file = join(folder, '.probe')
  try {
    await writeSynced(file, PROBE, 'w')
  } finally {
    await rm(file, { force: true })
  }
}

/** Whoever asks while one is under way gets its answer: asking often costs no more than asking once. */
function sharedWhilePending<T>(work: () => Promise<T>): () => Promise<T> {
  let pending: Promise<T> | null = null
  return () => {
    pending ??= work().finally(() => (pending = null))
    return pending
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
    await writeSynced(beside, bytes, 'wx')
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

async function writeSynced(file: string, bytes: Buffer, flag: 'w' | 'wx'): Promise<void> {
  const handle = await open(file, flag, 0o600)
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
