import type { EggMetadata } from '@imalink/contract'
import { type TagGroup, type Tags, fractionsOf, numberOf, tagOf, textOf } from './tags.ts'
import { type Xmp, xmpNumber, xmpText } from './xmp.ts'

type Position = Required<Pick<EggMetadata, 'gps_latitude' | 'gps_longitude' | 'gps_altitude'>>

const NOWHERE: Position = { gps_latitude: null, gps_longitude: null, gps_altitude: null }
const ALTITUDE_M = { lowest: -100_000, highest: 1_000_000 }
/** Below the ellipsoid, and, since EXIF 3.0, below sea level; before it, 1 meant sea level, and every camera has meant that. */
const BELOW: readonly (number | null)[] = [1, 3]

/**
 * Where the picture was taken: by EXIF, else by the side-car, else by the file's XMP. A position has both coordinates
 * of one source or none; its altitude is of the same source.
 */
export function readPosition({ exif, sidecar, embedded }: Tags): Position {
  const candidates = [
    exifPosition(exif),
    ...[sidecar, embedded].map((xmp) => (xmp ? xmpPosition(xmp) : NOWHERE)),
  ]
  const located = candidates.find(({ gps_latitude }) => gps_latitude !== null)
  return located ?? candidates.find(({ gps_altitude }) => gps_altitude !== null) ?? NOWHERE
}

function position(latitude: number | null, longitude: number | null, altitude: number | null): Position {
  const isOnEarth =
    latitude !== null && longitude !== null && Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180
  const isPossible = altitude !== null && altitude >= ALTITUDE_M.lowest && altitude <= ALTITUDE_M.highest
  return {
    gps_latitude: isOnEarth ? latitude : null,
    gps_longitude: isOnEarth ? longitude : null,
    gps_altitude: isPossible ? altitude : null,
  }
}

/** Below sea level where the reference says so, or the number itself does. */
function altitude(metres: number | null, reference: number | null): number | null {
  return metres !== null && BELOW.includes(reference) ? -Math.abs(metres) : metres
}

function exifPosition(exif: TagGroup): Position {
  const [metres, reference] = ['GPSAltitude', 'GPSAltitudeRef'].map((name) => numberOf(tagOf(exif, name)))
  return position(
    exifDegrees(exif, 'GPSLatitude', { N: 1, S: -1 }),
    exifDegrees(exif, 'GPSLongitude', { E: 1, W: -1 }),
    altitude(metres ?? null, reference ?? null),
  )
}

/** A coordinate without its hemisphere could be either. Seconds that a camera does not fill are `0/0`. */
function exifDegrees(exif: TagGroup, name: string, signs: Record<string, number>): number | null {
  const sign = signs[(textOf(tagOf(exif, `${name}Ref`)) ?? '').slice(0, 1).toUpperCase()]
  const [degrees = NaN, minutes = 0, seconds = 0] = fractionsOf(tagOf(exif, name))
  if (sign === undefined) return null
  const value = sign * (degrees + (minutes || 0) / 60 + (seconds || 0) / 3600)
  return Number.isFinite(value) ? value : null
}

function xmpPosition(xmp: Xmp): Position {
  return position(
    xmpDegrees(xmp, 'exif:GPSLatitude', { N: 1, S: -1 }),
    xmpDegrees(xmp, 'exif:GPSLongitude', { E: 1, W: -1 }),
    altitude(xmpNumber(xmp, 'exif:GPSAltitude'), xmpNumber(xmp, 'exif:GPSAltitudeRef')),
  )
}

/** XMP writes `27,41.639958N` or `27,41,38N`. */
function xmpDegrees(xmp: Xmp, name: string, signs: Record<string, number>): number | null {
  const text = xmpText(xmp, name) ?? ''
  const parts = /^(\d{1,3}),(\d+(?:\.\d+)?)(?:,(\d+(?:\.\d+)?))?([NSEW])$/.exec(text) ?? []
  const [, degrees, minutes, seconds = '0', hemisphere = ''] = parts
  const sign = signs[hemisphere]
  return sign === undefined ? null : sign * (Number(degrees) + Number(minutes) / 60 + Number(seconds) / 3600)
}
