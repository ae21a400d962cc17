import { statisticsEndpoints as e } from '@imalink/contract'
import type { FeatureDeps } from '../../feature-deps.ts'
import { ok } from '../../http/answers.ts'
import { facetsOf } from './facets.service.ts'
import { statisticsOf } from './statistics.service.ts'

export function statisticsRoutes({ db, serve }: FeatureDeps): void {
  serve(e.facets, async ({ viewer, query }) => ok(await facetsOf(db, viewer, query)))
  serve(e.statistics, async ({ viewer }) => ok({ data: await statisticsOf(db, viewer) }))
}
