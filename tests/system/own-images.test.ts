import { readdirSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runImport } from './command-line.ts'
import { type Account, type Installation, startInstallation } from './installation.ts'
import { exifOf, madePicture } from './made-pictures.ts'
import { allPhotos, countsOf, preview, sha256, timelineCounts } from './photos-of.ts'

const folder = join(import.meta.dirname, '../../fixtures/images')

/** What of the project's own images is refused, and why; each of the others is a photo. */
const REFUSED: Readonly<Record<string, string>> = {
  '12-bit.jpg': 'unsupported_format',
  'archive.zip': 'unsupported_format',
  'cut-in-half.jpg': 'corrupt_image',
  'cut.avif': 'corrupt_image',
  'cut.bmp': 'corrupt_image',
  'cut.gif': 'corrupt_image',
  'cut.heic': 'corrupt_image',
  'cut.jxl': 'corrupt_image',
  'cut.png': 'corrupt_image',
  'cut.tif': 'corrupt_image',
  'cut.webp': 'corrupt_image',
  'document.pdf': 'unsupported_format',
  'drawing.svg': 'unsupported_format',
  'empty.jpg': 'not_an_image',
  'flipped.png': 'corrupt_image',
  'float.tif': 'unsupported_format',
  'header-only.jpg': 'corrupt_image',
  'hierarchical.jpg': 'unsupported_format',
  'huge-claim.bmp': 'image_too_large',
  'huge-claim.heic': 'image_too_large',
  'huge-claim.jxl': 'image_too_large',
  'huge-claim.png': 'image_too_large',
  'page.html.jpg': 'unsupported_format',
  'photoshop.psd': 'unsupported_format',
  'raw.cr3': 'no_preview_in_raw',
  'raw.crw': 'no_preview_in_raw',
  'raw.dng': 'no_preview_in_raw',
  'raw.mrw': 'no_preview_in_raw',
  'raw.nef': 'no_preview_in_raw',
  'raw.orf': 'no_preview_in_raw',
  'raw.raf': 'no_preview_in_raw',
  'raw.rw2': 'no_preview_in_raw',
  'raw.x3f': 'no_preview_in_raw',
  'stray-marker.jpg': 'corrupt_image',
  'tiny.png': 'image_too_small',
  'video.mp4': 'unsupported_format',
  'words.jpg': 'not_an_image',
  'zeros-behind.jpg': 'corrupt_image',
}

const names = readdirSync(folder)
const photoNames = names.filter((name) => !(name in REFUSED))

let installation: Installation
let account: Account

beforeAll(async () => {
  installation = await startInstallation()
  account = await installation.newAccount()
})
afterAll(() => installation.end())

const importNamed = () =>
  runImport(
    installation,
    account,
    names.map((name) => join(folder, name)),
  )

test('makes a photo of every format and orientation and refuses the rest with its code', async () => {
  const { code, report, files } = await importNamed()

  expect(code).toBe(3)
  expect(report).toMatchObject({ status: 'completed', done: names.length, decoded_by: { kind: 'core' } })
  const refused = report.refused_files.map((file) => [basename(file.path), file.code])
  expect(Object.fromEntries(refused)).toEqual(REFUSED)
  const accepted = files.filter(({ status }) => status === 'created' || status === 'duplicate')
  expect(accepted.map(({ path }) => basename(path)).sort()).toEqual(photoNames)
})

test('keeps where each original is, also of those that look alike', async () => {
  const photos = await allPhotos(account.server)

  const paths = photos.flatMap(({ files = [] }) => files.map(({ file_path }) => file_path))
  expect(paths.sort()).toEqual(photoNames.map((name) => join(folder, name)))
})

test('shows every orientation upright', async () => {
  const photos = await allPhotos(account.server)

  const sizes = photos
    .filter(({ files = [] }) => files.some(({ filename }) => /^(orientation|turned)/.test(filename)))
    .map(({ width, height }) => `${width} x ${height}`)
  expect(new Set(sizes)).toEqual(new Set(['64 x 48']))
})

test('serves the hotpreview that the hothash is made of, and a coldpreview, of every photo', async () => {
  const photos = await allPhotos(account.server)

  for (const { hothash, coldpreview_url } of photos) {
    expect(sha256(await preview(account.server, hothash, 'hotpreview'))).toBe(hothash)
    const cold = await preview(account.server, hothash, 'coldpreview')
    expect(coldpreview_url).toContain(`v=${sha256(cold).slice(0, 16)}`)
  }
  expect(photos.length).toBeGreaterThan(10)
})

test('makes nothing and decodes nothing in a second run', async () => {
  const accepted = photoNames.map((name) => join(folder, name))
  const before = await allPhotos(account.server)
  await installation.core.stop()

  const { code, report } = await runImport(installation, account, accepted)

  await installation.core.start()
  expect(code).toBe(0)
  expect(report).toMatchObject({ created: 0, known: photoNames.length, duplicates: 0, refused: 0 })
  expect(await allPhotos(account.server)).toEqual(before)
})

test('counts in the timeline what was imported, by wall-clock day', async () => {
  const other = await installation.newAccount()
  const times = [
    ...['2022-12-31T23:59:59', '2023-01-01T00:00:00', '2023-01-01T23:59:59', '2023-01-02T00:00:00'],
    ...['2024-02-29T12:00:00', '1999-07-04T08:00:00', null, null],
  ]
  const library = join(installation.place, 'library')
  await mkdir(library)
  for (const [number, time] of times.entries()) {
    const picture = await madePicture(number, time === null ? {} : { exif: exifOf(time) })
    await writeFile(join(library, `${number}.jpg`), picture)
  }

  const { code } = await runImport(installation, other, [library])

  expect(code).toBe(0)
  expect(await timelineCounts(other.server)).toEqual(countsOf(times))
})
