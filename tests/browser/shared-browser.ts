import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest'
import { type Installation, startInstallation } from '../system/installation.ts'
import { type Visitor, startChromium, visit } from './chromium.ts'

/** A browser and the installation that it visits. */
export interface SharedBrowser {
  readonly installation: Installation
  /** A visitor at the first page, until they leave. */
  visit(options?: BrowserContextOptions): Promise<Visitor>
  /** A visitor at the first page for one test, which fails if anything went wrong on a page of theirs. */
  arrive(options?: BrowserContextOptions): Promise<Page>
}

/** One browser and one installation for all tests of the file or the `describe` that calls this, from their first hook on. */
export function sharedBrowser(): SharedBrowser {
  let browser: Browser
  let installation: Installation
  beforeAll(async () => {
    browser = await startChromium()
    installation = await startInstallation()
  }, 120_000)
  afterAll(async () => {
    await browser.close()
    await installation.end()
  })
  const visitNow = (options: BrowserContextOptions = {}) =>
    visit(browser, { baseURL: installation.backend.address, ...options })
  return {
    get installation() {
      return installation
    },
    visit: visitNow,
    async arrive(options) {
      const visitor = await visitNow(options)
      onTestFinished(async () => {
        await visitor.leave()
        expect(visitor.complaints).toEqual([])
      })
      return visitor.page
    },
  }
}
