/**
 * A camera's RAW, taken apart by what its container says. Every buffer is a view of the file, not a copy, and nothing
 * has been decoded: any of it may turn out to be damaged.
 */
export interface RawFile {
  /** The sensor's picture as it is stored, before it is turned; null where the file doesn't say. */
  readonly size: Size | null
  /** EXIF orientation, 1 to 8; null where only the previews say. */
  readonly orientation: number | null
  /** Where JPEGs should be: each begins with its first marker, and what follows its last one doesn't count. */
  readonly jpegs: readonly Buffer[]
  /** Uncompressed previews: 8-bit RGB. */
  readonly thumbnails: readonly Thumbnail[]
  /** Where raw data is, as far as the container says: what looks like a JPEG there is no preview. */
  readonly sensorData: readonly Place[]
  /** A TIFF or JPEG that a reader of metadata understands; empty where there is none. */
  readonly metadata: Buffer
}

export interface Size {
  readonly width: number
  readonly height: number
}

/** Bytes of the file, if it is that long. */
export interface Place {
  readonly start: number
  readonly bytes: number
}

export interface Thumbnail extends Size {
  readonly pixels: Buffer
}

export const NOTHING: RawFile = {
  size: null,
  orientation: null,
  jpegs: [],
  thumbnails: [],
  sensorData: [],
  metadata: Buffer.alloc(0),
}

export function sizeOf(width: number | null | undefined, height: number | null | undefined): Size | null {
  return width && height ? { width, height } : null
}

/** EXIF's eight; anything else says nothing. */
export function validOrientation(orientation: number | null | undefined): number | null {
  return orientation && orientation >= 1 && orientation <= 8 ? orientation : null
}
