import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { album } from './chromium.ts'
import { PHOTOS, PHOTO_WIDTH, REFUSED, putLibrary } from './holiday-folder.ts'
import { sharedBrowser } from './shared-browser.ts'
import {
  cards,
  chooseFolder,
  coldpreviewWidth,
  createAccount,
  importSummary,
  refusedFiles,
  signIn,
  signOut,
  somebody,
  thumbnailsDrawn,
} from './steps.ts'

const shoot = album()
const shared = sharedBrowser()
let folder: string

beforeAll(async () => {
  folder = join(shared.installation.place, 'Pictures')
  await putLibrary(folder)
})

const YEARS = { '2024': 5, '2022': 1, 'No date': 1 }
const refusedIn = (top: string) =>
  Object.fromEntries(Object.entries(REFUSED).map(([path, code]) => [top + path, code]))

test('a new user chooses a folder and finds it in the timeline, and again after signing out and in', async () => {
  const baseURL = shared.installation.backend.address.replace('127.0.0.1', 'localhost')
  const page = await shared.arrive({ baseURL })
  const person = somebody()
  await shoot(page, '01-sign-in')
  await createAccount(page, person)
  await shoot(page, '02-no-photos-yet')

  await chooseFolder(page, folder)
  await page.getByRole('progressbar', { name: 'Import progress' }).waitFor()
  await shoot(page, '03-importing')
  expect(await importSummary(page)).toEqual([
    `${Object.keys(PHOTOS).length} new photos from Pictures.`,
    `${Object.keys(REFUSED).length} files could not be imported; the reasons are below.`,
  ])
  expect(await refusedFiles(page)).toEqual(refusedIn('Pictures/'))
  await shoot(page, '04-imported')

  await page.getByRole('link', { name: 'See the timeline' }).click()
  expect(await cards(page, 'Years')).toEqual(YEARS)
  await thumbnailsDrawn(page)
  await shoot(page, '05-years')
  await page.getByRole('link', { name: /^2024/ }).click()
  expect(await cards(page, 'Months')).toEqual({ August: 1, June: 4 })
  await thumbnailsDrawn(page)
  await shoot(page, '06-months')
  await page.getByRole('link', { name: /^June/ }).click()
  expect(await cards(page, 'Days')).toEqual({ 'Thu, 20 June': 1, 'Sat, 15 June': 3 })
  await thumbnailsDrawn(page)
  await shoot(page, '07-days')
  await page.getByRole('link', { name: /^Sat, 15 June/ }).click()
  const grid = page.getByRole('list', { name: 'Photos of Saturday, 15 June 2024' })
  await expect.poll(() => grid.getByRole('listitem').count()).toBe(3)
  await thumbnailsDrawn(page)
  await shoot(page, '08-day')

  await grid.getByRole('link').first().click()
  await page.getByRole('heading', { level: 1, name: 'Saturday, 15 June 2024, 18:30:12' }).waitFor()
  expect(await coldpreviewWidth(page)).toBeGreaterThan(1000)
  await shoot(page, '09-photo')
  await page.getByRole('button', { name: 'Details' }).click()
  const details = page.getByRole('complementary', { name: 'Details' })
  const text = await details.textContent()
  for (const part of [
    'Saturday, 15 June 2024, 18:30:12',
    'Example',
    'beach-3.jpg',
    'Pictures/Summer/beach-3.jpg',
  ]) {
    expect(text).toContain(part)
  }
  await shoot(page, '10-details')
  await page.getByRole('button', { name: 'Details' }).click()

  await page.keyboard.press('ArrowRight')
  await page.getByRole('heading', { name: /10:05:00/ }).waitFor()
  expect(await coldpreviewWidth(page)).toBe(PHOTO_WIDTH)
  await page.keyboard.press('ArrowLeft')
  await page.getByRole('heading', { name: /18:30:12/ }).waitFor()
  await page.keyboard.press('Escape')
  await grid.waitFor()

  await signOut(page)
  await signIn(page, person)
  await grid.waitFor()
  await page.getByRole('link', { name: 'Timeline', exact: true }).first().click()
  expect(await cards(page, 'Years')).toEqual(YEARS)
})
