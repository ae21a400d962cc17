import { originalsEndpoints as e } from '@imalink/contract'
import type { FeatureDeps } from '../../feature-deps.ts'
import { created, ok } from '../../http/answers.ts'
import { pageOfOriginals } from './originals.service.ts'
import { changeVolume, createVolume, pageOfVolumes } from './volumes.service.ts'

export function originalsRoutes({ db, serve }: FeatureDeps): void {
  serve(e.listOriginals, async ({ viewer, query }) => ok(await pageOfOriginals(db, viewer, query)))
  serve(e.listVolumes, async ({ viewer, query }) => ok(await pageOfVolumes(db, viewer, query)))
  serve(e.createVolume, async ({ viewer, body }) => created(await createVolume(db, viewer, body)))
  serve(e.updateVolume, async ({ viewer, params, body }) =>
    ok(await changeVolume(db, viewer, params.id, body)),
  )
}
