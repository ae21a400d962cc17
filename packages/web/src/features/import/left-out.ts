import { type SourceGroup, groupByName, isCacheFolder, isHidden, kindOfName } from '@imalink/client'

/** Why a file is not sent to core at all. */
export type LeftOut = 'hidden' | 'video' | 'sidecar' | 'other'

/**
 * What an import leaves out by name: what is hidden or another program's, videos, side-cars and other things that are no
 * photos. Null for everything else, whose type core tells from its content.
 */
export function leftOut(path: string): LeftOut | null {
  const parts = path.split('/')
  const name = parts.at(-1) ?? ''
  if (parts.some(isHidden) || parts.some(isCacheFolder)) return 'hidden'
  const kind = kindOfName(name)
  return kind === 'photo' || kind === 'maybe' ? null : kind
}

interface Named {
  readonly path: string
  readonly filename: string
}

/** The files of one folder as groups that may be photos, and why the others are left out. */
export function sortOut<File extends Named>(
  folder: readonly File[],
): { groups: SourceGroup<File>[]; leftOut: LeftOut[] } {
  const groups = groupByName(folder.filter(({ path }) => [null, 'sidecar'].includes(leftOut(path))))
  const photos = groups.filter(({ files }) => files.every(({ path }) => leftOut(path) === null))
  const taken = new Set(photos.flatMap(({ files, sidecars }) => [...files, ...sidecars]))
  const reasons = folder.map((file) => (taken.has(file) ? null : leftOut(file.path)))
  return { groups: photos, leftOut: reasons.filter((reason) => reason !== null) }
}

export type LeftOutCounts = Readonly<Record<LeftOut, number>>

export const nothingLeftOut: LeftOutCounts = { hidden: 0, video: 0, sidecar: 0, other: 0 }

const names = {
  hidden: ['hidden or system file', 'hidden or system files'],
  video: ['video', 'videos'],
  sidecar: ['side-car without a photo', 'side-cars without a photo'],
  other: ['other file', 'other files'],
} as const

/** `2 videos and 1 side-car without a photo`; null when nothing was left out. */
export function leftOutWords(counts: LeftOutCounts): string | null {
  const parts = (['hidden', 'video', 'sidecar', 'other'] as const)
    .filter((kind) => counts[kind] > 0)
    .map((kind) => `${counts[kind]} ${names[kind][counts[kind] === 1 ? 0 : 1]}`)
  if (parts.length === 0) return null
  return new Intl.ListFormat('en', { type: 'conjunction' }).format(parts)
}
