import { defaultRangeExtractor, useWindowVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { PhotoList } from '../../dates/period.ts'
import type { GridPhoto } from '../../server/timeline.ts'
import { useContentWidth } from '../../ui/content-width.ts'
import { usePageKeys } from '../../ui/keys.ts'
import { useLastViewed } from '../../ui/last-viewed.tsx'
import { indexAfterKey, isArrowKey, layoutRows, rowOf } from './layout-rows.ts'
import { PhotoRow } from './photo-row.tsx'
import styles from './timeline.module.css'

const GAP = 4
const ROW_HEIGHT = 132
const ROW_HEIGHT_NARROW = 104
const NARROW = 640
const ROWS_BEFORE_END = 8

interface PhotoGridProps {
  readonly name: string
  readonly photos: readonly GridPhoto[]
  readonly list: PhotoList
  onTrash(hothash: string): void
  /** The last photos come into sight. */
  onNearEnd(): void
}

/** Justified rows of thumbnails; only those in sight are in the page. */
export function PhotoGrid({ name, photos, list, onTrash, onNearEnd }: PhotoGridProps) {
  const element = useRef<HTMLDivElement>(null)
  const width = useContentWidth(element)
  const rows = useMemo(() => rowsOf(photos, width), [photos, width])
  const { active, setActive } = useGridFocus(element, photos, rows, onTrash)
  const virtualizer = useRows(element, rows, rowOf(rows, active))
  const lines = virtualizer.getVirtualItems()
  const lastLine = lines.at(-1)?.index ?? 0
  useEffect(() => {
    if (lastLine >= rows.length - ROWS_BEFORE_END) onNearEnd()
  }, [lastLine, rows.length, onNearEnd])
  return (
    <div
      ref={element}
      role="list"
      aria-label={name}
      className={styles.grid}
      style={{ height: virtualizer.getTotalSize() }}
    >
      {lines.map(({ index, start }) => {
        const row = rows[index]
        return (
          row && (
            <PhotoRow
              key={row.first}
              row={row}
              top={start - virtualizer.options.scrollMargin}
              gap={GAP}
              photos={photos}
              list={list}
              active={active}
              onFocus={setActive}
            />
          )
        )
      })}
    </div>
  )
}

function rowsOf(photos: readonly GridPhoto[], width: number) {
  const targetHeight = width < NARROW ? ROW_HEIGHT_NARROW : ROW_HEIGHT
  return layoutRows(
    photos.map(({ ratio }) => ratio),
    { width, gap: GAP, targetHeight },
  )
}

type Rows = ReturnType<typeof layoutRows>
type GridElement = { readonly current: HTMLDivElement | null }

function useRows(element: GridElement, rows: Rows, activeRow: number) {
  const [scrollMargin, setScrollMargin] = useState(0)
  const virtualizer = useWindowVirtualizer({
    count: rows.length,
    estimateSize: (index) => (rows[index]?.height ?? 0) + GAP,
    overscan: 6,
    scrollMargin,
    // The row that has the focus stays in the page, or the focus would be lost when it scrolls out of sight.
    rangeExtractor: (range) => withIndex(defaultRangeExtractor(range), activeRow),
  })
  useLayoutEffect(() => {
    setScrollMargin(element.current?.offsetTop ?? 0)
  }, [element])
  useLayoutEffect(() => virtualizer.measure(), [virtualizer, rows])
  return virtualizer
}

function withIndex(indexes: number[], index: number): number[] {
  if (index < 0 || indexes.includes(index)) return indexes
  return [...indexes, index].sort((a, b) => a - b)
}

/** One photo of the grid can have the focus; arrow keys move it, wherever on the page they are pressed. */
function useGridFocus(
  element: GridElement,
  photos: readonly GridPhoto[],
  rows: Rows,
  onTrash: (hothash: string) => void,
) {
  const recalled = useRecalledIndex(photos)
  const wantsFocus = useRef(recalled !== -1)
  const [wanted, setActive] = useState(Math.max(0, recalled))
  const active = Math.min(wanted, photos.length - 1)

  // The photo that is being deleted: the one after it gets the focus when it is gone.
  const leaving = useRef<string | null>(null)
  useEffect(() => {
    if (leaving.current === null || photos.some(({ hothash }) => hothash === leaving.current)) return
    leaving.current = null
    wantsFocus.current = true
  }, [photos])
  useEffect(() => {
    // The row may not be in the page yet: it is tried again with the next render.
    if (wantsFocus.current && focusPhoto(element, active)) wantsFocus.current = false
  })

  usePageKeys(({ key }) => {
    const inGrid = element.current?.contains(document.activeElement) ?? false
    if (key === 'Delete' && inGrid) {
      const photo = photos[active]
      if (!photo) return false
      leaving.current = photo.hothash
      onTrash(photo.hothash)
      return true
    }
    if (!isArrowKey(key)) return false
    const next = inGrid ? indexAfterKey(rows, GAP, active, key) : active
    if (next === active) focusPhoto(element, active)
    else {
      wantsFocus.current = true
      setActive(next)
    }
    return true
  })
  return { active, setActive }
}

/** Where the photo is that was open last; -1 where it is not among these. */
function useRecalledIndex(photos: readonly GridPhoto[]): number {
  const lastViewed = useLastViewed()
  const [index] = useState(() => photos.findIndex(({ hothash }) => hothash === lastViewed.recall()))
  useEffect(() => lastViewed.forget(), [lastViewed])
  return index
}

function focusPhoto({ current }: GridElement, index: number): boolean {
  const link = current?.querySelector<HTMLElement>(`[data-index="${index}"]`)
  if (!link) return false
  link.focus({ preventScroll: true })
  link.scrollIntoView({ block: 'nearest' })
  return true
}
