import { mapEndpoints as e } from '@imalink/contract'
import type { FeatureDeps } from '../../feature-deps.ts'
import { ok } from '../../http/answers.ts'
import { mapOf } from './map.service.ts'

export function mapRoutes({ db, serve }: FeatureDeps): void {
  serve(e.photoMap, async ({ viewer, query }) => ok(await mapOf(db, viewer, query)))
}
