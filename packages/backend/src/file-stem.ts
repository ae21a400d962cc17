/** A file's name and the extension that follows it with its dot; a name that only begins with a dot has none. */
export function splitName(filename: string): { stem: string; extension: string } {
  const dot = filename.lastIndexOf('.')
  const end = dot > 0 ? dot : filename.length
  return { stem: filename.slice(0, end), extension: filename.slice(end) }
}

/** How the halves of a RAW and JPEG pair find each other: one case, one form, the same on both databases. */
export function stemKey(stem: string): string {
  return stem.normalize('NFC').toLowerCase()
}

export function stemKeyOf(filename: string): string {
  return stemKey(splitName(filename).stem)
}
