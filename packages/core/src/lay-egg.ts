import type { PhotoEgg } from '@imalink/contract'
import { readMetadata } from './exif.ts'
import { makeExifDict } from './exif-dict.ts'
import { type ImageFormat, detectFormat, isRaw } from './formats.ts'
import { sha256 } from './hothash.ts'
import { jxlMetadata } from './jxl-metadata.ts'
import { openPicture } from './pictures.ts'
import { openRawFile } from './raw/open-raw.ts'
import { type Picture, type Preview, type Raster } from './previews.ts'
import { intermediateSide, makeColdpreview, makeHotpreview } from './previews.ts'
import { RECIPE } from './recipe.ts'
import type { Sidecar } from './sidecar.ts'
import { readTags } from './tags.ts'
import { readWrittenWords } from './written-words.ts'

const EGG_VERSION = '2.1'

export interface EggOptions {
  readonly filename: string
  /** Longest side in px; null for no coldpreview. */
  readonly coldpreviewSize: number | null
  readonly sidecar?: Sidecar | null
}

/**
 * One original turned into its PhotoEgg: identity, previews, metadata. The hothash depends on the bytes alone.
 * Throws `Refusal` with a code of api.md section 1.
 */
export async function layEgg(
  bytes: Buffer,
  { filename, coldpreviewSize, sidecar = null }: EggOptions,
): Promise<PhotoEgg> {
  const format = detectFormat(bytes)
  const { picture, metadata, width, height } = await openOriginal(bytes, format)
  const side = intermediateSide(Math.max(picture.width, picture.height))
  const intermediate = await picture.rasterize(side)
  const hotpreview = await makeHotpreview(intermediate, picture)
  const coldpreview =
    coldpreviewSize === null ? null : await layColdpreview(picture, intermediate, side, coldpreviewSize)
  const tags = readTags(metadata, sidecar)
  const { dict, truncated } = makeExifDict(tags)
  return {
    hothash: sha256(hotpreview.jpeg),
    hotpreview_base64: hotpreview.jpeg.toString('base64'),
    hotpreview_width: hotpreview.width,
    hotpreview_height: hotpreview.height,
    ...describeColdpreview(coldpreview),
    width,
    height,
    metadata: readMetadata(tags),
    exif_dict: dict,
    ...(truncated.length > 0 ? { exif_truncated: truncated } : {}),
    ...readWrittenWords(tags),
    is_valid_image: true,
    image_format: format,
    file_size_bytes: bytes.length,
    primary_filename: filename,
    file_sha256: sha256(bytes),
    recipe: RECIPE,
    egg_version: EGG_VERSION,
  }
}

/** `width` and `height` are of the full picture; `metadata` are the bytes that tags are read from. */
interface Original {
  readonly picture: Picture
  readonly width: number
  readonly height: number
  readonly metadata: Buffer
}

async function openOriginal(bytes: Buffer, format: ImageFormat): Promise<Original> {
  if (isRaw(format)) return openRawFile(bytes, format)
  const picture = await openPicture(bytes, format)
  const metadata = format === 'JXL' ? jxlMetadata(bytes) : bytes
  return { picture, width: picture.width, height: picture.height, metadata }
}

/** From the intermediate wherever it is large enough; otherwise the original is decoded once more. */
async function layColdpreview(
  picture: Picture,
  raster: Raster,
  side: number,
  size: number,
): Promise<Preview> {
  const longest = Math.max(picture.width, picture.height)
  const isEnough = size <= side || longest <= side
  return makeColdpreview(isEnough ? raster : await picture.rasterize(size), picture, size)
}

function describeColdpreview(coldpreview: Preview | null) {
  return {
    coldpreview_base64: coldpreview?.jpeg.toString('base64') ?? null,
    coldpreview_width: coldpreview?.width ?? null,
    coldpreview_height: coldpreview?.height ?? null,
  }
}
