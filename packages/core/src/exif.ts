import type { EggMetadata } from '@imalink/contract'
import { readTakenAt } from './taken-at.ts'
import { type TagGroup, type Tags, numberOf, numbersOf, tagOf, textOf } from './tags.ts'

const largest = { focalLengthMm: 100_000, fNumber: 1000, iso: 100_000_000, exposureS: 1_000_000 }
const ALTITUDE_M = { lowest: -100_000, highest: 1_000_000 }

/** What was read from the original. Missing and impossible values are null, never a guess. */
export function readMetadata(tags: Tags): EggMetadata {
  const { exif, xmp } = tags
  const { taken_at, taken_at_offset } = readTakenAt(tags)
  return {
    taken_at,
    taken_at_offset,
    camera_make: textOf(tagOf(exif, 'Make')) ?? textOf(tagOf(xmp, 'Make')),
    camera_model: textOf(tagOf(exif, 'Model')) ?? textOf(tagOf(xmp, 'Model')),
    lens_make: textOf(tagOf(exif, 'LensMake')),
    lens_model: textOf(tagOf(exif, 'LensModel')) ?? textOf(tagOf(xmp, 'LensModel')),
    focal_length: positive(exif, 'FocalLength', largest.focalLengthMm),
    f_number: positive(exif, 'FNumber', largest.fNumber),
    iso: positive(exif, 'ISOSpeedRatings', largest.iso),
    exposure_time: readExposure(exif),
    ...readPosition(tags),
  }
}

function positive(group: TagGroup, name: string, max: number): number | null {
  const value = numberOf(tagOf(group, name))
  return value !== null && value > 0 && value <= max ? Number(value.toPrecision(12)) : null
}

/** `"1/250"` below a second, else decimal seconds, `"2.5"`. */
function readExposure(exif: TagGroup): string | null {
  const seconds = positive(exif, 'ExposureTime', largest.exposureS)
  if (seconds === null) return null
  if (seconds >= 1) return String(Number(seconds.toFixed(3)))
  const parts = Math.round(1 / seconds)
  return seconds <= 0.251 || parts * seconds === 1 ? `1/${parts}` : slowFraction(seconds)
}

/** Above a quarter of a second `1/n` is too coarse, so hundredths are reduced to lowest terms: 0.4 is 2/5. */
function slowFraction(seconds: number): string {
  const hundredths = Math.round(seconds * 100)
  const divisor = commonDivisor(hundredths, 100)
  return `${hundredths / divisor}/${100 / divisor}`
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b)
}

interface Position {
  readonly gps_latitude: number | null
  readonly gps_longitude: number | null
  readonly gps_altitude: number | null
}

/** A position has both coordinates or none; a coordinate without its hemisphere could be either. */
function readPosition({ exif, xmp }: Tags): Position {
  const latitude = exifDegrees(exif, 'GPSLatitude', { N: 1, S: -1 }) ?? xmpDegrees(xmp, 'GPSLatitude')
  const longitude = exifDegrees(exif, 'GPSLongitude', { E: 1, W: -1 }) ?? xmpDegrees(xmp, 'GPSLongitude')
  const isOnEarth =
    latitude !== null && longitude !== null && Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180
  return {
    gps_latitude: isOnEarth ? latitude : null,
    gps_longitude: isOnEarth ? longitude : null,
    gps_altitude: readAltitude(exif),
  }
}

function exifDegrees(exif: TagGroup, name: string, signs: Record<string, number>): number | null {
  const sign = signs[(textOf(tagOf(exif, `${name}Ref`)) ?? '').slice(0, 1).toUpperCase()]
  const [degrees, minutes = 0, seconds = 0] = numbersOf(tagOf(exif, name)) ?? []
  if (sign === undefined || degrees === undefined) return null
  return sign * (degrees + minutes / 60 + seconds / 3600)
}

/** XMP writes `27,41.639958N` or `27,41,38N`. */
function xmpDegrees(xmp: TagGroup, name: string): number | null {
  const parts = /^(\d{1,3}),(\d+(?:\.\d+)?)(?:,(\d+(?:\.\d+)?))?([NSEW])$/.exec(
    textOf(tagOf(xmp, name)) ?? '',
  )
  if (!parts) return null
  const [, degrees, minutes, seconds = '0', hemisphere = ''] = parts
  const sign = 'SW'.includes(hemisphere) ? -1 : 1
  return sign * (Number(degrees) + Number(minutes) / 60 + Number(seconds) / 3600)
}

const BELOW_SEA_LEVEL = 1

function readAltitude(exif: TagGroup): number | null {
  const metres = numberOf(tagOf(exif, 'GPSAltitude'))
  if (metres === null) return null
  const signed = numberOf(tagOf(exif, 'GPSAltitudeRef')) === BELOW_SEA_LEVEL ? -Math.abs(metres) : metres
  return signed >= ALTITUDE_M.lowest && signed <= ALTITUDE_M.highest ? signed : null
}
