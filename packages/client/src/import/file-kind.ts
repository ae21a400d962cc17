import { rankBesideRaw } from './group-by-name.ts'
import { isRawFormat, isRawName } from './not-a-photo.ts'

/** What a file is in a pair: the camera's RAW, or what was rendered of it. */
export type FileKind = 'raw' | 'rendered'

/** By its content where `format` names that, else by its name; null for what is never half of a pair. */
export function fileKind(filename: string, format: string | null = null): FileKind | null {
  if (format === null ? isRawName(filename) : isRawFormat(format)) return 'raw'
  // What only has the name of a RAW is a picture like any other.
  return rankBesideRaw(filename) !== null || isRawName(filename) ? 'rendered' : null
}
