import type { PhotoEgg } from '@imalink/contract'
import { type FileKind, fileKind } from './file-kind.ts'
import { isLegible } from './group-by-name.ts'
import type { KnownFile, KnownPhoto, PhotoOfName } from './known-files.ts'
import type { Original } from './original.ts'
import type { Shot } from './same-shot.ts'
import { wirePath } from './wire-text.ts'

type FileOfName = PhotoOfName['files'][number]

/** An original and what the backend knows of it. */
export interface LookedUp extends KnownFile {
  readonly original: Original
}

/** A photo that may take a file in, because a file of the same name and the other kind is in it. */
export interface Host {
  readonly photo: KnownPhoto
  /** Whether that file lies beside the one that is to join it. */
  readonly isHere: boolean
  /** What its file shows; null where that cannot be looked at. */
  shot(): Promise<Shot | null>
}

/** A photo that a file of this group is in, found in the backend or made by this import. */
export interface NearPhoto extends Host {
  readonly kind: FileKind
}

/** What lies beside a file in its folder. */
export interface Beside {
  readonly near: readonly NearPhoto[]
  /** The files of the group. */
  readonly here: readonly Original[]
  /** Paths of further ones, which are in already. */
  readonly settled: readonly string[]
}

/**
 * The photos that may take in a file of this kind. What was rendered joins a RAW that has nothing rendered yet; a RAW
 * joins what was rendered of it, also beside another RAW.
 */
export function hostsOf(
  kind: FileKind,
  { original, ofName }: Pick<LookedUp, 'original' | 'ofName'>,
  { near, here, settled }: Beside,
): Host[] {
  // A path that says no more than what was chosen in a browser is the same for different folders.
  const named = isAbsolute(original.file.path) && isLegible({ filename: original.file.path }) ? ofName : []
  const isRendered = (id: number) =>
    near.some((one) => one.photo.id === id && one.kind === 'rendered') ||
    named.some((one) => one.id === id && kindsIn(one).includes('rendered'))
  const mayJoin = (id: number) => (kind === 'raw') === isRendered(id)
  const hasPartner = ({ files }: PhotoOfName) =>
    kindsIn({ files: files.filter((file) => !isReplaced(file, here)) }).some((one) => one !== kind)
  const isPartnerHere = ({ files }: PhotoOfName) =>
    files.some((file) => settled.includes(file.file_path ?? '') && kindsIn({ files: [file] })[0] !== kind)
  return [
    ...named
      .filter((one) => mayJoin(one.id) && hasPartner(one))
      .map((photo) => ({ photo, isHere: isPartnerHere(photo), shot: () => Promise.resolve(photo) })),
    ...near.filter((one) => mayJoin(one.photo.id) && one.kind !== kind),
  ]
}

/** Whether another file lies where this one was: a camera gives its names again on a card that was emptied. */
function isReplaced({ file_path, file_sha256 }: FileOfName, here: readonly Original[]): boolean {
  if (file_sha256 === '') return false
  return here.some(({ file, sha256 }) => wirePath(file.path) === file_path && sha256 !== file_sha256)
}

function kindsIn({ files }: Pick<PhotoOfName, 'files'>): FileKind[] {
  return files.flatMap(({ filename, file_format }) => fileKind(filename, file_format) ?? [])
}

const isAbsolute = (path: string) => /^(\/|\\\\|[A-Za-z]:[\\/])/.test(path)

/** What core saw in a file, as far as it is compared. */
export function shotOf({ metadata, width, height }: PhotoEgg): Shot {
  const { taken_at, camera_model } = metadata
  return { taken_at: taken_at ?? null, camera_model: camera_model ?? null, width, height }
}
