import { type Directory, numbersIn } from '../tiff-directory.ts'

/** Fractions of an entry; null for each that can't be divided, or is not in the file. */
export function fractionsIn({ reader, entries }: Directory, tag: number, max: number): (number | null)[] {
  const entry = entries.get(tag)
  const count = Math.min(entry?.count ?? 0, max)
  return Array.from({ length: count }, (_, index) => {
    const at = (entry?.at ?? 0) + index * 8
    const [top, bottom] = [reader.u32(at), reader.u32(at + 4)]
    return top !== null && bottom !== null && bottom !== 0 ? top / bottom : null
  })
}

/** The first number of an entry that is above zero; null where none is. */
export function positiveIn(directory: Directory | null, tag: number): number | null {
  return (directory ? numbersIn(directory, tag, 2) : []).findLast((number) => number > 0) ?? null
}
