import { historyEndpoints as e } from '@imalink/contract'
import type { FeatureDeps } from '../../feature-deps.ts'
import { ok } from '../../http/answers.ts'
import { type Restorers, undo } from './undo.service.ts'

export function undoRoutes({ db, serve }: FeatureDeps, restorers: Restorers): void {
  serve(e.undo, async ({ viewer, params }) => ok(await undo(db, viewer, params.token, restorers)))
}
