import { buildWebIfChanged } from '../web-build.ts'
import { root } from '../launch.mjs'
import { auditCheck } from './audit-check.ts'
import { findBrowser } from './browser.ts'
import { type Check, type Counts, type Outcome, outcomeOf, pass, sum } from './check.ts'
import { staticChecks } from './static-checks.ts'
import { endToolsWithUs } from './tool.ts'
import { vitestCheck } from './vitest-check.ts'

/** Tools that read sources keep one core busy each. */
const AT_ONCE = 2

/**
 * Runs every check, prints each one's result, and ends the process: 0 only when something ran and nothing failed. The
 * last line sums all runners up.
 */
export async function runChecks(): Promise<never> {
  endToolsWithUs()
  const outcomes = [...(await runSeveral([...staticChecks(), auditCheck])), await report(webBuildCheck)]
  let browser: string | undefined
  const browserCheck = {
    name: 'browser',
    run: async () => {
      browser = findBrowser()
      return pass()
    },
  }
  outcomes.push(await report(browserCheck))
  outcomes.push(await report(vitestCheck(browser)))
  const total = sum(outcomes)
  process.stdout.write(`\n${lastLine(total)}\n`)
  process.exit(total.failed === 0 && total.passed > 0 ? 0 : 1)
}

const webBuildCheck: Check = {
  name: 'web build',
  async run() {
    await buildWebIfChanged(root)
    return pass()
  },
}

async function runSeveral(checks: readonly Check[]): Promise<Outcome[]> {
  const waiting = checks.values()
  const outcomes: Outcome[] = []
  const work = async () => {
    for (const check of waiting) outcomes.push(await report(check))
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return outcomes
}

async function report(check: Check): Promise<Outcome> {
  const start = performance.now()
  const outcome = await outcomeOf(check)
  const seconds = ((performance.now() - start) / 1000).toFixed(1)
  process.stdout.write(`${markOf(outcome)} ${check.name}  ${seconds} s\n`)
  if (outcome.failed > 0 || outcome.passed === 0) process.stdout.write(`${outcome.output.trimEnd()}\n`)
  return outcome
}

function markOf({ passed, failed }: Counts): string {
  if (failed > 0) return '✗'
  return passed > 0 ? '✓' : '–'
}

function lastLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}
