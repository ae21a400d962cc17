/** What two files must agree in to be one photo. Null where a file says nothing. */
export interface Shot {
  /** The camera's clock. */
  readonly taken_at: string | null
  /** Pixels, upright. */
  readonly width: number
  readonly height: number
  readonly camera_model: string | null
}

/** A camera writes its two files within a second; clocks that are copied lose the fraction. */
const SAME_MOMENT_MS = 2000
/** The RAW has a border that the rendered picture lacks. */
const SAME_SHAPE = 0.03

/** Why two files of one name are not one photo, as the end of a sentence; null where nothing speaks against it. */
export function whyNotSameShot(one: Shot, other: Shot): string | null {
  if (!sameMoment(one.taken_at, other.taken_at))
    return `their times differ (${one.taken_at} and ${other.taken_at})`
  if (!sameShape(one, other))
    return `their shapes differ (${one.width} x ${one.height} and ${other.width} x ${other.height})`
  if (!sameCamera(one.camera_model, other.camera_model))
    return `their cameras differ (${one.camera_model} and ${other.camera_model})`
  return null
}

function sameMoment(one: string | null, other: string | null): boolean {
  if (one === null || other === null) return true
  return Math.abs(Date.parse(`${one}Z`) - Date.parse(`${other}Z`)) <= SAME_MOMENT_MS
}

function sameShape(one: Shot, other: Shot): boolean {
  const [ratio, otherRatio] = [one.width / one.height, other.width / other.height]
  return Math.abs(ratio / otherRatio - 1) <= SAME_SHAPE
}

function sameCamera(one: string | null, other: string | null): boolean {
  if (one === null || other === null) return true
  return one.trim().toLowerCase() === other.trim().toLowerCase()
}
