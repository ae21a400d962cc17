import type { SourceFile, SourceGroup } from '../import.ts'
import { stemKey, stemOf } from './group-by-name.ts'
import { UnreadableFileError, readBytes } from './read-bytes.ts'

/** Larger ones are not read; bytes. */
export const MAX_SIDECAR_BYTES = 1024 * 1024

/** The XMP that speaks of one file. */
export interface Sidecar {
  readonly xmp: Blob
  /** It is by its name another file's of the group: it counts when both are one photo. */
  readonly isBorrowed: boolean
}

/** The side-cars of a group in memory. `note` says what is wrong with any; that never costs the photo. */
export interface ReadSidecars {
  readonly note: string
  sidecarOf(file: SourceFile): Sidecar | null
}

/** Reads the side-cars of a group. Throws only what ends the import. */
export async function readSidecars(
  { files, sidecars }: SourceGroup,
  stop: AbortSignal,
): Promise<ReadSidecars> {
  const read: { readonly key: string; readonly xmp: Blob }[] = []
  const notes: string[] = []
  for (const sidecar of sidecars) {
    const xmp = await readSidecar(sidecar, stop)
    if (typeof xmp === 'string') notes.push(xmp)
    else read.push({ key: stemKey(stemOf(sidecar.filename)), xmp })
  }
  const fileKeys = new Set(files.map(({ filename }) => stemKey(filename)))
  const find = (speaksOf: (key: string) => boolean) => read.find(({ key }) => speaksOf(key))?.xmp
  return {
    note: notes.join(' '),
    sidecarOf({ filename }) {
      const own = find((key) => key === stemKey(filename)) ?? find((key) => !fileKeys.has(key))
      const xmp = own ?? find(() => true)
      return xmp ? { xmp, isBorrowed: own === undefined } : null
    },
  }
}

async function readSidecar(file: SourceFile, stop: AbortSignal): Promise<Blob | string> {
  if (file.size > MAX_SIDECAR_BYTES)
    return `The side-car ${file.filename} is larger than 1 MiB and was not read.`
  try {
    return new Blob([await readBytes(file, stop)])
  } catch (error) {
    if (!(error instanceof UnreadableFileError)) throw error
    return `The side-car ${file.filename} could not be read: ${error.message}.`
  }
}
