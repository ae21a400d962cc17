import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import sharp, { type Exif } from 'sharp'

interface Looks {
  readonly width?: number
  readonly height?: number
  readonly exif?: Exif
}

/** A JPEG that differs from that of every other number, also as a thumbnail; the same number is the same bytes. */
export function madePicture(
  number: number,
  { width = 320, height = 240, exif = {} }: Looks = {},
): Promise<Buffer> {
  const colours = createHash('sha384').update(String(number)).digest()
  return sharp(colours, { raw: { width: 4, height: 4, channels: 3 } })
    .resize(width, height, { fit: 'fill', kernel: 'nearest' })
    .withExif(exif)
    .jpeg()
    .toBuffer()
}

/** EXIF that says when; `takenAt` as in `2024-06-15T12:00:00`. */
export function exifOf(takenAt: string): Exif {
  const [date = '', time = ''] = takenAt.split('T')
  return { IFD0: { Make: 'Example' }, IFD2: { DateTimeOriginal: `${date.replaceAll('-', ':')} ${time}` } }
}

/** Writes `0000.jpg`, `0001.jpg`, ... in folders of 20; answers their paths. Each is dated on a day of its own. */
export async function putPictures(folder: string, count: number, looks: Looks = {}): Promise<string[]> {
  const paths: string[] = []
  for (let number = 0; number < count; number++) {
    const path = join(folder, String(Math.floor(number / 20)), `${String(number).padStart(4, '0')}.jpg`)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, await madePicture(number, { exif: exifOf(dayNumber(number)), ...looks }))
    paths.push(path)
  }
  return paths
}

/** The noon of one of the 336 days of twelve short months, for each number below 336 another. */
function dayNumber(number: number): string {
  const [month, day] = [Math.floor(number / 28) % 12, number % 28]
  return `2023-${String(month + 1).padStart(2, '0')}-${String(day + 1).padStart(2, '0')}T12:00:00`
}
