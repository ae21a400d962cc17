import type { Visibility } from '@imalink/contract'
import fc from 'fast-check'
import { anEgg } from '../an-egg.ts'

/** A photo as the test laid it: all that a search can ask of it. */
export interface SearchedPhoto {
  readonly title: string | null
  readonly description: string | null
  readonly owner: 'alice' | 'bob'
  readonly visibility: Visibility
  readonly rating: number
  readonly flag: 'pick' | 'reject' | null
  readonly color_label: 'red' | 'green' | null
  readonly category: string | null
  readonly tags: readonly string[]
  readonly taken_at: string | null
  readonly camera_make: string | null
  readonly camera_model: string | null
  readonly lens_model: string | null
  readonly iso: number | null
  readonly f_number: number | null
  readonly focal_length: number | null
  readonly gps_latitude: number | null
  readonly gps_longitude: number | null
  readonly width: number
  readonly height: number
  readonly filename: string
  readonly hasRaw: boolean
  /** In the space that both are in. */
  readonly isShared: boolean
  /** In a collection of its owner's, if that is Alice. */
  readonly isCollected: boolean
}

/** What the server said of it when it was made. */
export interface KeptPhoto extends SearchedPhoto {
  readonly id: number
  readonly hothash: string
  readonly created_at: string
}

const orNull = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null, freq: 3 })

export const DAYS = ['2023-12-31', '2024-01-01', '2024-02-29', '2025-06-15'] as const
export const CLOCKS = ['00:00:00', '00:00:00.250', '12:30:00', '23:59:59.999'] as const
export const TAGS = ['europe', 'europe/norway', 'europe/norway/oslo', 'europeans', 'cat', "o'brien"] as const
export const MAKES = ['Canon', 'NIKON CORPORATION'] as const
export const MODELS = ['Canon EOS R5', 'NIKON D850', "50% 'off'"] as const
export const LENSES = ['RF 24-70mm F2.8 L', 'Æ 50'] as const
export const FILES = ['IMG_1.JPG', 'img_2.jpg', 'IMG_10.jpeg', 'Bær.JPG', '100%.png', '.hidden'] as const
const DESCRIPTIONS = ['The old boats of Ærø', 'Old, boats and cats.', 'ØST for Bærum; apple-pie'] as const
/** Around Oslo, on both sides of the antimeridian, near a pole, and nowhere. */
export const PLACES = [
  [59.9139, 10.7522],
  [59.95, 10.8],
  [60.3913, 5.3221],
  [-16.5, 179.95],
  [-16.6, -179.9],
  [89.95, 0],
  [89.95, 180],
  [0, 0],
] as const
const [NOWHERE] = [[null, null]] as const

export const searchedPhoto: fc.Arbitrary<SearchedPhoto> = fc
  .record({
    title: orNull(fc.constantFrom('Zebra', 'åre', 'Ære', 'apple', 'Apple', 'øst', '  boats')),
    description: orNull(fc.constantFrom(...DESCRIPTIONS)),
    owner: fc.constantFrom('alice', 'alice', 'bob'),
    visibility: fc.constantFrom<Visibility>('private', 'space', 'authenticated', 'public'),
    rating: fc.integer({ min: 0, max: 5 }),
    flag: orNull(fc.constantFrom('pick', 'reject')),
    color_label: orNull(fc.constantFrom('red', 'green')),
    category: orNull(fc.constantFrom('work', 'Work')),
    tags: fc.uniqueArray(fc.constantFrom(...TAGS), { maxLength: 3 }),
    day: orNull(fc.constantFrom(...DAYS)),
    clock: fc.constantFrom(...CLOCKS),
    camera_make: orNull(fc.constantFrom(...MAKES)),
    camera_model: orNull(fc.constantFrom(...MODELS)),
    lens_model: orNull(fc.constantFrom(...LENSES)),
    iso: orNull(fc.constantFrom(100, 400, 12_800)),
    f_number: orNull(fc.constantFrom(1.8, 2.8, 22)),
    focal_length: orNull(fc.constantFrom(24, 50, 600)),
    place: fc.constantFrom(...PLACES, ...PLACES, NOWHERE),
    size: fc.constantFrom([6000, 4000], [4000, 6000], [4000, 4000]),
    filename: fc.constantFrom(...FILES),
    hasRaw: fc.boolean(),
    isShared: fc.boolean(),
    isCollected: fc.boolean(),
  })
  .map(({ day, clock, place: [gps_latitude, gps_longitude], size: [width = 1, height = 1], ...photo }) => ({
    ...photo,
    ...{ gps_latitude, gps_longitude, width, height },
    taken_at: day && `${day}T${clock}`,
  })) // The literals of the words above are theirs.

/** The egg that makes the photo. */
export function eggOf(photo: SearchedPhoto) {
  const { taken_at, camera_make, camera_model, lens_model, iso, f_number, focal_length } = photo
  const { gps_latitude, gps_longitude, width, height, filename, hasRaw, tags, title, description, ...rest } =
    photo
  const { visibility, rating, flag, color_label, category } = rest
  const egg = anEgg()
  return {
    ...egg,
    ...{
      width,
      height,
      title,
      description,
      visibility,
      rating,
      flag,
      color_label,
      category,
      tags: [...tags],
    },
    metadata: {
      ...{ taken_at, camera_make, camera_model, lens_model, iso, f_number, focal_length },
      ...{ gps_latitude, gps_longitude },
    },
    primary_filename: filename,
    image_files: [
      { filename, file_format: 'JPEG', file_sha256: egg.file_sha256 },
      ...(hasRaw ? [{ filename: 'PAIR_7.NEF', file_format: 'NEF' }] : []),
    ],
  }
}
