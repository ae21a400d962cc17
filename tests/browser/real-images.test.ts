import { copyFile, mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { backendAt, call } from '@imalink/client'
import { type Photo, endpoints } from '@imalink/contract'
import { differences, expectedOutcomes, imagesFolder, realImages } from '../real-images/manifest.ts'
import { allPhotos, countsOf, timelineCounts } from '../system/photos-of.ts'
import { type Visitor, album } from './chromium.ts'
import { sharedBrowser } from './shared-browser.ts'
import {
  chooseFolder,
  createAccount,
  importSummary,
  refusedFiles,
  somebody,
  thumbnailsDrawn,
} from './steps.ts'

const shoot = album()
const outcomes = expectedOutcomes()

/** Broken text is read in more than one honest way. */
const TEXT_IS_BROKEN = new Set(['hostile/exif-invalid-utf8-control.jpg'])

describe.skipIf(imagesFolder === null)('real and hostile images in the browser (IMALINK_TEST_IMAGES)', () => {
  const images = imagesFolder === null ? [] : realImages(imagesFolder)
  const person = somebody()
  const shared = sharedBrowser()
  let visitor: Visitor
  let photos: Photo[]

  beforeAll(async () => {
    const folder = join(shared.installation.place, 'real')
    for (const { path } of images) {
      await mkdir(dirname(join(folder, path)), { recursive: true })
      await copyFile(join(imagesFolder ?? '', path), join(folder, path))
    }
    visitor = await shared.visit()
    await createAccount(visitor.page, person)
    await chooseFolder(visitor.page, folder)
    await importSummary(visitor.page, 240_000)
    photos = await allPhotos(await signedIn())
  }, 300_000)

  /** The same account, as a program sees it. */
  async function signedIn() {
    const { username, password } = person
    const { backend } = shared.installation
    const { access_token } = await call(backendAt(backend.address), endpoints.login, {
      body: { username, password },
    })
    return backendAt(backend.address, access_token)
  }

  /** Which of the manifest's files a photo was made from; several may show the same. */
  const sourcesOf = ({ files = [] }: Photo) =>
    images.filter(({ path }) => files.some((file) => file.file_path === `real/${path}`))

  test('the import goes on to the end and refuses what the table says, with its reason', async () => {
    const refused = Object.entries(outcomes).filter(([, { outcome }]) => outcome !== 'photo')

    const shown = await refusedFiles(visitor.page)
    await shoot(visitor.page, '30-real-refused')

    expect(shown).toEqual(Object.fromEntries(refused.map(([path, { outcome }]) => [`real/${path}`, outcome])))
  })

  test('every other file is one of the photos, with the size, time, camera and place of the manifest', () => {
    const accepted = images.filter(({ path }) => outcomes[path]?.outcome === 'photo').map(({ path }) => path)
    const wrong = photos.flatMap((photo) => {
      const [source, ...alike] = sourcesOf(photo)
      if (!source || alike.length > 0 || TEXT_IS_BROKEN.has(source.path)) return []
      return differences(source, photo).map((difference) => `${source.path}: ${difference}`)
    })

    expect(
      photos
        .flatMap(sourcesOf)
        .map(({ path }) => path)
        .sort(),
    ).toEqual(accepted.sort())
    expect(wrong).toEqual([])
  })

  test('the timeline shows and counts what came in', async () => {
    const { page } = visitor
    await page.getByRole('link', { name: 'See the timeline' }).click()
    await page.getByRole('list', { name: 'Years' }).waitFor()
    await thumbnailsDrawn(page)
    await shoot(page, '31-real-years')

    const counts = await timelineCounts(await signedIn())

    expect(counts).toEqual(countsOf(photos.map(({ taken_at }) => taken_at)))
    for (const [year, count] of counts.year) {
      const card = page.getByRole('link', { name: new RegExp(`^${year}\\D`) })
      expect(await card.innerText()).toContain(count === 1 ? '1 photo' : `${count} photos`)
    }
  })

  test('a second import creates nothing', async () => {
    const { page } = visitor
    await page.getByRole('link', { name: 'Import', exact: true }).first().click()

    await chooseFolder(page, join(shared.installation.place, 'real'))

    const [created] = await importSummary(page, 240_000)
    expect(created).toBe('No new photos from real.')
    expect(visitor.complaints).toEqual([])
  })
})
