export interface RowLayout {
  /** Index of its first photo. */
  readonly first: number
  /** Width of each photo in px; they and the gaps fill the row, but in the last one. */
  readonly widths: readonly number[]
  /** Height in px. */
  readonly height: number
}

export interface LayoutOptions {
  /** Width of a row in px. */
  readonly width: number
  readonly gap: number
  /** The height that rows come close to, in px. */
  readonly targetHeight: number
}

const NARROWEST = 0.5
const WIDEST = 3
const TALLEST_ROW = 1.35

/**
 * Rows of photos in their own shapes, each as wide as the page and about as high as asked for. Panoramas and their
 * like count as 3:1 or 1:2 and are cropped to it, so that one picture never flattens a row.
 */
export function layoutRows(ratios: readonly number[], options: LayoutOptions): RowLayout[] {
  const rows: RowLayout[] = []
  let first = 0
  while (first < ratios.length) {
    const shapes = shapesOfRow(ratios, first, options)
    const isLast = first + shapes.length === ratios.length
    rows.push(asRow(first, shapes, isLast, options))
    first += shapes.length
  }
  return rows
}

function shapesOfRow(ratios: readonly number[], first: number, options: LayoutOptions): number[] {
  const shapes: number[] = []
  for (let index = first; index < ratios.length; index++) {
    shapes.push(Math.min(WIDEST, Math.max(NARROWEST, ratios[index] ?? 1)))
    const height = fullHeight(shapes, options)
    if (height > options.targetHeight) continue
    const without = shapes.slice(0, -1)
    return without.length > 0 && isCloser(fullHeight(without, options), height, options.targetHeight)
      ? without
      : shapes
  }
  return shapes
}

/** The height at which these shapes fill the row. */
function fullHeight(shapes: readonly number[], { width, gap }: LayoutOptions): number {
  return (width - gap * (shapes.length - 1)) / shapes.reduce((sum, shape) => sum + shape, 0)
}

function isCloser(taller: number, flatter: number, target: number): boolean {
  return taller <= target * TALLEST_ROW && taller / target < target / flatter
}

function asRow(first: number, shapes: readonly number[], isLast: boolean, options: LayoutOptions): RowLayout {
  const full = fullHeight(shapes, options)
  const height = isLast ? Math.min(full, options.targetHeight) : full
  return { first, height, widths: shapes.map((shape) => shape * height) }
}

export type ArrowKey = 'ArrowLeft' | 'ArrowRight' | 'ArrowUp' | 'ArrowDown'

export function isArrowKey(key: string): key is ArrowKey {
  return ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'].includes(key)
}

/** Index of the photo that an arrow key leads to: beside it, or the one whose middle is nearest in the next row. */
export function indexAfterKey(rows: readonly RowLayout[], gap: number, index: number, key: ArrowKey): number {
  const lastRow = rows.at(-1)
  const count = lastRow ? lastRow.first + lastRow.widths.length : 0
  if (key === 'ArrowLeft') return Math.max(0, index - 1)
  if (key === 'ArrowRight') return Math.min(count - 1, index + 1)
  const rowIndex = rowOf(rows, index)
  const from = rows[rowIndex]
  const to = rows[rowIndex + (key === 'ArrowUp' ? -1 : 1)]
  if (!from || !to) return index
  const middle = middles(from, gap)[index - from.first] ?? 0
  return to.first + nearestTo(middle, middles(to, gap))
}

/** Index of the row that a photo is in; -1 where there is none. */
export function rowOf(rows: readonly RowLayout[], index: number): number {
  return rows.findLastIndex(({ first }) => first <= index)
}

function middles({ widths }: RowLayout, gap: number): number[] {
  let left = 0
  return widths.map((width) => {
    const middle = left + width / 2
    left += width + gap
    return middle
  })
}

function nearestTo(x: number, places: readonly number[]): number {
  const distances = places.map((place) => Math.abs(place - x))
  return distances.indexOf(Math.min(...distances))
}
