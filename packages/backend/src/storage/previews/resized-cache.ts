import { randomUUID } from 'node:crypto'
import { mkdir, readFile, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Wanted } from './preview-store.ts'
import { nullIfMissing } from './storage-failure.ts'

/** The share of the bound that is free after the least used had to go, so that not every picture means a look at all. */
const FREE_SHARE = 1 / 16
const ASKED_AT_ONCE = 500
/** A file half written by a process that was killed. */
const ABANDONED_MS = 60 * 60 * 1000

interface CachedFile {
  readonly path: string
  readonly name: string
  readonly bytes: number
  readonly usedAt: number
}

/**
 * Coldpreviews in other sizes, on disk, at most `maxBytes` of them: the least recently used go first. `size` is a word
 * that may stand in a file's name. Processes may share a folder; each counts what it writes itself and looks at what is
 * there before its sixteenth of the bound is full. Nothing here is needed: a picture that is lost is made again.
 */
export class ResizedCache {
  readonly #folder: string
  readonly #maxBytes: number
  /** What may be written before the next look at everything. */
  #room = 0
  #trimming: Promise<void> | null = null

  constructor(folder: string, maxBytes: number) {
    this.#folder = folder
    this.#maxBytes = maxBytes
  }

  /** Null where it is not there, or not whole. */
  async get(sha256: string, size: string): Promise<Buffer | null> {
    const file = this.#place(sha256, size)
    const bytes = await readFile(file).catch(nullIfMissing)
    if (bytes === null || !isWhole(bytes)) return null
    const time = new Date()
    await utimes(file, time, time).catch(nullIfMissing)
    return bytes
  }

  async put(sha256: string, size: string, bytes: Buffer): Promise<void> {
    if (bytes.length > this.#maxBytes * (1 - FREE_SHARE)) return
    const file = this.#place(sha256, size)
    const folder = join(this.#folder, sha256.slice(0, 2))
    const beside = join(folder, `${randomUUID()}.part`)
    await mkdir(folder, { recursive: true, mode: 0o700 })
    try {
      await writeFile(beside, bytes, { mode: 0o600 })
      await rename(beside, file)
    } catch (error) {
      await rm(beside, { force: true })
      throw error
    }
    this.#room -= bytes.length
    if (this.#room < 0) await this.#trim()
  }

  /** All sizes of a coldpreview. */
  async drop(sha256: string): Promise<void> {
    const folder = join(this.#folder, sha256.slice(0, 2))
    const names = (await readdir(folder).catch(nullIfMissing)) ?? []
    for (const name of names.filter((one) => one.startsWith(`${sha256}-`)))
      await rm(join(folder, name), { force: true })
  }

  /** Drops every size of what is not wanted; answers how many went. */
  async sweep(wanted: Wanted): Promise<number> {
    const files = await this.#files()
    const sources = [...new Set(files.map(({ name }) => name.slice(0, 64)))]
    const kept = new Set<string>()
    for (let at = 0; at < sources.length; at += ASKED_AT_ONCE)
      for (const sha256 of await wanted(sources.slice(at, at + ASKED_AT_ONCE))) kept.add(sha256)
    const unwanted = files.filter(({ name, usedAt }) => {
      const isUnfinished = name.endsWith('.part')
      return isUnfinished ? usedAt < Date.now() - ABANDONED_MS : !kept.has(name.slice(0, 64))
    })
    for (const { path } of unwanted) await rm(path, { force: true })
    return unwanted.length
  }

  #place(sha256: string, size: string): string {
    return join(this.#folder, sha256.slice(0, 2), `${sha256}-${size}.jpg`)
  }

  #trim(): Promise<void> {
    this.#trimming ??= this.#removeLeastUsed().finally(() => (this.#trimming = null))
    return this.#trimming
  }

  async #removeLeastUsed(): Promise<void> {
    const free = Math.floor(this.#maxBytes * FREE_SHARE)
    const files = (await this.#files()).sort((a, b) => a.usedAt - b.usedAt)
    let total = files.reduce((sum, { bytes }) => sum + bytes, 0)
    for (const { path, bytes } of files) {
      if (total <= this.#maxBytes - free) break
      await rm(path, { force: true })
      total -= bytes
    }
    this.#room = free
  }

  async #files(): Promise<CachedFile[]> {
    const folders = (await readdir(this.#folder).catch(nullIfMissing)) ?? []
    const files: CachedFile[] = []
    for (const folder of folders) {
      const place = join(this.#folder, folder)
      for (const name of (await readdir(place).catch(nullIfMissing)) ?? []) {
        const path = join(place, name)
        const found = await stat(path).catch(nullIfMissing)
        if (found) files.push({ path, name, bytes: found.size, usedAt: found.mtimeMs })
      }
    }
    return files
  }
}

/** They are not synced to disk, so a power cut may leave one that is cut short. */
function isWhole(jpeg: Buffer): boolean {
  return jpeg.length > 4 && jpeg.readUInt16BE(0) === 0xffd8 && jpeg.readUInt16BE(jpeg.length - 2) === 0xffd9
}
