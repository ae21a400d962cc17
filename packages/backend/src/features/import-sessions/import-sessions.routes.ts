import { importSessionsEndpoints as e } from '@imalink/contract'
import type { FeatureDeps } from '../../feature-deps.ts'
import { created, noContent, ok } from '../../http/answers.ts'
import {
  type SessionDeps,
  changeSession,
  createSession,
  forgetSession,
  pageOfSessions,
  readSession,
  reportErrors,
} from './import-sessions.service.ts'
import { progressEvents } from './progress-events.ts'

export function importSessionsRoutes({ serve, closing }: FeatureDeps, deps: SessionDeps): void {
  const { db } = deps

  serve(e.createImportSession, async ({ viewer, body }) => created(await createSession(deps, viewer, body)))
  serve(e.listImportSessions, async ({ viewer, query }) => ok(await pageOfSessions(db, viewer, query)))
  serve(e.getImportSession, async ({ viewer, params }) => ok(await readSession(db, viewer, params.id)))
  serve(e.updateImportSession, async ({ viewer, params, body }) =>
    ok(await changeSession(db, viewer, params.id, body)),
  )
  serve(e.deleteImportSession, async ({ viewer, params }) => {
    await forgetSession(db, viewer, params.id)
    return noContent()
  })
  serve(e.reportImportErrors, async ({ viewer, params, body }) =>
    ok(await reportErrors(db, viewer, params.id, body.errors)),
  )
  serve(e.watchImportSession, async ({ viewer, params, raw }) => {
    const events = await progressEvents(() => readSession(db, viewer, params.id), {
      request: raw.raw,
      closing,
    })
    // A connection that were kept for another request would hold a closing server up.
    return ok(events, { 'cache-control': 'no-store', 'x-accel-buffering': 'no', connection: 'close' })
  })
}
