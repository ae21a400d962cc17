import { type RefObject, useEffect, useEffectEvent, useState } from 'react'
import type { GridPhoto } from '../../server/timeline.ts'
import { type Pinch, usePointers } from './pointers.ts'
import {
  type Frame,
  MAX_SCALE,
  type Point,
  type View,
  fitted,
  frameOf,
  panBy,
  swipeTarget,
  zoomAt,
} from './zoom.ts'

const DOUBLE_CLICK_SCALE = 2.5
const WHEEL_SPEED = 0.0022

interface GestureState {
  /** The photo that `view` belongs to. */
  readonly hothash: string
  readonly view: View
  /** How far all photos are dragged to the side, in px. */
  readonly drag: number
  /** Whether the way to the next state is to be seen. */
  readonly isSettling: boolean
}

function atRest(hothash: string): GestureState {
  return { hothash, view: fitted, drag: 0, isSettling: false }
}

type Stage = RefObject<HTMLElement | null>

/** Zooming by wheel, pinch, double click; moving about when zoomed in; swiping to the next photo when not. */
export function useGestures(stage: Stage, photo: GridPhoto | null, onSwipe: (to: -1 | 1) => void) {
  const hothash = photo?.hothash ?? ''
  const frame = () => frameOf(sizeOf(stage), photo?.ratio ?? 1)
  const [kept, setKept] = useState<GestureState>(() => atRest(hothash))
  const state = kept.hothash === hothash ? kept : { ...atRest(hothash), isSettling: kept.isSettling }
  // Several events may come between two renders: each goes on from what the one before left.
  const update = (change: (view: View) => Partial<GestureState>) =>
    setKept((before) => {
      const last = before.hothash === hothash ? before : atRest(hothash)
      return { ...last, isSettling: false, ...change(last.view) }
    })
  const zoomBy = (factor: number, at: Point = { x: 0, y: 0 }) =>
    update((view) => ({ view: zoomAt(view, view.scale * factor, at, frame()), drag: 0 }))

  useWheel(stage, (event) => zoomBy(Math.exp(-event.deltaY * WHEEL_SPEED), placeOf(stage, event)))
  const pointerHandlers = usePointers({
    onPinch: (pinch) => update((view) => ({ view: pinched(view, stage, pinch, frame()), drag: 0 })),
    onDrag: ({ by, sideways }) =>
      update((view) => (view.scale > 1 ? { view: panBy(view, by, frame()) } : { drag: sideways })),
    onRelease: (sideways) => {
      const to = state.view.scale > 1 ? 0 : swipeTarget(sideways)
      update(() => ({ drag: 0, isSettling: sideways !== 0 }))
      if (to !== 0) onSwipe(to)
    },
  })
  const onDoubleClick = (event: { clientX: number; clientY: number }) =>
    zoomBy(state.view.scale > 1 ? 1 / MAX_SCALE : DOUBLE_CLICK_SCALE, placeOf(stage, event))
  return { ...state, zoomBy, handlers: { ...pointerHandlers, onDoubleClick } }
}

function pinched(view: View, stage: Stage, { before, now, other }: Pinch, frame: Frame): View {
  const factor = distance(now, other) / Math.max(1, distance(before, other))
  const middle = { clientX: (now.x + other.x) / 2, clientY: (now.y + other.y) / 2 }
  const moved = panBy(view, { x: (now.x - before.x) / 2, y: (now.y - before.y) / 2 }, frame)
  return zoomAt(moved, view.scale * factor, placeOf(stage, middle), frame)
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y)
}

function sizeOf({ current }: Stage) {
  return { width: current?.clientWidth ?? 0, height: current?.clientHeight ?? 0 }
}

/** Where on the stage something happened, from its middle. */
function placeOf({ current }: Stage, { clientX, clientY }: { clientX: number; clientY: number }): Point {
  const box = current?.getBoundingClientRect()
  if (!box) return { x: 0, y: 0 }
  return { x: clientX - box.left - box.width / 2, y: clientY - box.top - box.height / 2 }
}

/** React's own wheel events cannot keep the browser from zooming the page. */
function useWheel(stage: Stage, onWheel: (event: WheelEvent) => void): void {
  const handle = useEffectEvent((event: WheelEvent) => {
    event.preventDefault()
    onWheel(event)
  })
  useEffect(() => {
    const element = stage.current
    const listener = (event: WheelEvent) => handle(event)
    element?.addEventListener('wheel', listener, { passive: false })
    return () => element?.removeEventListener('wheel', listener)
  }, [stage])
}
