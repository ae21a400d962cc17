import { timelineEndpoints as e } from '@imalink/contract'
import type { FeatureDeps } from '../../feature-deps.ts'
import { ok } from '../../http/answers.ts'
import { readTimeline, readTimelinePhotos } from './timeline.service.ts'

export function timelineRoutes({ db, serve }: FeatureDeps): void {
  serve(e.timeline, async ({ viewer, query }) => ok(await readTimeline(db, viewer, query)))
  serve(e.timelinePhotos, async ({ viewer, query }) => ok(await readTimelinePhotos(db, viewer, query)))
}
