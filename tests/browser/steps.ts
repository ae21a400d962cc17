import type { Page } from 'playwright-core'
import { expect } from 'vitest'

export interface Person {
  readonly username: string
  readonly email: string
  readonly password: string
}

let people = 0

export function somebody(): Person {
  const username = `walker-${++people}`
  return { username, email: `${username}@example.org`, password: 'a long enough password' }
}

/** From the first page to an empty timeline. */
export async function createAccount(page: Page, { email, password, username }: Person): Promise<void> {
  await page.getByRole('link', { name: 'Create an account' }).click()
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByLabel('Username').fill(username)
  await page.getByRole('button', { name: 'Create account' }).click()
  await page.getByRole('heading', { name: 'No photos yet' }).waitFor()
}

export async function signIn(page: Page, { email, password }: Person): Promise<void> {
  await page.getByLabel('E-mail or username').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

export async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
}

/** Chooses a whole folder with the file input. */
export async function chooseFolder(page: Page, folder: string): Promise<void> {
  await page.getByLabel('Choose a folder').setInputFiles(folder)
}

/** Waits for the end of the import and answers its summary, line by line. */
export async function importSummary(page: Page, withinMs = 60_000): Promise<string[]> {
  const summary = page.getByRole('region', { name: 'Import finished' })
  await summary.waitFor({ timeout: withinMs })
  return summary.getByRole('listitem').allTextContents()
}

/** The refused files on the page, scrolled to the last: path and code. */
export async function refusedFiles(page: Page): Promise<Record<string, string>> {
  const list = page.getByRole('group', { name: 'Refused files' })
  const found: Record<string, string> = {}
  for (;;) {
    const before = Object.keys(found).length
    // All at once: scrolling takes rows out of the page.
    const rows = await list
      .getByRole('listitem')
      .evaluateAll((items) =>
        items.map((item) => [
          item.querySelector('div')?.textContent,
          item.querySelector('code')?.textContent,
        ]),
      )
    for (const [path, code] of rows) found[path ?? ''] = code ?? ''
    const isAtEnd = await list.evaluate(async (element) => {
      element.scrollBy(0, element.clientHeight / 2)
      // The rows that come into sight are drawn with the frames that follow.
      for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame)
      return element.scrollTop + element.clientHeight >= element.scrollHeight - 1
    })
    if (isAtEnd && Object.keys(found).length === before) return found
  }
}

/** The cards of a timeline page, `{ '2024': '5 photos' }`. */
export async function cards(page: Page, name: 'Years' | 'Months' | 'Days'): Promise<Record<string, number>> {
  const list = page.getByRole('list', { name, exact: true })
  await list.waitFor()
  const texts = await list
    .getByRole('link')
    .evaluateAll((links) =>
      links.map((link) => [...link.querySelectorAll('span')].map((span) => span.textContent ?? '')),
    )
  return Object.fromEntries(
    texts.map((parts) => {
      const [label = '', count = ''] = parts.filter((part) => part !== '')
      return [label, Number(/^([\d,.\s]+) photos?$/.exec(count)?.[1]?.replace(/\D/g, ''))]
    }),
  )
}

/** Waits until the large preview of the photo on the stage is drawn and answers its width in px. */
export async function coldpreviewWidth(page: Page): Promise<number> {
  const image = page.locator('[aria-hidden="false"] img[src*="/coldpreview"][data-hidden="false"]')
  await image.waitFor()
  return image.evaluate((element) => (element instanceof HTMLImageElement ? element.naturalWidth : 0))
}

/** Waits until every thumbnail in sight is drawn. */
export async function thumbnailsDrawn(page: Page): Promise<void> {
  await expect
    .poll(
      () =>
        page
          .locator('img[src*="/hotpreview"]')
          .evaluateAll(
            (images) =>
              images.length > 0 &&
              images.every(
                (image) => image instanceof HTMLImageElement && image.complete && image.naturalWidth > 0,
              ),
          ),
      { timeout: 10_000 },
    )
    .toBe(true)
}
