import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Photo } from '@imalink/contract'
import type { Page } from 'playwright-core'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { xmpDocument, xmpLanguages } from '../../fixtures/written-words.ts'
import { madePicture } from '../system/made-pictures.ts'
import { sharedBrowser } from './shared-browser.ts'
import { chooseFolder, createAccount, importSummary, somebody } from './steps.ts'

const raw = resolve(import.meta.dirname, '../../fixtures/images/nikon.nef')
/** The shot of that RAW. */
const EXIF = { IFD0: { Model: 'NIKON ONE' }, IFD2: { DateTimeOriginal: '2024:01:15 14:30:00' } }

const shared = sharedBrowser()
let folder: string

beforeAll(async () => {
  folder = join(shared.installation.place, 'Card')
  await mkdir(join(folder, 'DCIM'), { recursive: true })
  const put = (name: string, content: Buffer | string) => writeFile(join(folder, 'DCIM', name), content)
  await put('IMG_1.JPG', await madePicture(1, { width: 600, height: 400, exif: EXIF }))
  await copyFile(raw, join(folder, 'DCIM/IMG_1.NEF'))
  await put('IMG_1.NEF.xmp', xmpDocument(xmpLanguages('dc:title', { 'x-default': 'Harbour' })))
  await put('lost.xmp', 'of nothing')
  await put('film.mp4', 'a film')
  await put('words.txt', 'some words')
})

async function newVisitor(): Promise<Page> {
  const visitor = await shared.visit()
  onTestFinished(visitor.leave)
  return visitor.page
}

function photosIn(page: Page): Promise<Photo[]> {
  return page.evaluate(async () => {
    const reply = await fetch('/api/v1/photos?include=files&scope=mine')
    return ((await reply.json()) as { data: Photo[] }).data // as the contract describes it
  })
}

test.each(['core on this computer', 'core of the server'])(
  'a RAW, its JPEG and their side-car that are chosen in a browser become one photo, with the %s',
  async (layer) => {
    const page = await newVisitor()
    if (layer === 'core of the server') {
      await page.route(/:8001\/|\/health$/, (route) => route.abort())
      await page.route(`${shared.installation.core.address}/**`, (route) => route.abort())
    }
    await createAccount(page, somebody())

    await chooseFolder(page, folder)

    expect(await importSummary(page)).toEqual([
      '1 new photo from Card.',
      '1 file joined the photo of the same shot, as a RAW and its JPEG do.',
      'Left out: 1 video, 1 side-car without a photo, and 1 other file.',
    ])
    const [photo, ...others] = await photosIn(page)
    expect(others).toEqual([])
    expect(photo).toMatchObject({ title: 'Harbour', has_raw_companion: true })
    expect(photo?.files?.map(({ file_path }) => file_path)).toEqual([
      'Card/DCIM/IMG_1.JPG',
      'Card/DCIM/IMG_1.NEF',
    ])
  },
)

test('files of one name from two uploads, whose places nobody knows, stay two photos', async () => {
  const page = await newVisitor()
  await createAccount(page, somebody())
  await page.getByLabel('Choose files').setInputFiles(join(folder, 'DCIM/IMG_1.JPG'))
  await importSummary(page)
  await page.getByRole('link', { name: 'Import', exact: true }).first().click()

  await page.getByLabel('Choose files').setInputFiles(join(folder, 'DCIM/IMG_1.NEF'))

  await page.getByText('1 new photo from IMG_1.NEF.').waitFor()
  expect(await photosIn(page)).toHaveLength(2)
})
