import { lstatSync } from 'node:fs'
import { type DiskPath, joinPath, keyOf, splitPath, textOf } from './disk-path.ts'
import { type UnreadableFolder, nothingLeftOut } from './left-out.ts'
import type { Lookout } from './lookout.ts'
import {
  type Folder,
  type FolderContents,
  type FolderWishes,
  type FoundFile,
  type Listing,
  foundFile,
  isSidecar,
  listFolder,
  readFolder,
} from './read-folder.ts'
import { isSystemError, reasonOf } from './read-errors.ts'
import type { Root } from './roots.ts'
import { volumeOf } from './volume.ts'

export interface WalkWishes extends Omit<FolderWishes, 'named'> {
  /** A name for the disk, null where it names itself. */
  readonly volume: string | null
}

/** Folders that the lookout is told of before they are read. */
const AHEAD = 2
/** What was seen ahead of time is looked at again where the walk has rested in between. */
const FRESH_MS = 1000

interface ListedAhead extends Listing {
  readonly atMs: number
}

/** Why a folder cannot be read. */
interface Unreadable {
  readonly unreadable: UnreadableFolder
}

/** What is in a folder, or of it what was named itself. */
export interface Found extends Omit<FolderContents, 'folders'> {
  /** Those of `sidecars` that were asked for by more than their partner's name. */
  readonly asked: readonly FoundFile[]
}

export type Step = { readonly contents: Found } | Unreadable

/**
 * Walks what was named folder by folder, in memory that grows with the depth of the tree and the width of one folder.
 * Follows no links, and enters no folder twice.
 */
export class Walk {
  readonly #wishes: FolderWishes & WalkWishes
  readonly #all: readonly Root[]
  readonly #lookout: Lookout
  readonly #volumes = new Map<bigint, string>()
  #named: { readonly folder: DiskPath; readonly names: readonly DiskPath[] }[]
  #roots: DiskPath[]
  #folders: Folder[] = []
  #ahead: ReadonlyMap<Folder, ListedAhead> = new Map()

  constructor(roots: readonly Root[], wishes: WalkWishes, lookout: Lookout) {
    this.#lookout = lookout
    this.#all = roots
    this.#wishes = { ...wishes, named: new Set(roots.map(({ path }) => keyOf(path))) }
    this.#named = byFolder(roots.filter(({ isFolder }) => !isFolder).map(({ path }) => path))
    this.#roots = roots.filter(({ isFolder }) => isFolder).map(({ path }) => path)
  }

  /** A walk of what this one has still before it. */
  fork(): Walk {
    const fork = new Walk(this.#all, this.#wishes, this.#lookout)
    fork.#named = [...this.#named]
    fork.#roots = [...this.#roots]
    fork.#folders = [...this.#folders]
    return fork
  }

  /** The next folder, or null at the end. */
  next(): Step | null {
    const files = this.#named.shift()
    if (files) return this.#lookAtFiles(files)
    const folder = this.#folders.pop() ?? this.#nextRoot()
    if (folder === null) return null
    return 'unreadable' in folder ? folder : this.#read(folder)
  }

  #nextRoot(): Folder | Unreadable | null {
    const path = this.#roots.shift()
    return path === undefined
      ? null
      : attempt(path, () => this.#folder({ path, below: '', ...deviceOf(path) }))
  }

  #read(folder: Folder): Step {
    return attempt(folder.folder, () => {
      const { folders, ...contents } = readFolder(folder, this.#list(folder), this.#wishes)
      for (const found of folders.toReversed()) this.#folders.push(this.#folder(found))
      this.#lookAhead()
      return { contents: { ...contents, asked: contents.sidecars } }
    })
  }

  #list(folder: Folder): Listing {
    const ahead = this.#ahead.get(folder)
    return ahead && performance.now() - ahead.atMs < FRESH_MS ? ahead : listFolder(folder, this.#lookout)
  }

  /** While whoever walks is busy with one folder, the lookout looks at the next ones. */
  #lookAhead(): void {
    const next = this.#folders.slice(-AHEAD).toReversed()
    const listed = next.map((folder) => {
      const listing = () => ({ ...listFolder(folder, this.#lookout), atMs: performance.now() })
      return [folder, this.#ahead.get(folder) ?? attempt(folder.folder, listing)] as const
    })
    this.#ahead = new Map(listed.filter(isListed))
  }

  #folder({ path, below, device }: FolderContents['folders'][number]): Folder {
    return { folder: path, volume: this.#volume(path, device), below, device }
  }

  #volume(path: DiskPath, device: bigint): string {
    if (this.#wishes.volume !== null) return this.#wishes.volume
    const volume = this.#volumes.get(device) ?? volumeOf(path)
    this.#volumes.set(device, volume)
    return volume
  }

  /** Files that were named themselves, with the side-cars beside them. */
  #lookAtFiles({ folder, names }: { folder: DiskPath; names: readonly DiskPath[] }): Step {
    return attempt(folder, () => {
      const { device } = deviceOf(folder)
      const place = this.#folder({ path: folder, below: '', device })
      const all = names.map((name) => lookAtFile(folder, name))
      const asked = all.filter(isSidecar)
      const files = all.filter((file) => !isSidecar(file))
      const sidecars = [...this.#sidecarsIn(place), ...asked]
      const { volume } = place
      return { contents: { place: { folder, volume }, files, sidecars, asked, ...nothingPassedBy() } }
    })
  }

  /** A file comes in also from a folder whose other files nobody may list. */
  #sidecarsIn(place: Folder): readonly FoundFile[] {
    const step = attempt(place.folder, () =>
      readFolder(place, this.#list(place), { ...this.#wishes, filter: onlySidecars }),
    )
    return 'unreadable' in step ? [] : step.sidecars
  }
}

function isListed(one: readonly [Folder, ListedAhead | Unreadable]): one is readonly [Folder, ListedAhead] {
  return !('unreadable' in one[1])
}

const nothingPassedBy = () => ({ leftOut: nothingLeftOut(), listed: [] })

const onlySidecars = { wantsFile: () => false, entersFolder: () => false }

function deviceOf(path: DiskPath): { device: bigint } {
  return { device: lstatSync(path, { bigint: true }).dev }
}

function lookAtFile(folder: DiskPath, name: DiskPath): FoundFile {
  const filename = textOf(name)
  try {
    return foundFile(name, filename, lstatSync(joinPath(folder, name), { bigint: true }))
  } catch (error) {
    return foundFile(name, filename, { problem: reasonOf(error) })
  }
}

function attempt<T>(path: DiskPath, look: () => T): T | Unreadable {
  try {
    return look()
  } catch (error) {
    if (!isSystemError(error)) throw error
    return { unreadable: { path: textOf(path), detail: reasonOf(error) } }
  }
}

function byFolder(paths: readonly DiskPath[]) {
  const split = paths.map(splitPath)
  return [...Map.groupBy(split, ({ folder }) => keyOf(folder)).values()].map((files) => ({
    folder: files[0]?.folder ?? '',
    names: files.map(({ name }) => name),
  }))
}
