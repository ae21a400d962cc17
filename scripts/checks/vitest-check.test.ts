import { join } from 'node:path'
import type { JsonTestResults } from 'vitest/node'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { judge } from './vitest-check.ts'

type FileResult = JsonTestResults['testResults'][number]
type Status = 'passed' | 'failed' | 'skipped'

/** A file as the json reporter tells of it; this very file, which speaks of IMALINK_TEST_IMAGES, unless another is named. */
function file(
  statuses: readonly Status[],
  { name = 'vitest-check.test.ts', status = 'passed' } = {},
): FileResult {
  const assertionResults = statuses.map((one) => ({ status: one, fullName: `a ${one} one` }))
  // What the counting does not read is left out.
  return {
    name: join(import.meta.dirname, name),
    status,
    message: '',
    assertionResults,
  } as unknown as FileResult
}

beforeEach(() => void vi.stubEnv('IMALINK_TEST_IMAGES', undefined))
afterEach(() => void vi.unstubAllEnvs())

test('counts every test of every file', () => {
  const files = [file(['passed', 'passed', 'skipped']), file(['passed', 'failed'], { status: 'failed' })]

  expect(judge({ testResults: files }, 1)).toMatchObject({ passed: 3, failed: 1, skipped: 1 })
})

test('counts a file that did not load as a failure', () => {
  const outcome = judge({ testResults: [file(['passed']), file([], { status: 'failed' })] }, 1)

  expect(outcome).toMatchObject({ passed: 1, failed: 1, skipped: 0 })
  expect(outcome.output).toContain('vitest-check.test.ts')
})

test('is a failure when the runner ends badly without a failed test', () => {
  expect(judge({ testResults: [file(['passed'])] }, 1)).toMatchObject({ passed: 1, failed: 1 })
})

test('is a failure when no test ran', () => {
  expect(judge({ testResults: [] }, 0)).toMatchObject({ passed: 0, failed: 1 })
  expect(judge({ testResults: [file(['skipped'])] }, 0)).toMatchObject({ passed: 0, failed: 1 })
})

test('lets real images be skipped only where there are none', () => {
  const files = [file(['passed', 'skipped'])]
  const others = [file(['passed', 'skipped'], { name: 'check.ts' })]

  expect(judge({ testResults: files }, 0)).toMatchObject({ failed: 0, skipped: 1 })
  vi.stubEnv('IMALINK_TEST_IMAGES', '/images')
  expect(judge({ testResults: files }, 0)).toMatchObject({ failed: 1, skipped: 0 })
  expect(judge({ testResults: others }, 0)).toMatchObject({ failed: 0, skipped: 1 })
})
