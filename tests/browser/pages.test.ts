import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { putPictures } from '../system/made-pictures.ts'
import { album } from './chromium.ts'
import { PHOTOS, putLibrary } from './holiday-folder.ts'
import { sharedBrowser } from './shared-browser.ts'
import {
  cards,
  chooseFolder,
  coldpreviewWidth,
  createAccount,
  importSummary,
  signIn,
  somebody,
} from './steps.ts'

const shoot = album()
const ada = somebody()
const shared = sharedBrowser()
const { arrive, visit } = shared
let folder: string

beforeAll(async () => {
  folder = join(shared.installation.place, 'Pictures')
  await putLibrary(folder)
  const { page, leave } = await visit()
  await createAccount(page, ada)
  await chooseFolder(page, folder)
  await importSummary(page)
  await leave()
}, 120_000)

/** Signed in as the one whose photos are there. */
async function come(options: BrowserContextOptions = {}): Promise<Page> {
  const page = await arrive(options)
  await signIn(page, ada)
  await page.getByRole('list', { name: 'Years' }).waitFor()
  return page
}

const day = (page: Page) => page.getByRole('list', { name: 'Photos of Saturday, 15 June 2024' })

test('everything from the years to a photo and back can be done by keyboard alone', async () => {
  const page = await come()

  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Enter')
  await page.getByRole('list', { name: 'Months' }).waitFor()
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Enter')
  await page.getByRole('list', { name: 'Days' }).waitFor()
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Enter')
  await day(page).getByRole('link').first().waitFor()
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Enter')
  expect(await coldpreviewWidth(page)).toBeGreaterThan(1000)
  await page.keyboard.press('Escape')
  await day(page).waitFor()
  await page.keyboard.press('Escape')

  await page.getByRole('list', { name: 'Days' }).waitFor()
})

test('photos are found by words, opened, and left for what was found', async () => {
  const page = await come()
  await page.getByRole('link', { name: 'Search', exact: true }).click()

  const box = page.getByRole('searchbox', { name: 'Search photos' })
  await box.and(page.locator(':focus')).waitFor()
  await page.keyboard.type('BEACH -3')
  const found = page.getByRole('list', { name: 'Photos found by BEACH -3' })
  await found.getByRole('link').nth(1).waitFor()
  await page.getByText('2 photos').waitFor()
  await shoot(page, '15-found')
  await found.getByRole('link').first().click()
  expect(await coldpreviewWidth(page)).toBeGreaterThan(1000)
  await page.keyboard.press('ArrowRight')
  await page.getByText('2 of 2 photos').waitFor()
  await page.keyboard.press('Escape')
  await found.waitFor()
  await box.fill('kingfisher')

  await page.getByText('No photo has all of these words.').waitFor()
  expect(new URL(page.url()).search).toBe('?q=kingfisher')
})

test('an import under way shows files done, rate, time left, and which core is used', async () => {
  const page = await arrive()
  const many = join(shared.installation.place, 'many')
  await putPictures(many, 24, { width: 1200, height: 900 })
  await createAccount(page, somebody())
  await slowDownCore(page, 500)

  await chooseFolder(page, many)
  await page.getByRole('progressbar', { name: 'Import progress' }).waitFor()
  await page.getByText(/^\d+ of 24 files/).waitFor()
  await page.getByText(/(files a second|1 file in \d+ seconds), .* left/).waitFor()
  await page.getByText('Using the core on this computer').waitFor()
  await shoot(page, '20-importing')

  expect(await importSummary(page)).toEqual(['24 new photos from many.'])
})

/** Originals take this long on their way to core, as over a slow network. */
async function slowDownCore(page: Page, ms: number): Promise<void> {
  await page.route(`${shared.installation.core.address}/v1/process`, async (route) => {
    await delay(ms)
    await route.continue()
  })
}

