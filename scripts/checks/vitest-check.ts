import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import type { JsonTestResults } from 'vitest/node'
import { root } from '../launch.mjs'
import { type Check, fail, type Outcome, sum } from './check.ts'
import { runTool } from './tool.ts'

type FileResult = JsonTestResults['testResults'][number]

/** All tests that run the code. Without a browser the walk is left out; that it is missing counts elsewhere. */
export function vitestCheck(browser: string | undefined): Check {
  return { name: 'tests', run: () => runVitest(browser) }
}

async function runVitest(browser: string | undefined): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'imalink-report-'))
  const report = join(folder, 'report.json')
  const reporters = [
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    '--silent=passed-only',
  ]
  try {
    const { code } = await runTool(
      'vitest',
      ['run', ...reporters, ...(browser ? [] : ['--project=!browser'])],
      {
        show: true,
        env: { ...process.env, ...(browser ? { IMALINK_TEST_BROWSER: browser } : {}) },
      },
    )
    return judge(JSON.parse(readFileSync(report, 'utf8')) as JsonTestResults, code) // as the json reporter writes it
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Counts every test once, and as a failure too: a file that did not load, skipped images that are there, an odd end. */
export function judge(results: Pick<JsonTestResults, 'testResults'>, code: number): Outcome {
  const outcome = sum([...results.testResults.map(countsOf)])
  if (outcome.passed + outcome.failed === 0) return fail('No test ran.')
  if (code !== 0 && outcome.failed === 0) {
    return {
      ...sum([outcome, fail('')]),
      output: `Vitest ended with ${code} although no test failed; its output stands above.`,
    }
  }
  return { ...outcome, output: outcome.failed === 0 ? '' : failuresOf(results).join('\n') }
}

function countsOf(file: FileResult) {
  const count = (status: string) => file.assertionResults.filter((test) => test.status === status).length
  const skipped = file.assertionResults.length - count('passed') - count('failed')
  const didNotLoad = file.status === 'failed' && count('failed') === 0 ? 1 : 0
  return skipsRealImages(file, skipped)
    ? { passed: count('passed'), failed: count('failed') + didNotLoad + skipped, skipped: 0 }
    : { passed: count('passed'), failed: count('failed') + didNotLoad, skipped }
}

/** Where the real images are at hand, a suite that skips them has lost them. */
function skipsRealImages(file: FileResult, skipped: number): boolean {
  if (skipped === 0 || !process.env.IMALINK_TEST_IMAGES) return false
  return readFileSync(file.name, 'utf8').includes('IMALINK_TEST_IMAGES')
}

function failuresOf(results: Pick<JsonTestResults, 'testResults'>): string[] {
  return results.testResults.flatMap((file) => {
    const { failed } = countsOf(file)
    const names = file.assertionResults
      .filter((test) => test.status !== 'passed')
      .map((test) => test.fullName)
    return failed === 0
      ? []
      : [
          relative(root, file.name),
          ...(file.message ? [`  ${file.message}`] : []),
          ...names.map((name) => `  ${name}`),
        ]
  })
}
