/** Why a file is not sent to core at all. */
export type LeftOut = 'hidden' | 'video' | 'sidecar'

const sidecars = extensions('xmp aae thm pp3 dop on1 cos nksc')
const videos = extensions('mp4 mov m4v avi mts m2ts mkv webm wmv mpg mpeg 3gp 3g2 insv lrv')
const systemFiles = new Set([
  'thumbs.db',
  'ehthumbs.db',
  'desktop.ini',
  'icon\r',
  '$recycle.bin',
  '@eadir',
  '__macosx',
])

function extensions(list: string): ReadonlySet<string> {
  return new Set(list.split(' '))
}

/** Whether a file or folder belongs to the system or to another program rather than to a person's photos. */
export function isHidden(name: string): boolean {
  return name.startsWith('.') || systemFiles.has(name.toLowerCase())
}

/**
 * What an import leaves out by name: hidden files, videos and side-cars. Null for everything else, whose type core
 * tells from its content.
 */
export function leftOut(path: string): LeftOut | null {
  const parts = path.split('/')
  if (parts.some(isHidden)) return 'hidden'
  const name = parts.at(-1) ?? ''
  const extension = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? ''
  if (sidecars.has(extension)) return 'sidecar'
  return videos.has(extension) ? 'video' : null
}

export type LeftOutCounts = Readonly<Record<LeftOut, number>>

export const nothingLeftOut: LeftOutCounts = { hidden: 0, video: 0, sidecar: 0 }

const names = {
  hidden: ['hidden or system file', 'hidden or system files'],
  video: ['video', 'videos'],
  sidecar: ['side-car', 'side-cars'],
} as const

/** `2 videos and 1 side-car`; null when nothing was left out. */
export function leftOutWords(counts: LeftOutCounts): string | null {
  const parts = (['hidden', 'video', 'sidecar'] as const)
    .filter((kind) => counts[kind] > 0)
    .map((kind) => `${counts[kind]} ${names[kind][counts[kind] === 1 ? 0 : 1]}`)
  if (parts.length === 0) return null
  return new Intl.ListFormat('en', { type: 'conjunction' }).format(parts)
}
