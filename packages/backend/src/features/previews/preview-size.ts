/** What a preview is fitted inside, in px; at least one side is given. */
export interface Box {
  readonly width?: number | undefined
  readonly height?: number | undefined
}

interface Size {
  readonly width: number
  readonly height: number
}

const STEP_PX = 100

/** The box that is made for the one that is asked for: in steps, so that few sizes serve every screen. Null for none. */
export function stepUp({ width, height }: Box): Box | null {
  if (width === undefined && height === undefined) return null
  return { width: toStep(width), height: toStep(height) }
}

const toStep = (side: number | undefined) => side && Math.ceil(side / STEP_PX) * STEP_PX

/** `500` for a width, `x300` for a height, `500x300` for both: what an ETag and a file's name say of the size. */
export function nameOf({ width, height }: Box): string {
  return `${width ?? ''}${height === undefined ? '' : `x${height}`}`
}

/** The one side of the box that decides how large a picture is inside it: pictures of one size have one name. */
export function decidingSide(picture: Size, { width, height }: Box): Box {
  if (width === undefined || height === undefined) return { width, height }
  return picture.width * height >= picture.height * width ? { width } : { height }
}

/** Whether a picture needs no resizing to be inside the box: previews are never enlarged. */
export function fitsInside(picture: Size, box: Box): boolean {
  return picture.width <= (box.width ?? Infinity) && picture.height <= (box.height ?? Infinity)
}
