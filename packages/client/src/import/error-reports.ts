import type { ImportBackend, Outcome } from '../import.ts'
import { batcher } from './batcher.ts'
import type { Patience } from './patience.ts'
import { wireDetail, wireErrorPath } from './wire-text.ts'

type Refused = Extract<Outcome, { status: 'refused' }>

/** Tells the import session, many at a time, which files never became an egg. */
export function errorReports(
  backend: ImportBackend,
  patience: Patience,
  { sessionId, signal }: { readonly sessionId: number; readonly signal: AbortSignal },
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
      await patience.answerTo(() => backend.reportErrors(sessionId, errors, signal))
      return refused.map(() => undefined)
    },
  })
}
