import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { hotpreviewUrl, photoQuery } from '../../server/photos.ts'
import type { GridPhoto } from '../../server/timeline.ts'
import styles from './photo.module.css'
import { type View, fitted } from './zoom.ts'

const HOTPREVIEW_ONLY_PX = 450
const SMALL_ORIGINAL_FACTOR = 2

interface SlideProps {
  readonly photo: GridPhoto
  /** 0 is on the stage, -1 and 1 wait beside it. */
  readonly place: -1 | 0 | 1
  readonly alt: string
  readonly view: View
  readonly drag: number
  readonly isSettling: boolean
}

/** One photo as large as it fits: the thumbnail at once, the large preview over it as soon as it is there. */
export function Slide({ photo, place, alt, view, drag, isSettling }: SlideProps) {
  const { data } = useQuery(photoQuery(photo.hothash))
  const [loaded, setLoaded] = useState<'no' | 'yes' | 'failed'>('no')
  const { scale, x, y } = place === 0 ? view : fitted
  const longest = photo.hasColdpreview ? longestShown(data) : HOTPREVIEW_ONLY_PX
  const atMost = {
    maxWidth: longest * Math.min(1, photo.ratio),
    maxHeight: longest / Math.max(1, photo.ratio),
  }
  return (
    <div
      className={styles.slide}
      data-settling={isSettling}
      style={{ transform: `translateX(calc(${place * 100}% + ${drag}px))` }}
      aria-hidden={place !== 0}
    >
      <div className={styles.picture} style={{ transform: `translate(${x}px, ${y}px) scale(${scale})` }}>
        <img
          src={hotpreviewUrl(photo.hothash)}
          alt={loaded === 'yes' ? '' : alt}
          draggable={false}
          style={atMost}
          data-hidden={loaded === 'yes'}
        />
        {data?.coldpreview_url && loaded !== 'failed' && (
          <img
            src={data.coldpreview_url}
            alt={loaded === 'yes' ? alt : ''}
            draggable={false}
            style={atMost}
            data-hidden={loaded !== 'yes'}
            onLoad={() => setLoaded('yes')}
            onError={() => setLoaded('failed')}
          />
        )}
      </div>
      {loaded === 'failed' && place === 0 && (
        <div className={styles.failed} role="alert">
          The large preview could not be loaded.{' '}
          <button type="button" className={styles.textButton} onClick={() => setLoaded('no')}>
            Try again
          </button>
        </div>
      )}
    </div>
  )
}

/** A small original is enlarged moderately rather than to the whole screen; its size is known with its metadata. */
function longestShown(photo: { width: number; height: number } | undefined): number {
  return photo ? Math.max(photo.width, photo.height) * SMALL_ORIGINAL_FACTOR : Infinity
}
