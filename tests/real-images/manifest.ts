import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseWallClock } from '@imalink/contract'

/** Real photos and hostile ones, with the truth about each; null where this machine has none. */
export const imagesFolder = process.env.IMALINK_TEST_IMAGES || null

interface Expected {
  readonly display_width: number | null
  readonly display_height: number | null
  readonly taken_at: string | null
  readonly taken_at_offset: string | null
  readonly other_dates: { readonly create_date: string | null }
  readonly camera_make: string | null
  readonly camera_model: string | null
  readonly lens_model: string | null
  readonly lens_id: string | null
  readonly focal_length_mm: number | null
  readonly f_number: number | null
  readonly iso: number | null
  readonly exposure_time_s: number | null
  readonly gps_latitude: number | null
  readonly gps_longitude: number | null
  readonly gps_altitude_m: number | null
}

export interface RealImage {
  readonly path: string
  readonly kind: 'ok' | 'no-exif' | 'corrupt' | 'hostile'
  readonly expected: Expected
}

export interface ExpectedOutcome {
  readonly path: string
  /** `photo`, or the code of the refusal. */
  readonly outcome: string
  readonly status: number
  readonly reason: string
}

/** What an egg or a photo says of its original, by the names that both use. */
export interface Facts {
  readonly width: number
  readonly height: number
  readonly taken_at?: string | null | undefined
  readonly taken_at_offset?: string | null | undefined
  readonly camera_make?: string | null | undefined
  readonly camera_model?: string | null | undefined
  readonly lens_model?: string | null | undefined
  readonly focal_length?: number | null | undefined
  readonly f_number?: number | null | undefined
  readonly iso?: number | null | undefined
  readonly exposure_time?: string | null | undefined
  readonly gps_latitude?: number | null | undefined
  readonly gps_longitude?: number | null | undefined
  readonly gps_altitude?: number | null | undefined
}

export function realImages(folder: string): RealImage[] {
  const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as { files: RealImage[] }
  return manifest.files.map((image) => ({
    ...image,
    expected: { ...image.expected, ...leftOut[image.path] },
  }))
}

/** What stands in files that are cut off and the manifest leaves out: a date in the first directory, lenses in maker's notes. */
const leftOut: Readonly<Record<string, Partial<Expected>>> = {
  'raw/fujifilm-s5pro.raf': { lens_model: '28-70mm f/2.8' },
  'raw/leica-m10-head.dng': { taken_at: '2017-01-05T17:54:40' },
  'raw/nikon-d1-head.nef': { lens_model: '20mm f/2.8' },
}

/** The checked table by path: what becomes of every file, and why. */
export function expectedOutcomes(): Readonly<Record<string, ExpectedOutcome>> {
  const table = readFileSync(join(import.meta.dirname, 'outcomes.json'), 'utf8')
  const rows = JSON.parse(table) as ExpectedOutcome[]
  return Object.fromEntries(rows.map((row) => [row.path, row]))
}

/** DateTimeOriginal where it is possible, else the date of digitising or of a movie header, else none. To the second. */
export function expectedTime({ expected }: RealImage): string | null {
  const digitized = expected.other_dates.create_date?.replace(/^(\d+):(\d+):(\d+) /, '$1-$2-$3T')
  const candidates = [expected.taken_at, digitized]
  const possible = candidates.map((text) => parseWallClock(text ?? '')).find((time) => time !== null)
  return possible?.taken_at.slice(0, 19) ?? null
}

/** Where the facts differ from the manifest, in words; nothing where all is right. */
export function differences(image: RealImage, facts: Facts): string[] {
  const { expected } = image
  const found: string[] = []
  const same = (name: string, actual: unknown, wanted: unknown) => {
    if ((actual ?? null) !== (wanted ?? null))
      found.push(`${name} is ${String(actual)}, not ${String(wanted)}`)
  }
  const near = (name: string, actual: number | null | undefined, wanted: number | null, within: number) => {
    const isNear = actual === (wanted ?? undefined) || Math.abs((actual ?? NaN) - (wanted ?? NaN)) <= within
    if (!isNear) same(name, actual, wanted)
  }
  same('width', facts.width, expected.display_width)
  same('height', facts.height, expected.display_height)
  same('taken_at', facts.taken_at?.slice(0, 19), expectedTime(image))
  same('taken_at_offset', facts.taken_at_offset, expected.taken_at_offset)
  same('camera_make', facts.camera_make, printable(expected.camera_make))
  same('camera_model', facts.camera_model, printable(expected.camera_model))
  same('lens_model', facts.lens_model, printable(expected.lens_model) ?? lensOfItsRange(expected, facts))
  near('focal_length', facts.focal_length, expected.focal_length_mm, 0.05)
  near('f_number', facts.f_number, expected.f_number, 0.05)
  near('iso', facts.iso, positive(expected.iso), 0.5)
  near(
    'exposure_time',
    seconds(facts.exposure_time),
    expected.exposure_time_s,
    (expected.exposure_time_s ?? 0) / 20,
  )
  const place = expectedPlace(expected)
  near('gps_latitude', facts.gps_latitude, place.latitude, 1e-5)
  near('gps_longitude', facts.gps_longitude, place.longitude, 1e-5)
  near('gps_altitude', facts.gps_altitude, place.altitude, 0.1)
  return found
}

/** Where EXIF names no lens, core says what the maker's notes or XMP tell: the range that exiftool's own name has. */
function lensOfItsRange({ lens_id }: Expected, { lens_model }: Facts): string | null {
  const rangeOf = (lens: unknown) => /([\d.]+)(?:-([\d.]+))? ?mm/.exec(String(lens))?.slice(1) ?? []
  const [seen, wanted] = [lens_model, lens_id].map((lens) =>
    rangeOf(lens).map((millimetres) => Math.round(Number(millimetres))),
  )
  return seen?.length && seen.join() === wanted?.join() ? (lens_model ?? null) : null
}

/** The bounds of the contract: what lies outside is null. */
function expectedPlace({ gps_latitude, gps_longitude, gps_altitude_m }: Expected) {
  const isOnEarth = Math.abs(gps_latitude ?? 999) <= 90 && Math.abs(gps_longitude ?? 999) <= 180
  const isPossible = Math.abs(gps_altitude_m ?? 0) <= 1_000_000
  return {
    latitude: isOnEarth ? gps_latitude : null,
    longitude: isOnEarth ? gps_longitude : null,
    altitude: isPossible ? gps_altitude_m : null,
  }
}

const MAX_TEXT = 255

function printable(text: string | null): string | null {
  return (
    text
      ?.replace(/\p{Cc}/gu, '')
      .slice(0, MAX_TEXT)
      .trim() || null
  )
}

function positive(value: number | null): number | null {
  return value !== null && value > 0 ? value : null
}

/** `1/250` and `2.5` as seconds. */
function seconds(exposure: string | null | undefined): number | null {
  if (exposure === null || exposure === undefined) return null
  const [above = Number.NaN, below = 1] = exposure.split('/').map(Number)
  return above / below
}
