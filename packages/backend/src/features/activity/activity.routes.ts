import { historyEndpoints as e } from '@imalink/contract'
import type { FeatureDeps } from '../../feature-deps.ts'
import { ok } from '../../http/answers.ts'
import { pageOfActivity } from './activity.service.ts'

export function activityRoutes({ db, serve }: FeatureDeps): void {
  serve(e.listActivity, async ({ viewer, query }) => ok(await pageOfActivity(db, viewer, query)))
}
