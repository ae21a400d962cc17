import { collectionsEndpoints as e } from '@imalink/contract'
import type { FastifyRequest } from 'fastify'
import type { FeatureDeps } from '../../feature-deps.ts'
import { created, noContent, ok } from '../../http/answers.ts'
import {
  type PhotoReaders,
  addPhotos,
  caption,
  createCollection,
  photosOfCollection,
  removePhotos,
  reorder,
} from './collection-photos.service.ts'
import {
  type CollectedPhotos,
  type Written,
  changeCollection,
  deleteCollection,
  pageOfCollections,
  readCollection,
} from './collections.service.ts'

export function collectionsRoutes(
  { db, serve }: FeatureDeps,
  photos: CollectedPhotos,
  readers: PhotoReaders,
): void {
  serve(e.listCollections, async ({ viewer, query }) =>
    ok(await pageOfCollections(db, viewer, query, photos)),
  )
  serve(e.getCollection, async ({ viewer, params }) =>
    ok(await readCollection(db, viewer, params.id, photos)),
  )
  serve(e.createCollection, async ({ viewer, body, raw }) =>
    created(await createCollection(db, viewer, body, { written: criteriaIn(raw), photos })),
  )
  for (const row of [e.putCollection, e.patchCollection])
    serve(row, async ({ viewer, params, body, raw }) =>
      ok(await changeCollection(db, viewer, params.id, { said: body, written: criteriaIn(raw), photos })),
    )
  serve(e.deleteCollection, async ({ viewer, params }) => {
    await deleteCollection(db, viewer, params.id, photos)
    return noContent()
  })
  serve(e.listCollectionPhotos, async ({ viewer, params, query }) =>
    ok(await photosOfCollection(db, viewer, params.id, { query, readers })),
  )
  serve(e.addCollectionPhotos, async ({ viewer, params, body }) =>
    ok(await addPhotos(db, viewer, params.id, { ...body, photos })),
  )
  serve(e.removeCollectionPhotos, async ({ viewer, params, body }) =>
    ok(await removePhotos(db, viewer, params.id, { ...body, photos })),
  )
  serve(e.reorderCollection, async ({ viewer, params, body }) =>
    ok(await reorder(db, viewer, params.id, { said: body, photos })),
  )
  serve(e.captionCollectionPhoto, async ({ viewer, params, body }) =>
    ok(await caption(db, viewer, { collectionId: params.id, hothash: params.hothash }, body.caption)),
  )
}

/** What is kept is what its owner wrote, which the contract has checked, and not what was made of it. */
function criteriaIn({ body }: FastifyRequest): Written {
  return (body as { search_criteria?: Record<string, unknown> }).search_criteria
}
