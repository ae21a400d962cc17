import { memo } from 'react'
import { Link } from 'react-router'
import type { PhotoList } from '../../dates/period.ts'
import { splitWallClock } from '../../dates/wall-clock.ts'
import { openedFrom } from '../../dates/viewing.ts'
import { hotpreviewUrl } from '../../server/photos.ts'
import type { GridPhoto } from '../../server/timeline.ts'
import type { RowLayout } from './layout-rows.ts'
import styles from './timeline.module.css'

interface PhotoRowProps {
  readonly row: RowLayout
  /** Distance from the top of the grid in px. */
  readonly top: number
  readonly gap: number
  readonly photos: readonly GridPhoto[]
  readonly list: PhotoList
  /** Index of the photo that the Tab key leads to. */
  readonly active: number
  onFocus(index: number): void
}

export const PhotoRow = memo(function PhotoRow(props: PhotoRowProps) {
  const { row, top, gap, photos, list, active, onFocus } = props
  return (
    <div
      role="presentation"
      className={styles.row}
      style={{ transform: `translateY(${top}px)`, height: row.height, gap }}
    >
      {row.widths.map((width, offset) => {
        const index = row.first + offset
        const photo = photos[index]
        return (
          photo && (
            <div
              key={photo.hothash}
              role="listitem"
              aria-posinset={index + 1}
              aria-setsize={photos.length}
              className={styles.cell}
              style={{ width }}
            >
              <Link
                className={styles.photo}
                to={`/photo/${photo.hothash}`}
                state={openedFrom(list)}
                tabIndex={index === active ? 0 : -1}
                data-index={index}
                onFocus={() => onFocus(index)}
              >
                <img
                  src={hotpreviewUrl(photo.hothash)}
                  alt={`Photo ${index + 1}, ${whenOf(photo)}`}
                  width={Math.round(width)}
                  height={Math.round(row.height)}
                  loading="lazy"
                  decoding="async"
                />
              </Link>
            </div>
          )
        )
      })}
    </div>
  )
})

function whenOf({ takenAt }: GridPhoto): string {
  return (takenAt === null ? null : splitWallClock(takenAt)?.time) ?? 'without a date'
}
