import type { EggMetadata } from '@imalink/contract'
import { readLens } from './lens.ts'
import { readCameraNotes } from './maker-notes.ts'
import { type CameraNotes, NO_NOTES } from './maker-notes/camera-notes.ts'
import { readPosition } from './position.ts'
import { readTakenAt } from './taken-at.ts'
import { type Tags, boundField, numberOf, tagOf, textOf } from './tags.ts'
import { type Xmp, xmpNumber, xmpText } from './xmp.ts'

/** Of anything that is measured here; what is smaller is an error of whoever wrote it. */
const SMALLEST = 1e-9
const largest = { focalLengthMm: 100_000, fNumber: 1000, iso: 100_000_000, exposureS: 1_000_000 }

/** What was read from the original and its side-car. Missing and impossible values are null, never a guess. */
export function readMetadata(tags: Tags): EggMetadata {
  const { taken_at, taken_at_offset } = readTakenAt(tags)
  const notes = lacksAnything(tags) ? readCameraNotes(tags) : NO_NOTES
  return {
    taken_at,
    taken_at_offset,
    camera_make: text(tags, 'Make', 'tiff:Make'),
    camera_model: text(tags, 'Model', 'tiff:Model'),
    lens_make: text(tags, 'LensMake', 'exifEX:LensMake'),
    lens_model: readLens(tags, notes),
    focal_length: number(tags, 'FocalLength', 'exif:FocalLength', largest.focalLengthMm),
    f_number: number(tags, 'FNumber', 'exif:FNumber', largest.fNumber),
    iso: readIso(tags, notes),
    exposure_time: readExposure(tags),
    ...readPosition(tags),
  }
}

/** Notes are searched for in the whole file, which is only worth it where they can tell something. */
function lacksAnything({ exif }: Tags): boolean {
  return ['LensModel', 'ISOSpeedRatings'].some((name) => textOf(tagOf(exif, name)) === null)
}

/** What XMP says, the side-car first: it stands in where EXIF is silent. */
function fromXmp<T>({ sidecar, embedded }: Tags, read: (xmp: Xmp) => T | null): T | null {
  return (sidecar && read(sidecar)) ?? (embedded && read(embedded))
}

function text(tags: Tags, exifName: string, xmpName: string): string | null {
  return textOf(tagOf(tags.exif, exifName)) ?? fromXmp(tags, (xmp) => boundField(xmpText(xmp, xmpName)))
}

function number(tags: Tags, exifName: string, xmpName: string, max: number): number | null {
  const possible = (value: number | null) =>
    value !== null && value >= SMALLEST && value <= max ? Number(value.toPrecision(12)) : null
  return (
    possible(numberOf(tagOf(tags.exif, exifName))) ??
    fromXmp(tags, (xmp) => possible(xmpNumber(xmp, xmpName)))
  )
}

/** EXIF's field has 16 bits; a camera that is set higher says so in a field beside it. */
const ISO_IS_ELSEWHERE = 65_535

function readIso(tags: Tags, notes: CameraNotes): number | null {
  const iso = number(tags, 'ISOSpeedRatings', 'exif:ISOSpeedRatings', largest.iso)
  if (iso === ISO_IS_ELSEWHERE) return readLargeIso(tags) ?? iso
  return (
    iso ?? number(tags, 'PhotographicSensitivity', 'exifEX:PhotographicSensitivity', largest.iso) ?? notes.iso
  )
}

function readLargeIso(tags: Tags): number | null {
  const names = ['RecommendedExposureIndex', 'StandardOutputSensitivity', 'ISOSpeed'] as const
  const found = names.map((name) => number(tags, name, `exifEX:${name}`, largest.iso))
  return found.find((iso) => iso !== null && iso >= ISO_IS_ELSEWHERE) ?? null
}

/** `"1/250"` below a second, else decimal seconds, `"2.5"`. */
function readExposure(tags: Tags): string | null {
  const seconds = number(tags, 'ExposureTime', 'exif:ExposureTime', largest.exposureS)
  if (seconds === null) return null
  if (seconds >= 0.995) return String(Number(Math.max(seconds, 1).toFixed(3)))
  const parts = Math.round(1 / seconds)
  const isOneOf = seconds <= 0.251 || Math.abs(parts * seconds - 1) < 0.002
  return isOneOf ? `1/${parts}` : slowFraction(seconds)
}

/** Above a quarter of a second `1/n` is mostly too coarse, so hundredths are reduced to lowest terms: 0.4 is 2/5. */
function slowFraction(seconds: number): string {
  const hundredths = Math.round(seconds * 100)
  const divisor = commonDivisor(hundredths, 100)
  return `${hundredths / divisor}/${100 / divisor}`
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b)
}
