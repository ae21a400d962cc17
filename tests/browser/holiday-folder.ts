import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { exifOf, madePicture } from '../system/made-pictures.ts'

/** The photos of the folder that the walks import, by path; null is one without a date. */
export const PHOTOS: Readonly<Record<string, string | null>> = {
  'Summer/beach-1.jpg': '2024-06-15T10:00:00',
  'Summer/beach-2.jpg': '2024-06-15T10:05:00',
  'Summer/beach-3.jpg': '2024-06-15T18:30:12',
  'Summer/harbour.jpg': '2024-06-20T09:00:00',
  'Summer/rain.jpg': '2024-08-02T16:45:00',
  'Winter/snow.jpg': '2022-12-24T17:00:00',
  'scan.jpg': null,
}

/** What lies beside them and is refused, by path, with the code. */
export const REFUSED: Readonly<Record<string, string>> = {
  'Summer/cut-in-half.jpg': 'corrupt_image',
  'words.jpg': 'not_an_image',
}

export const PHOTO_WIDTH = 1600

/** Makes the folder. */
export async function putLibrary(folder: string): Promise<void> {
  for (const [number, [path, takenAt]] of Object.entries(PHOTOS).entries()) {
    const upright = number % 3 === 2
    const [width, height] = upright ? [1200, PHOTO_WIDTH] : [PHOTO_WIDTH, 1200]
    await mkdir(dirname(join(folder, path)), { recursive: true })
    const exif = takenAt === null ? {} : { exif: exifOf(takenAt) }
    await writeFile(join(folder, path), await madePicture(number, { width, height, ...exif }))
  }
  const fixtures = join(import.meta.dirname, '../../fixtures/images')
  for (const path of Object.keys(REFUSED)) {
    await copyFile(join(fixtures, path.split('/').at(-1) ?? path), join(folder, path))
  }
}
