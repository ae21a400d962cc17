/** Millimetres at both ends, then the widest aperture at both; null where it is not known. */
export interface LensRange {
  readonly focalMm: readonly [number | null, number | null]
  readonly fNumbers: readonly [number | null, number | null]
}

/** What a maker's own notes say where EXIF has no field for it, or the camera left that empty. */
export interface CameraNotes {
  readonly lens: string | null
  readonly lensRange: LensRange | null
  readonly iso: number | null
}

export const NO_NOTES: CameraNotes = { lens: null, lensRange: null, iso: null }
