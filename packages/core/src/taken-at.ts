import { type WallClock, parseWallClock } from '@imalink/contract'
import { type TagGroup, type Tags, tagOf, textOf } from './tags.ts'
import { type Xmp, xmpText } from './xmp.ts'

const NEVER: { taken_at: null; taken_at_offset: null } = { taken_at: null, taken_at_offset: null }

/**
 * When the picture was taken, by the camera's clock: DateTimeOriginal, then DateTimeDigitized (exiftool's CreateDate),
 * then the dates of the container, of the side-car, and of XMP and IPTC in the file. The first that is possible counts;
 * when a file was made or changed (ModifyDate, PNG's Creation Time) is no date of a photo.
 */
export function readTakenAt({
  exif,
  sidecar,
  embedded,
  iptc,
  movieDate,
}: TakenTags): WallClock | typeof NEVER {
  const candidates = [
    () => exifDate(exif, 'Original'),
    () => exifDate(exif, 'Digitized'),
    () => parseCameraTime(movieDate),
    ...datesOf(sidecar),
    () => xmpDate(embedded, 'exif:DateTimeOriginal'),
    () => iptcDate(iptc),
    ...datesOf(embedded),
  ]
  for (const candidate of candidates) {
    const found = candidate()
    if (found) return found
  }
  return NEVER
}

type TakenTags = Pick<Tags, 'exif' | 'sidecar' | 'embedded' | 'iptc' | 'movieDate'>

const xmpDates = [
  'exif:DateTimeOriginal',
  'photoshop:DateCreated',
  'xmp:CreateDate',
  'exif:DateTimeDigitized',
]

function datesOf(xmp: Xmp | null) {
  return xmpDates.map((name) => () => xmpDate(xmp, name))
}

function exifDate(exif: TagGroup, which: 'Original' | 'Digitized'): WallClock | null {
  const time = textOf(tagOf(exif, `DateTime${which}`))
  if (time === null) return null
  const digits = textOf(tagOf(exif, `SubSecTime${which}`))?.match(/^\d+/)?.[0]
  const fraction = digits && !time.includes('.') ? `.${digits}` : ''
  const offset = textOf(tagOf(exif, `OffsetTime${which}`)) ?? ''
  return parseCameraTime(time + fraction + offset) ?? parseCameraTime(time + fraction)
}

function xmpDate(xmp: Xmp | null, name: string): WallClock | null {
  return parseCameraTime(xmp && xmpText(xmp, name))
}

/** IPTC keeps the day and the time of day apart. */
function iptcDate(iptc: TagGroup): WallClock | null {
  const [day, time] = ['Date Created', 'Time Created'].map((name) => tagOf(iptc, name)?.description)
  return typeof day === 'string' && typeof time === 'string' ? parseCameraTime(`${day}T${time}`) : null
}

const form = /^(\d{4})[:-](\d{2})[:-](\d{2})[ T](\d{2}):(\d{2})(?::(\d{2})(\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/

/** EXIF writes colons, XMP hyphens; XMP may leave out the seconds. */
function parseCameraTime(text: string | null): WallClock | null {
  const parts = form.exec(text ?? '')
  if (!parts) return null
  const [, year, month, day, hour, minute, second = '00', fraction = '', zone = ''] = parts
  const offset = zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone
  return parseWallClock(`${year}-${month}-${day}T${hour}:${minute}:${second}${fraction}${offset}`)
}
