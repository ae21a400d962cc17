import { endpoints } from '@imalink/contract'
import { type Server, call } from '../client.ts'
import type { Outcome } from '../import.ts'
import { batcher } from './batcher.ts'
import type { Patience } from './patience.ts'
import { wireDetail, wireErrorPath } from './wire-text.ts'

type Refused = Extract<Outcome, { status: 'refused' }>

/** Tells the import session, many at a time, which files never became an egg. */
export function errorReports(
  backend: Server,
  patience: Patience,
  sessionId: number,
): (refused: Refused) => Promise<undefined> {
  return batcher<Refused, undefined>({
    maxItems: 100,
    maxBytes: Infinity,
    lingerMs: 500,
    bytesOf: () => 0,
    async send(refused) {
      const errors = refused.map(({ file, code, detail }) => ({
        filename: wireErrorPath(file.path),
        code,
        detail: wireDetail(detail),
      }))
      const input = { params: { id: sessionId }, body: { errors } }
      await patience.answerTo(() => call(backend, endpoints.reportImportErrors, input))
      return refused.map(() => undefined)
    },
  })
}