test('a browser that cannot reach core imports through the backend, and says so', async () => {
  const visitor = await visit()
  onTestFinished(visitor.leave)
  const { page } = visitor
  await page.route(/:8001\/|\/health$/, (route) => route.abort())
  await page.route(`${shared.installation.core.address}/**`, (route) => route.abort())
  await createAccount(page, somebody())
  shared.installation.core.freeze()

  await chooseFolder(page, folder)
  await page.getByText('Using the core of the server').waitFor()
  shared.installation.core.thaw()

  const [created] = await importSummary(page)
  expect(created).toBe(`${Object.keys(PHOTOS).length} new photos from Pictures.`)
  expect(visitor.complaints.filter((complaint) => !complaint.includes('ERR_FAILED'))).toEqual([])
})

test('a folder dropped on any page comes in', async () => {
  const page = await arrive()
  await createAccount(page, somebody())
  const pointer = await page.context().newCDPSession(page)
  const data = { items: [], files: [folder], dragOperationsMask: 1 }

  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await pointer.send('Input.dispatchDragEvent', { type, x: 300, y: 300, data })
  }

  const [created] = await importSummary(page)
  expect(created).toMatch(new RegExp(`^${Object.keys(PHOTOS).length} new photos from `))
})

test('a second import of the same folder creates nothing and says so', async () => {
  const page = await come()
  await page.getByRole('link', { name: 'Import', exact: true }).first().click()

  await chooseFolder(page, folder)

  const [created, known] = await importSummary(page)
  expect(created).toBe('No new photos from Pictures.')
  expect(known).toBe(`${Object.keys(PHOTOS).length} files had been imported before.`)
})

test('nobody sees the photos of another, by no address', async () => {
  const owner = await come()
  const hothash = await owner.evaluate(async () => {
    const reply = await fetch('/api/v1/timeline/photos')
    return ((await reply.json()) as { data: { hothash: string[] } }).data.hothash[0]
  })
  const stranger = await arrive()
  await createAccount(stranger, somebody())

  const paths = ['', '/hotpreview', '/coldpreview'].map((part) => `/api/v1/photos/${hothash}${part}`)
  // The requests carry the stranger's cookie and are no page's, so the console stays out of it.
  const replies = await Promise.all(paths.map((path) => stranger.context().request.get(path)))

  expect(replies.map((reply) => reply.status())).toEqual([404, 404, 404])
})

test('a wrong password is told in words', async () => {
  const page = await arrive()

  await signIn(page, { ...ada, password: 'not the password' })

  await page.getByText('The name or the password is wrong.').waitFor()
  await shoot(page, '21-wrong-password')
})

test('a photo goes to the trash and comes back', async () => {
  const page = await come()
  await page.goto('/2024/06/20')
  await page
    .getByRole('list', { name: /^Photos of/ })
    .getByRole('link')
    .first()
    .click()
  await coldpreviewWidth(page)

  await page.getByRole('button', { name: /trash/i }).first().click()
  await page.goto('/')
  await expect.poll(() => cards(page, 'Years')).toMatchObject({ '2024': 4 })
  await page.goto('/trash')
  await page.getByRole('button', { name: /^Restore/ }).click()
  await expect.poll(() => page.getByRole('button', { name: /^Restore/ }).count()).toBe(0)

  await page.goto('/')
  await expect.poll(() => cards(page, 'Years')).toMatchObject({ '2024': 5 })
})

test.each([
  ['dark', { colorScheme: 'dark' as const }],
  ['phone', { viewport: { width: 390, height: 844 } }],
])('the pages fit their screen: %s', async (name, options) => {
  const page = await come(options)

  for (const [place, path] of Object.entries({
    years: '/',
    day: '/2024/06/15',
    search: '/search?q=beach',
    import: '/import',
    account: '/account',
  })) {
    await page.goto(path)
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.waitForLoadState('networkidle')
    await shoot(page, `22-${name}-${place}`)
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    expect(overflow, place).toBeLessThanOrEqual(0)
  }
  const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor)
  const red = Number(/\d+/.exec(ground)?.[0])
  expect(red < 128).toBe(name === 'dark')
})
