import { tagsEndpoints as e } from '@imalink/contract'
import type { FeatureDeps } from '../../feature-deps.ts'
import { ok } from '../../http/answers.ts'
import { type TaggedPhotos, completeTag, deleteTag, pageOfTags, renameTag } from './tags.service.ts'

export function tagsRoutes({ db, serve }: FeatureDeps, photos: TaggedPhotos): void {
  serve(e.listTags, async ({ viewer, query }) => ok(await pageOfTags(db, viewer, query)))
  serve(e.completeTag, async ({ viewer, query }) => ok(await completeTag(db, viewer, query)))
  serve(e.renameTag, async ({ viewer, params, body }) =>
    ok(await renameTag(db, viewer, params.id, { ...photos, said: body })),
  )
  serve(e.deleteTag, async ({ viewer, params }) => ok(await deleteTag(db, viewer, params.id, photos)))
}
