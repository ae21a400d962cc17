import { importSessionsEndpoints as e } from '@imalink/contract'
import type { SignedIn } from '../../access/viewer.ts'
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

/** `onChange` hears of every session that is begun, changed or forgotten; `stillCounts` tells whether a caller is still signed in. */
export function importSessionsRoutes(
  { serve, closing }: FeatureDeps,
  deps: SessionDeps & { onChange(): void; stillCounts(viewer: SignedIn): Promise<boolean> },
): void {
  const { db, onChange } = deps

  serve(e.createImportSession, async ({ viewer, body }) => {
    const session = await createSession(deps, viewer, body)
    onChange()
    return created(session)
  })
  serve(e.listImportSessions, async ({ viewer, query }) => ok(await pageOfSessions(db, viewer, query)))
  serve(e.getImportSession, async ({ viewer, params }) => ok(await readSession(db, viewer, params.id)))
  serve(e.updateImportSession, async ({ viewer, params, body }) => {
    const session = await changeSession(db, viewer, params.id, body)
    onChange()
    return ok(session)
  })
  serve(e.deleteImportSession, async ({ viewer, params }) => {
    await forgetSession(db, viewer, params.id)
    onChange()
    return noContent()
  })
  serve(e.reportImportErrors, async ({ viewer, params, body }) =>
    ok(await reportErrors(db, viewer, params.id, body.errors)),
  )
  serve(e.watchImportSession, async ({ viewer, params, raw }) => {
    const events = await progressEvents(() => readSession(db, viewer, params.id), {
      request: raw.raw,
      closing,
      mayRead: () => deps.stillCounts(viewer),
    })
    // A connection that were kept for another request would hold a closing server up.
    return ok(events, { 'cache-control': 'no-store', 'x-accel-buffering': 'no', connection: 'close' })
  })
}
