import { type PointerEvent, useRef } from 'react'
import type { Point } from './zoom.ts'

/** Places of the finger that moved, before and now, and of the one that did not. */
export interface Pinch {
  readonly before: Point
  readonly now: Point
  readonly other: Point
}

export interface Drag {
  /** Since the last event, in px. */
  readonly by: Point
  /** To the side since the pointer came down, in px. */
  readonly sideways: number
}

interface PointerCallbacks {
  onPinch(pinch: Pinch): void
  onDrag(drag: Drag): void
  /** The last pointer is up. `sideways` is 0 after a pinch or a drag that the browser took over. */
  onRelease(sideways: number): void
}

/** Tells one pointer that drags from two that pinch. Places are those of the window, in px. */
export function usePointers({ onPinch, onDrag, onRelease }: PointerCallbacks) {
  const pointers = useRef(new Map<number, Point>())
  const start = useRef<number | null>(null)

  const onPointerDown = (event: PointerEvent) => {
    if (event.button !== 0) return
    event.currentTarget.setPointerCapture(event.pointerId)
    pointers.current.set(event.pointerId, placeOf(event))
    start.current = pointers.current.size === 1 ? event.clientX : null
  }
  const onPointerMove = (event: PointerEvent) => {
    const before = pointers.current.get(event.pointerId)
    if (!before) return
    const now = placeOf(event)
    const other = [...pointers.current].find(([id]) => id !== event.pointerId)?.[1]
    pointers.current.set(event.pointerId, now)
    if (other) return onPinch({ before, now, other })
    const sideways = start.current === null ? 0 : now.x - start.current
    onDrag({ by: { x: now.x - before.x, y: now.y - before.y }, sideways })
  }
  const onPointerEnd = (event: PointerEvent) => {
    if (!pointers.current.delete(event.pointerId) || pointers.current.size > 0) return
    const isOwn = event.type === 'pointerup' && start.current !== null
    onRelease(isOwn ? event.clientX - (start.current ?? event.clientX) : 0)
    start.current = null
  }
  return { onPointerDown, onPointerMove, onPointerUp: onPointerEnd, onPointerCancel: onPointerEnd }
}

function placeOf({ clientX, clientY }: PointerEvent): Point {
  return { x: clientX, y: clientY }
}
