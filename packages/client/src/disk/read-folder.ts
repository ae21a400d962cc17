import { readdirSync } from 'node:fs'
import { extensionOf, isCacheFolder, isHidden, kindOfName } from '../import/not-a-photo.ts'
import { type DiskPath, diskPath, joinPath, keyOf, textOf } from './disk-path.ts'
import { type LeftOut, type LeftOutFile, type WhyLeftOut, leaveOut, nothingLeftOut } from './left-out.ts'
import { type Look, kindOf, lookAt } from './look.ts'
import type { Lookout } from './lookout.ts'
import type { NameFilter } from './name-filter.ts'
import type { SharedLooks } from './shared-looks.ts'

/** A folder, and what the disk calls itself that it is on. */
export interface Place {
  readonly folder: DiskPath
  readonly volume: string
}

/** A file that may be a photo, or an XMP side-car, as its folder tells of it. */
export interface FoundFile {
  readonly name: DiskPath
  readonly filename: string
  /** Bytes. */
  readonly size: number
  /** Nanoseconds since 1970. */
  readonly mtimeNs: bigint
  /** When its bytes, its name or its rights were last changed, as no program can set it; milliseconds since 1970. */
  readonly touchedMs: number
  /** Why it cannot be looked at, null where it can. */
  readonly problem: string | null
}

/** A folder that is to be read. */
export interface Folder extends Place {
  /** Parts below what was named, separated by `/`; empty for that itself. */
  readonly below: string
  /** The file system it is on. */
  readonly device: bigint
}

export interface FolderContents {
  readonly place: Place
  readonly files: readonly FoundFile[]
  /** XMP beside them. */
  readonly sidecars: readonly FoundFile[]
  readonly folders: readonly { readonly path: DiskPath; readonly below: string; readonly device: bigint }[]
  readonly leftOut: LeftOut
  /** What was left out one by one, where that is wanted. */
  readonly listed: readonly LeftOutFile[]
}

export interface FolderWishes {
  readonly filter: NameFilter
  /** Files that were changed before are left out; milliseconds since 1970, null for none. */
  readonly sinceMs: number | null
  readonly crossMounts: boolean
  /** What has no photo's name and is larger is left out: core does not take it. */
  readonly maxUnnamedBytes: number
  /** Whether what is left out is listed, and not only counted. */
  readonly listLeftOut: boolean
  /** What was named itself, and is not found a second time below something else, by `keyOf`. */
  readonly named: ReadonlySet<string>
}

/** The names in a folder, and what a lookout tells of them; null where none looks at them. */
export interface Listing {
  readonly names: readonly DiskPath[]
  readonly looks: SharedLooks | null
}

/** Lists a folder, and has the lookout look at what is in it. Throws the system's error where it cannot be read. */
export function listFolder({ folder }: Folder, lookout: Lookout): Listing {
  const names = namesIn(folder)
  return { names, looks: lookout.lookAt(folder, names) }
}

/** What is in one folder, in the order of the disk. */
export function readFolder(folder: Folder, { names, looks }: Listing, wishes: FolderWishes): FolderContents {
  const contents = {
    place: { folder: folder.folder, volume: folder.volume },
    files: [] as FoundFile[],
    sidecars: [] as FoundFile[],
    folders: [] as FolderContents['folders'][number][],
    leftOut: nothingLeftOut(),
    listed: [] as LeftOutFile[],
  }
  names.forEach(sortOut)
  return contents

  function sortOut(name: DiskPath, index: number): void {
    const filename = textOf(name)
    const path = joinPath(folder.folder, name)
    if (isHidden(filename)) return passBy(path, filename, 'hidden')
    if (wishes.named.size > 0 && wishes.named.has(keyOf(path))) return
    const look = looks?.told(index) ?? lookAt(path)
    if (look === 'gone') return
    const below = folder.below === '' ? filename : `${folder.below}/${filename}`
    if ('problem' in look) return sortOutFile({ path, name, filename, look, below })
    const kind = kindOf(look)
    if (kind === 'file') sortOutFile({ path, name, filename, look, below })
    else if (kind === 'folder') sortOutFolder({ path, below, device: look.dev }, filename)
    else if (kind === 'link') passBy(path, filename, 'links')
  }

  function sortOutFolder(found: FolderContents['folders'][number], filename: string): void {
    const { path, below, device } = found
    if (isCacheFolder(filename)) passBy(path, filename, 'hidden')
    else if (!wishes.filter.entersFolder(below)) passBy(path, filename, 'excluded')
    else if (device !== folder.device && !wishes.crossMounts) passBy(path, filename, 'mounts')
    else contents.folders.push(found)
  }

  function sortOutFile({ path, name, filename, look, below }: Candidate): void {
    const file = foundFile(name, filename, look)
    const kind = kindOfName(filename)
    if (kind === 'sidecar' && isSidecar(file)) return void contents.sidecars.push(file)
    const isTooLarge = kind === 'maybe' && file.size > wishes.maxUnnamedBytes
    if (isTooLarge || (kind !== 'photo' && kind !== 'maybe')) passBy(path, filename, 'byName')
    else if (!wishes.filter.wantsFile(below)) passBy(path, filename, 'excluded')
    else if (isOlder(file, wishes.sinceMs)) passBy(path, filename, 'older')
    else contents.files.push(file)
  }

  function passBy(path: DiskPath, filename: string, why: WhyLeftOut): void {
    leaveOut(contents.leftOut, filename, why)
    if (wishes.listLeftOut) contents.listed.push({ path: textOf(path), why })
  }
}

/** Whether a file is XMP that may belong to a photo beside it. */
export function isSidecar({ filename }: FoundFile): boolean {
  return extensionOf(filename) === '.xmp'
}

interface Candidate {
  readonly path: DiskPath
  readonly name: DiskPath
  readonly filename: string
  readonly look: Exclude<Look, 'gone'>
  readonly below: string
}

/** Names are read as bytes only where one of them is not UTF-8: bytes take several times as long. */
function namesIn(folder: DiskPath): DiskPath[] {
  const names = readdirSync(folder)
  return names.some((name) => name.includes('\uFFFD'))
    ? readdirSync(folder, { encoding: 'buffer' }).map(diskPath)
    : names
}

/** A file by its name in a folder; one that cannot be looked at says why when it is read. */
export function foundFile(name: DiskPath, filename: string, look: Exclude<Look, 'gone'>): FoundFile {
  if ('problem' in look) return { name, filename, size: 0, mtimeNs: 0n, touchedMs: 0, problem: look.problem }
  const { size, mtimeNs, ctimeMs } = look
  return { name, filename, size: Number(size), mtimeNs, touchedMs: Number(ctimeMs), problem: null }
}

function isOlder({ mtimeNs, problem }: FoundFile, sinceMs: number | null): boolean {
  return sinceMs !== null && problem === null && mtimeNs < BigInt(sinceMs) * 1_000_000n
}
