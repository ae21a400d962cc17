import { type PointerEvent, type RefObject, useEffect, useEffectEvent, useRef, useState } from 'react'
import { type Point, MAX_SCALE, type View, fitted, panBy, swipeTarget, zoomAt } from './zoom.ts'

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

/** Zooming by wheel, pinch, double click; moving about when zoomed in; swiping to the next photo when not. */
export function useGestures(
  stage: RefObject<HTMLElement | null>,
  hothash: string,
  onSwipe: (to: -1 | 1) => void,
) {
  const [kept, setKept] = useState<GestureState>(() => atRest(hothash))
  const pointers = useRef(new Map<number, Point>())
  const dragStart = useRef<number | null>(null)
  // Several events may come between two renders: each goes on from what the one before left.
  const update = (change: (state: GestureState) => Partial<GestureState>) =>
    setKept((before) => {
      const state = before.hothash === hothash ? before : atRest(hothash)
      return { ...state, isSettling: false, ...change(state) }
    })
  const zoomBy = (factor: number, at: Point = { x: 0, y: 0 }) =>
    update(({ view }) => ({ view: zoomAt(view, view.scale * factor, at, sizeOf(stage)), drag: 0 }))
  useWheel(stage, ({ deltaY, clientX, clientY }) =>
    zoomBy(Math.exp(-deltaY * WHEEL_SPEED), fromMiddle(stage, { x: clientX, y: clientY })),
  )

  const onPointerDown = (event: PointerEvent) => {
    if (event.button !== 0) return
    event.currentTarget.setPointerCapture(event.pointerId)
    pointers.current.set(event.pointerId, { x: event.clientX, y: event.clientY })
    dragStart.current = pointers.current.size === 1 ? event.clientX : null
  }
  const onPointerMove = (event: PointerEvent) => {
    const before = pointers.current.get(event.pointerId)
    if (!before) return
    const now = { x: event.clientX, y: event.clientY }
    const other = [...pointers.current].find(([id]) => id !== event.pointerId)?.[1]
    const dragged = dragStart.current === null ? 0 : now.x - dragStart.current
    pointers.current.set(event.pointerId, now)
    update(({ view }) => {
      if (other) return { view: pinched(view, stage, { before, now, other }), drag: 0 }
      if (view.scale === 1) return { drag: dragged }
      return { view: panBy(view, { x: now.x - before.x, y: now.y - before.y }, sizeOf(stage)) }
    })
  }
  const onPointerEnd = (event: PointerEvent) => {
    if (!pointers.current.delete(event.pointerId)) return
    const dragged = dragStart.current === null ? 0 : event.clientX - dragStart.current
    dragStart.current = null
    const to = event.type === 'pointerup' && state.view.scale === 1 ? swipeTarget(dragged) : 0
    update(() => ({ drag: 0, isSettling: dragged !== 0 }))
    if (to !== 0) onSwipe(to)
  }
  const onDoubleClick = ({ clientX, clientY }: { clientX: number; clientY: number }) => {
    const at = fromMiddle(stage, { x: clientX, y: clientY })
    zoomBy(state.view.scale > 1 ? 1 / MAX_SCALE : DOUBLE_CLICK_SCALE, at)
  }
  const state = kept.hothash === hothash ? kept : { ...atRest(hothash), isSettling: kept.isSettling }
  return {
    ...state,
    zoomBy,
    handlers: {
      onPointerDown,
      onPointerMove,
      onPointerUp: onPointerEnd,
      onPointerCancel: onPointerEnd,
      onDoubleClick,
    },
  }
}

interface Pinch {
  readonly before: Point
  readonly now: Point
  readonly other: Point
}

function pinched(view: View, stage: RefObject<HTMLElement | null>, { before, now, other }: Pinch): View {
  const factor = distance(now, other) / Math.max(1, distance(before, other))
  const middle = { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 }
  const moved = panBy(view, { x: (now.x - before.x) / 2, y: (now.y - before.y) / 2 }, sizeOf(stage))
  return zoomAt(moved, view.scale * factor, fromMiddle(stage, middle), sizeOf(stage))
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y)
}

function sizeOf({ current }: RefObject<HTMLElement | null>) {
  return { width: current?.clientWidth ?? 0, height: current?.clientHeight ?? 0 }
}

function fromMiddle({ current }: RefObject<HTMLElement | null>, { x, y }: Point): Point {
  const box = current?.getBoundingClientRect()
  return box ? { x: x - box.left - box.width / 2, y: y - box.top - box.height / 2 } : { x: 0, y: 0 }
}

/** React's own wheel events cannot keep the browser from zooming the page. */
function useWheel(stage: RefObject<HTMLElement | null>, onWheel: (event: WheelEvent) => void): void {
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
