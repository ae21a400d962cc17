import { makeProblem } from '@imalink/contract'
import { expect, test } from 'vitest'
import { ModelBackend, modelCore } from '../../tests/model-servers.ts'
import { ApiError } from '../client.ts'
import type { Outcome, SourceGroup } from '../import.ts'
import { importFiles } from './import-files.ts'

function group(filename: string, scene: object): SourceGroup {
  const bytes = new TextEncoder().encode(JSON.stringify(scene))
  const about = { filename, path: `/a/${filename}`, volume: '', size: bytes.length, modifiedAt: null }
  return { files: [{ ...about, read: () => Promise.resolve(bytes) }], sidecars: [] }
}

test('a server that fails at noting a refusal costs no photo, and is told of at the end', async () => {
  const [core, backend] = [await modelCore(), new ModelBackend()]
  const failure = new ApiError(makeProblem('internal_error', 'The server failed.'), null)
  backend.reportErrors = () => Promise.reject(failure)
  const outcomes: Outcome[] = []
  async function* groups() {
    yield group('bad.jpg', { refused: 'corrupt_image' })
    // Time enough for the refusal to be reported.
    await new Promise((resolve) => setTimeout(resolve, 1500))
    yield group('good.jpg', { shows: 'good' })
  }

  const importing = importFiles(groups(), {
    ...{ backend, eggs: core.layer, sessionId: 1, coldpreviewSize: null, jobs: 1 },
    signal: new AbortController().signal,
    onOutcome: (outcome) => outcomes.push(outcome),
  })

  await expect(importing).rejects.toBe(failure)
  expect(outcomes.map(({ status }) => status)).toEqual(['refused', 'created'])
  core.close()
})
