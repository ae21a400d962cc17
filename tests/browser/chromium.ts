import { mkdirSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type Browser, type BrowserContextOptions, type Page, chromium } from 'playwright-core'
import { findBrowser } from '../../scripts/checks/browser.ts'
import { buildWebIfChanged } from '../../scripts/web-build.ts'

const QUIET = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--disable-gpu',
]
const PATIENCE_MS = 20_000

/** Chromium, on the web app as its sources are now. */
export async function startChromium(): Promise<Browser> {
  await buildWebIfChanged(resolve(import.meta.dirname, '../..'))
  // Its sandbox does not work for root.
  const args = process.getuid?.() === 0 ? [...QUIET, '--no-sandbox'] : QUIET
  return chromium.launch({ executablePath: findBrowser(), args })
}

/** A visitor with a profile of their own, and everything that went wrong on their pages. */
export interface Visitor {
  readonly page: Page
  /** Errors of the page, violations of its security policy, failed requests that nobody expects. */
  readonly complaints: readonly string[]
  leave(): Promise<void>
}

/** Opens the first page at `baseURL`. */
export async function visit(
  browser: Browser,
  options: BrowserContextOptions & { readonly baseURL: string },
): Promise<Visitor> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options })
  context.setDefaultTimeout(PATIENCE_MS)
  const page = await context.newPage()
  const complaints = await listen(page)
  await page.goto('/')
  return { page, complaints, leave: () => context.close() }
}

async function listen(page: Page): Promise<string[]> {
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(`error: ${error.stack ?? error.message}`))
  page.on('console', (message) => {
    if (message.type() !== 'error' && message.type() !== 'warning') return
    const { url } = message.location()
    if (!isExpected(message.text(), url)) complaints.push(`${message.type()}: ${message.text()} (${url})`)
  })
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      console.error(`security policy: ${event.violatedDirective} blocks ${event.blockedURI}`)
    })
  })
  return complaints
}

/** Chromium logs every answer from 400 on: to a visitor who is not signed in or errs in the password, and for an original that is refused. */
function isExpected(text: string, url: string): boolean {
  const path = URL.canParse(url) ? new URL(url).pathname : ''
  if (['/api/v1/auth/me', '/api/v1/auth/login'].includes(path)) return text.includes('status of 401')
  return path.endsWith('/process') && /status of (413|415|422)/.test(text)
}

/** Keeps what the page looks like, where IMALINK_SHOTS says or in a temporary folder. */
export function album(): (page: Page, name: string) => Promise<void> {
  const named = process.env.IMALINK_SHOTS
  const folder = named || mkdtempSync(join(tmpdir(), 'imalink-shots-'))
  mkdirSync(folder, { recursive: true })
  return async (page, name) => {
    await page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled' })
  }
}
