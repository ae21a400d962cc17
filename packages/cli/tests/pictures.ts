import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'

/** A JPEG that differs from that of every other number. */
export async function picture(number: number, sides = { width: 320, height: 240 }): Promise<Buffer> {
  const colours = createHash('sha384').update(String(number)).digest()
  return sharp(colours, { raw: { width: 4, height: 4, channels: 3 } })
    .resize(sides.width, sides.height, { fit: 'fill', kernel: 'nearest' })
    .jpeg()
    .toBuffer()
}

/** `0.jpg`, `1.jpg`, ...: so many different pictures that each take core a moment. */
export async function putLargePictures(folder: string, count: number): Promise<void> {
  for (let number = 0; number < count; number++) {
    const image = await picture(number, { width: 3000, height: 2000 })
    await writeFile(join(folder, `${number}.jpg`), image)
  }
}
