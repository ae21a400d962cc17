import { jpegFrame } from '../jpeg-frame.ts'
import { isClosed } from '../jpeg-ending.ts'
import { imageLimits, checkSize } from '../limits.ts'
import { openPicture } from '../pictures.ts'
import { type Picture, intermediateSide, openRaw } from '../previews.ts'
import { Refusal } from '../refusal.ts'
import { findJpegs } from './find-jpegs.ts'
import { developRaw } from './libraw.ts'
import type { RawFile, Size, Thumbnail } from './raw-file.ts'
import { takeApart } from './take-apart.ts'
import { ownOrientation, turnedJpeg } from './turned-jpeg.ts'

/** A JPEG of this size shows what is in a photo; a smaller one is only taken where the raw data can't be developed. */
const USABLE_SIDE_PX = 320
/** The size of a hotpreview: what is smaller is no preview. */
const SMALLEST_SIDE_PX = 150

export interface OpenedRaw extends Size {
  readonly picture: Picture
  /** A TIFF or JPEG with the RAW's metadata; empty where it has none. */
  readonly metadata: Buffer
}

/**
 * Opens a camera's RAW: its largest embedded JPEG that is whole, else its raw data, else a thumbnail, turned as the RAW
 * says. The size is the sensor's. Throws `no_preview_in_raw`, and `image_too_large` by what the RAW says of itself.
 */
export async function openRawFile(bytes: Buffer, format: string): Promise<OpenedRaw> {
  const raw = takeApart(bytes, format)
  if (raw.size) checkSize(raw.size)
  const picture = await findPicture(bytes, raw)
  return { picture, ...uprightSize(raw, picture), metadata: raw.metadata }
}

async function findPicture(bytes: Buffer, raw: RawFile): Promise<Picture> {
  const pointedTo = await firstWhole(bySize(raw.jpegs).filter(isUsable), raw)
  if (pointedTo) return pointedTo
  const anywhere = bySize([...raw.jpegs, ...findJpegs(bytes, raw.sensorData)])
  const picture =
    (await firstWhole(anywhere.filter(isUsable), raw)) ??
    (isAllThere(bytes, raw) ? await developRaw(bytes, raw.size) : null) ??
    (await firstWhole(anywhere, raw)) ??
    (await firstThumbnail(raw))
  if (picture) return picture
  throw new Refusal(
    'no_preview_in_raw',
    "The camera's RAW holds no whole preview, and its raw data can't be developed.",
  )
}

/** LibRaw makes black of what is missing, so it isn't asked where the container says that something is. */
function isAllThere(bytes: Buffer, { sensorData }: RawFile): boolean {
  return sensorData.every((place) => place.start + place.bytes <= bytes.length)
}

interface Candidate extends Size {
  readonly jpeg: Buffer
}

/** Largest first. Raw data is often a lossless JPEG; no viewer shows more than 8 bits a sample. */
function bySize(jpegs: readonly Buffer[]): Candidate[] {
  const candidates = jpegs.flatMap((jpeg): Candidate[] => {
    const frame = jpegFrame(jpeg)
    const isPicture =
      frame?.bitsPerSample === 8 &&
      !frame.isArithmetic &&
      ['sequential', 'progressive'].includes(frame.coding)
    return isPicture ? [{ jpeg, width: frame.width, height: frame.height }] : []
  })
  return candidates.filter(isIdentifiable).sort((a, b) => b.width * b.height - a.width * a.height)
}

const isIdentifiable = ({ width, height }: Size) =>
  Math.max(width, height) >= SMALLEST_SIDE_PX && Math.min(width, height) >= imageLimits.smallestSidePx

const isUsable = ({ width, height }: Size) => Math.max(width, height) >= USABLE_SIDE_PX

/** Decodes one after the other until one turns out to be whole; its pixels are kept for whoever asks first. */
async function firstWhole(candidates: readonly Candidate[], raw: RawFile): Promise<Picture | null> {
  for (const candidate of candidates) {
    // What follows in the file may be anything: a JPEG that doesn't end itself is cut off.
    if (!isClosed(candidate.jpeg)) continue
    try {
      return await decoded(await openPicture(uprightJpeg(candidate, raw), 'JPEG'))
    } catch (error) {
      // A preview that is damaged or cut off costs itself; the next smaller one may be whole.
      if (!(error instanceof Refusal)) throw error
    }
  }
  return null
}

async function decoded(picture: Picture): Promise<Picture> {
  const side = intermediateSide(Math.max(picture.width, picture.height))
  const raster = await picture.rasterize(side)
  return {
    ...picture,
    rasterize: async (maxSide) => (maxSide === side ? raster : picture.rasterize(maxSide)),
  }
}

function uprightJpeg(candidate: Candidate, raw: RawFile): Buffer {
  const own = ownOrientation(candidate.jpeg)
  const wanted = isTurnedAlready(candidate, raw) ? 1 : (raw.orientation ?? own ?? 1)
  return wanted === (own ?? 1) ? candidate.jpeg : turnedJpeg(candidate.jpeg, wanted)
}

const QUARTER_TURNS = [5, 6, 7, 8]

/** Some programs store previews upright: then it is high where the sensor is wide. */
function isTurnedAlready(preview: Size, { orientation, size }: RawFile): boolean {
  if (!size || !QUARTER_TURNS.includes(orientation ?? 1)) return false
  return Math.sign(preview.width - preview.height) * Math.sign(size.width - size.height) < 0
}

async function firstThumbnail(raw: RawFile): Promise<Picture | null> {
  const [thumbnail] = raw.thumbnails
    .filter(isIdentifiable)
    .sort((a, b) => b.width * b.height - a.width * a.height)
  return thumbnail ? openThumbnail(thumbnail, raw.orientation ?? 1) : null
}

/** Plain pixels are turned like any other picture's, by a tag. */
async function openThumbnail({ pixels, width, height }: Thumbnail, orientation: number): Promise<Picture> {
  const image = openRaw(pixels, { width, height, channels: 3 }).withMetadata({ orientation })
  return openPicture(await image.png({ compressionLevel: 1 }).toBuffer(), 'PNG')
}

/** A preview may be this much larger than what the RAW says before the RAW isn't believed: decoders differ by a border. */
const BORDER = 1.1

function uprightSize({ size, orientation }: RawFile, picture: Size): Size {
  const isBelievable = size && picture.width * picture.height <= size.width * size.height * BORDER
  if (!isBelievable) return { width: picture.width, height: picture.height }
  const isTurned = QUARTER_TURNS.includes(orientation ?? 1)
  return isTurned ? { width: size.height, height: size.width } : size
}
