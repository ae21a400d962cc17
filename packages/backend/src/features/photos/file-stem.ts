/** A file's name without its extension; a name that only begins with a dot has none. */
function stemOf(filename: string): string {
  const dot = filename.lastIndexOf('.')
  return dot > 0 ? filename.slice(0, dot) : filename
}

/** How the halves of a RAW and JPEG pair find each other: one case, one form, the same on both databases. */
export function stemKey(stem: string): string {
  return stem.normalize('NFC').toLowerCase()
}

export function stemKeyOf(filename: string): string {
  return stemKey(stemOf(filename))
}
