import type { SourceGroup } from '../import.ts'
import { extensionOf, isRawName } from './not-a-photo.ts'

/** What a camera writes beside its RAW, the usual one first. */
const besideRaw = ['.jpg', '.jpeg', '.jpe', '.jfif', '.heic', '.heif', '.hif']

interface Named {
  readonly filename: string
}

/**
 * The files of one folder, put together where their names say that they are one photo: a RAW and what the camera
 * rendered of it, and the XMP side-cars of either. Whether they are is decided when they are read. Two rendered files
 * of one name stay apart, and a side-car of nothing is left out.
 */
export function groupByName<File extends Named>(files: readonly File[]): SourceGroup<File>[] {
  const legible = files.filter(isLegible)
  const sidecars = legible.filter(isSidecar)
  const byStem = Map.groupBy(
    legible.filter((file) => !isSidecar(file)),
    ({ filename }) => stemKey(stemOf(filename)),
  )
  const alone = files.filter((file) => !isLegible(file) && !isSidecar(file))
  const bySidecarStem = Map.groupBy(sidecars, ({ filename }) => stemKey(stemOf(filename)))
  const together = [...byStem].flatMap(([stem, named]) =>
    splitUp(named).map((group) => ({
      files: group,
      // `IMG_1.CR2.xmp` says it of one file, and so goes before `IMG_1.xmp`.
      sidecars: [
        ...group.flatMap(({ filename }) => bySidecarStem.get(stemKey(filename)) ?? []),
        ...(bySidecarStem.get(stem) ?? []),
      ],
    })),
  )
  return [...together, ...alone.map((file) => ({ files: [file], sidecars: [] }))]
}

/** Bytes that are no UTF-8 all look alike in a name as text, so that nothing says which of such names are the same. */
export function isLegible({ filename }: Named): boolean {
  return !filename.includes('\uFFFD')
}

/** Each rendered file with the RAWs that are nearest to its name; files without a partner are alone. */
function splitUp<File extends Named>(named: readonly File[]): File[][] {
  const rendered = named
    .filter(({ filename }) => rankBesideRaw(filename) !== null)
    .sort((a, b) => rank(a) - rank(b))
  const partners = Map.groupBy(
    named.filter(({ filename }) => isRawName(filename)),
    (raw) => nearest(raw, rendered),
  )
  const others = named.filter((file) => !rendered.includes(file) && !isRawName(file.filename))
  const raws = partners.get(undefined) ?? []
  return [
    ...rendered.map((file) => [file, ...(partners.get(file) ?? [])]),
    ...[...raws, ...others].map((file) => [file]),
  ]
}

/** The first of those with the very same stem, where case tells them apart, else of all. */
function nearest<File extends Named>(raw: File, rendered: readonly File[]): File | undefined {
  const stem = exactStem(raw)
  const same = rendered.filter((file) => exactStem(file) === stem)
  return same[0] ?? rendered[0]
}

const exactStem = ({ filename }: Named) => stemOf(filename).normalize('NFC')
const rank = ({ filename }: Named) => rankBesideRaw(filename) ?? Infinity

/** How usual it is that a camera writes a file of this name beside its RAW: 0 the most, null never. */
export function rankBesideRaw(name: string): number | null {
  const rank = besideRaw.indexOf(extensionOf(name))
  return rank < 0 ? null : rank
}

const isSidecar = ({ filename }: Named) => extensionOf(filename) === '.xmp'

/** A file's name without its extension; a name that only begins with a dot has none. */
export function stemOf(filename: string): string {
  const dot = filename.lastIndexOf('.')
  return dot > 0 ? filename.slice(0, dot) : filename
}

/** Names that differ in case or in how accents are composed name one photo. */
export function stemKey(stem: string): string {
  return stem.normalize('NFC').toLowerCase()
}
