/** The reference: reads, hashes, parses EXIF and makes both previews by direct calls, as fast as one process can. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import ExifReader from 'exifreader'
import sharp from 'sharp'
import { intermediateSide } from '../src/previews.ts'

sharp.concurrency(1)
sharp.cache(false)

process.on('message', (files: string[]) => void loop(files).then(() => process.send?.('done')))
process.send?.('ready')

async function loop(files: readonly string[]): Promise<void> {
  for (const file of files) {
    const bytes = await readFile(file)
    createHash('sha256').update(bytes).digest('hex')
    ExifReader.load(bytes, { expanded: true })
    await bothPreviews(bytes)
  }
}

async function bothPreviews(bytes: Buffer): Promise<void> {
  const { width, height } = await sharp(bytes).metadata()
  const side = intermediateSide(Math.max(width, height))
  const { data, info } = await sharp(bytes, { autoOrient: true })
    .flatten({ background: '#fff' })
    .resize({ width: side, height: side, fit: 'inside', withoutEnlargement: true })
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true })
  for (const size of [150, 1920]) {
    await sharp(data, { raw: info })
      .resize({ width: size, height: size, fit: 'inside', withoutEnlargement: true })
      .jpeg({ quality: 85 })
      .toBuffer()
  }
}
