import { type FSWatcher, watch } from 'node:fs'
import { sep } from 'node:path'
import { type DiskPath, diskPath, isSystemError, joinPath, keyOf } from '@imalink/client/disk'

/** Systems that tell of a whole tree at once; elsewhere each folder needs a watcher of its own. */
const TELLS_OF_TREES = process.platform === 'darwin' || process.platform === 'win32'

export interface WatchersOptions {
  onChange(): void
  /** The system has no more watchers to give: changes go unnoticed until somebody looks. */
  onTooMany(): void
}

/** Has the system tell when something in folders changes. */
export class FolderWatchers {
  readonly #options: WatchersOptions
  readonly #watchers = new Map<string, FSWatcher>()
  #hasTooMany = false

  constructor(options: WatchersOptions) {
    this.#options = options
  }

  /** Listens to these folders, which `roots` lie above, too; answers whether that is news. */
  add(folders: readonly DiskPath[], roots: readonly DiskPath[]): boolean {
    const before = this.#watchers.size
    for (const folder of TELLS_OF_TREES ? roots : folders)
      if (!this.#watchers.has(keyOf(folder))) this.#listen(folder)
    return this.#watchers.size > before
  }

  /** Listens to no others than these any more. */
  keepOnly(folders: readonly DiskPath[], roots: readonly DiskPath[]): void {
    const wanted = new Set((TELLS_OF_TREES ? roots : folders).map(keyOf))
    for (const key of [...this.#watchers.keys()]) if (!wanted.has(key)) this.#drop(key)
  }

  close(): void {
    for (const key of [...this.#watchers.keys()]) this.#drop(key)
  }

  #listen(folder: DiskPath): void {
    if (this.#hasTooMany) return
    const key = keyOf(folder)
    try {
      const options = { recursive: TELLS_OF_TREES, encoding: 'buffer' as const }
      const watcher = watch(folder, options, (event, name) => {
        if (event === 'rename' && name !== null) this.#forgetBelow(joinPath(folder, diskPath(name)))
        if (name?.[0] !== '.'.charCodeAt(0)) this.#options.onChange()
      })
      watcher.on('error', () => this.#drop(key))
      this.#watchers.set(key, watcher)
    } catch (error) {
      if (!isSystemError(error)) throw error
      if (error.code !== 'ENOSPC' && error.code !== 'EMFILE') return
      this.#hasTooMany = true
      this.#options.onTooMany()
    }
  }

  /** What lies at a path that was renamed is not what was listened to there. */
  #forgetBelow(path: DiskPath): void {
    const renamed = keyOf(path)
    if (!this.#watchers.has(renamed)) return
    for (const key of [...this.#watchers.keys()])
      if (key === renamed || key.startsWith(renamed + sep)) this.#drop(key)
  }

  #drop(key: string): void {
    this.#watchers.get(key)?.close()
    this.#watchers.delete(key)
  }
}
