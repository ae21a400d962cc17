import picomatch from 'picomatch'

export interface NameWishes {
  /** Globs; where there are any, only files that one of them means are wanted. */
  readonly include: readonly string[]
  /** Globs; files and whole folders that one of them means are not. */
  readonly exclude: readonly string[]
}

export interface NameFilter {
  /** Both are asked with the path below what was named, parts separated by `/`. */
  wantsFile(path: string): boolean
  entersFolder(path: string): boolean
}

/**
 * Which files are wanted by their names. A glob without `/` means every file and folder of that name, one with `/` begins
 * at what was named; a folder means all that is in it. Case and how accents are composed make no difference.
 */
export function nameFilter({ include, exclude }: NameWishes): NameFilter {
  if (include.length + exclude.length === 0) return { wantsFile: () => true, entersFolder: () => true }
  const [isIncluded, isExcluded] = [matcher(include), matcher(exclude)]
  return {
    wantsFile: (path) => (include.length === 0 || isIncluded(path)) && !isExcluded(path),
    entersFolder: (path) => !isExcluded(path),
  }
}

function matcher(globs: readonly string[]): (path: string) => boolean {
  if (globs.length === 0) return () => false
  const options = { dot: true, nocase: true, nonegate: true }
  const matches = picomatch(globs.flatMap(placesOf), options)
  return (path) => matches(path.normalize('NFC'))
}

function placesOf(glob: string): string[] {
  const plain = glob
    .normalize('NFC')
    .replace(/^(\.?\/)+/, '')
    .replace(/\/+$/, '')
  const anchored = /^\.?\//.test(glob) || plain.includes('/')
  const starts = anchored ? [plain] : [plain, `**/${plain}`]
  return starts.flatMap((start) => [start, `${start}/**`])
}
