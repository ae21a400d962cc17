export interface Size {
  readonly width: number
  readonly height: number
}

/** A distance or place in px; places are counted from the middle of the stage. */
export interface Point {
  readonly x: number
  readonly y: number
}

/** How a picture lies on the stage: `scale` 1 fits it in, `x` and `y` are how far its middle is moved, in px. */
export interface View extends Point {
  readonly scale: number
}

export const fitted: View = { scale: 1, x: 0, y: 0 }
export const MAX_SCALE = 6

/** The stage, and the picture as it is fitted into it. */
export interface Frame {
  readonly stage: Size
  readonly picture: Size
}

/** The frame of a picture with this ratio of width to height. */
export function frameOf(stage: Size, ratio: number): Frame {
  const width = Math.min(stage.width, stage.height * ratio)
  return { stage, picture: { width, height: width / ratio } }
}

/** Zooms to a scale, so that what is under `at` stays under it as far as the edges allow. */
export function zoomAt(view: View, scale: number, at: Point, frame: Frame): View {
  const next = Math.min(MAX_SCALE, Math.max(1, scale))
  const factor = next / view.scale
  const moved = { scale: next, x: at.x - (at.x - view.x) * factor, y: at.y - (at.y - view.y) * factor }
  return heldIn(moved, frame)
}

/** Moves the picture, but never past its edges. */
export function panBy(view: View, by: Point, frame: Frame): View {
  return heldIn({ ...view, x: view.x + by.x, y: view.y + by.y }, frame)
}

/** In each direction the picture covers the stage, or stands in the middle where it is smaller. */
function heldIn({ scale, x, y }: View, { stage, picture }: Frame): View {
  return {
    scale,
    x: within(x, (picture.width * scale - stage.width) / 2),
    y: within(y, (picture.height * scale - stage.height) / 2),
  }
}

function within(value: number, limit: number): number {
  return limit <= 0 ? 0 : Math.min(limit, Math.max(-limit, value))
}

const SWIPE_PX = 60

/** Where a horizontal drag that ends here leads: 1 to the next photo, -1 to the one before, 0 back. */
export function swipeTarget(dragged: number): -1 | 0 | 1 {
  if (Math.abs(dragged) < SWIPE_PX) return 0
  return dragged < 0 ? 1 : -1
}
