import { extensionOf } from '../import/not-a-photo.ts'

/** What a scan left out, and why. */
export interface LeftOut {
  /** Hidden files and folders, and what other programs keep for themselves. */
  hidden: number
  links: number
  /** Folders that another disk is mounted on. */
  mounts: number
  /** By `--include` and `--exclude`: files, and whole folders. */
  excluded: number
  /** Not changed since the time that was asked for. */
  older: number
  /** How many files of each extension are no photos by their name (or, with another name, by their size). */
  readonly byExtension: Map<string, number>
}

/** Why a single file or folder was left out. */
export type WhyLeftOut = Exclude<keyof LeftOut, 'byExtension'> | 'byName'

export interface LeftOutFile {
  readonly path: string
  readonly why: WhyLeftOut
}

export interface UnreadableFolder {
  readonly path: string
  readonly detail: string
}

export function nothingLeftOut(): LeftOut {
  return { hidden: 0, links: 0, mounts: 0, excluded: 0, older: 0, byExtension: new Map() }
}

/** Counts a file that is left out; one that is no photo by its name under its extension. */
export function leaveOut(leftOut: LeftOut, filename: string, why: WhyLeftOut): void {
  if (why !== 'byName') return void leftOut[why]++
  const extension = extensionOf(filename)
  leftOut.byExtension.set(extension, (leftOut.byExtension.get(extension) ?? 0) + 1)
}

/** Adds what another part of the scan left out. */
export function addLeftOut(sum: LeftOut, more: LeftOut): void {
  for (const why of ['hidden', 'links', 'mounts', 'excluded', 'older'] as const) sum[why] += more[why]
  for (const [extension, count] of more.byExtension)
    sum.byExtension.set(extension, (sum.byExtension.get(extension) ?? 0) + count)
}
