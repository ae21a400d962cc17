import { useEffect, useRef } from 'react'
import type { GridPhoto } from '../../server/timeline.ts'
import { Icon, type IconName } from '../../ui/icon.tsx'
import { usePageKeys } from '../../ui/keys.ts'
import { Waiting } from '../../ui/notice.tsx'
import { countOf, formatCount } from '../../ui/quantities.ts'
import { useGestures } from './gestures.ts'
import type { Neighbour, Place } from './neighbours.ts'
import styles from './photo.module.css'
import { Slide } from './slide.tsx'

const ZOOM_STEP = 1.6

interface StageProps {
  readonly title: string
  readonly photo: GridPhoto | null
  readonly place: Place
  readonly detailsShown: boolean
  onGo(to: Neighbour): void
  onClose(): void
  onTrash(): void
  onToggleDetails(): void
}

/** The photo on a dark ground, its neighbours waiting beside it, and the controls over it. */
export function Stage(props: StageProps) {
  const { title, photo, place, onGo } = props
  const stage = useRef<HTMLDivElement>(null)
  const region = useRef<HTMLElement>(null)
  const goTo = (step: -1 | 1) => {
    const neighbour = step === 1 ? place.next : place.previous
    if (neighbour) onGo(neighbour)
  }
  const { view, drag, isSettling, zoomBy, handlers } = useGestures(stage, photo, goTo)
  usePageKeys(({ key }) => {
    if (key === 'ArrowRight') goTo(1)
    else if (key === 'ArrowLeft') goTo(-1)
    else if (key === '+' || key === '=') zoomBy(ZOOM_STEP)
    else if (key === '-') zoomBy(1 / ZOOM_STEP)
    else return false
    return true
  })
  useEffect(() => region.current?.focus({ preventScroll: true }), [])
  const slides = [
    { place: -1, photo: place.previous?.photo },
    { place: 0, photo },
    { place: 1, photo: place.next?.photo },
  ] as const
  return (
    <section aria-label="Photo" ref={region} tabIndex={-1} className={styles.stage}>
      <div ref={stage} className={styles.slides} data-zoomed={view.scale > 1} {...handlers}>
        {photo === null && <Waiting />}
        {slides.map(
          (slide) =>
            slide.photo && (
              <Slide
                key={slide.photo.hothash}
                photo={slide.photo}
                place={slide.place}
                alt={title}
                view={view}
                drag={drag}
                isSettling={isSettling}
              />
            ),
        )}
      </div>
      <Toolbar {...props} zoomBy={zoomBy} />
      <Control
        className={styles.previous}
        icon="back"
        name="Previous photo"
        to={place.previous}
        onGo={onGo}
      />
      <Control className={styles.next} icon="next" name="Next photo" to={place.next} onGo={onGo} />
    </section>
  )
}

function Toolbar(props: StageProps & { zoomBy(factor: number): void }) {
  const { title, place, detailsShown, onClose, onTrash, onToggleDetails, zoomBy } = props
  return (
    <div className={styles.toolbar}>
      <ToolButton icon="close" name="Close" onClick={onClose} />
      <div className={styles.heading}>
        <h1 className={styles.title} aria-live="polite">
          {title}
        </h1>
        {place.position !== null && place.count !== null && (
          <p className={styles.position}>
            {formatCount(place.position)} of {countOf(place.count, 'photo')}
          </p>
        )}
      </div>
      <span className={styles.zoom}>
        {' '}
        <ToolButton icon="zoomOut" name="Zoom out" onClick={() => zoomBy(1 / ZOOM_STEP)} />
        <ToolButton icon="zoomIn" name="Zoom in" onClick={() => zoomBy(ZOOM_STEP)} />
      </span>
      <ToolButton icon="info" name="Details" pressed={detailsShown} onClick={onToggleDetails} />
      <ToolButton icon="trash" name="Move to trash" onClick={onTrash} />
    </div>
  )
}

interface ToolButtonProps {
  readonly icon: IconName
  readonly name: string
  readonly pressed?: boolean
  onClick(): void
}

function ToolButton({ icon, name, pressed, onClick }: ToolButtonProps) {
  return (
    <button
      type="button"
      className={styles.tool}
      aria-label={name}
      aria-pressed={pressed}
      title={name}
      onClick={onClick}
    >
      <Icon name={icon} size={22} />
    </button>
  )
}

interface ControlProps {
  readonly className: string | undefined
  readonly icon: IconName
  readonly name: string
  readonly to: Neighbour | null
  onGo(to: Neighbour): void
}

function Control({ className, icon, name, to, onGo }: ControlProps) {
  return (
    <button
      type="button"
      className={`${styles.control ?? ''} ${className ?? ''}`}
      aria-label={name}
      title={name}
      disabled={to === null}
      onClick={() => to && onGo(to)}
    >
      <Icon name={icon} size={28} />
    </button>
  )
}
