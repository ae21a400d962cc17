import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { chromium } from 'playwright-core'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']
const USUAL_PLACES = [
  '/snap/bin/chromium',
  '/opt/google/chrome/chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/**
 * The path of a Chromium for the browser walk: the one that IMALINK_TEST_BROWSER names, an installed one, Playwright's
 * own, or, as root where there is apt, one that is installed now. Throws an error with one sentence where there is none.
 */
export function findBrowser(): string {
  const found = findInstalled() ?? installWithApt()
  if (found !== undefined) return found
  throw new Error(
    'The browser walk needs Chromium or Chrome: install one, or set IMALINK_TEST_BROWSER to the path of its program.',
  )
}

function findInstalled(): string | undefined {
  const onPath = (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => NAMES.map((name) => join(folder, name)))
  const named = process.env.IMALINK_TEST_BROWSER
  return [...(named ? [named] : []), ...onPath, ...USUAL_PLACES, chromium.executablePath()].find(isExecutable)
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false // which is the answer
  }
}

function installWithApt(): string | undefined {
  if (process.getuid?.() !== 0 || spawnSync('apt-get', ['--version']).status !== 0) return undefined
  process.stderr.write('Installing Chromium for the browser walk (once) …\n')
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', 'chromium']]) {
    spawnSync('apt-get', ['-qq', ...args], { env, stdio: ['ignore', 'ignore', 'inherit'] })
  }
  return findInstalled()
}
