/** The reference: the pipeline of core by direct calls, with the same settings and nothing around it. */
import sharp from 'sharp'
import { intermediateSide } from '../src/previews.ts'

sharp.concurrency(1)
sharp.cache(false)

const COLDPREVIEW = { width: 1920, height: 1920, fit: 'inside', kernel: 'cubic' } as const
const HOTPREVIEW = { width: 150, height: 150, fit: 'inside' } as const
const JPEG = { quality: 85 } as const

/** Both previews from one decode. */
export async function bothPreviews(photo: Buffer): Promise<void> {
  const { width, height } = await sharp(photo).metadata()
  const side = intermediateSide(Math.max(width, height))
  const { data, info } = await sharp(photo, { autoOrient: true })
    .flatten({ background: '#fff' })
    .resize({ width: side, height: side, fit: 'inside', withoutEnlargement: true })
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true })
  for (const size of [HOTPREVIEW, COLDPREVIEW])
    await sharp(data, { raw: info }).resize(size).jpeg(JPEG).toBuffer()
}

export async function coldpreviewAlone(photo: Buffer): Promise<void> {
  await sharp(photo, { autoOrient: true }).resize(COLDPREVIEW).jpeg(JPEG).toBuffer()
}
