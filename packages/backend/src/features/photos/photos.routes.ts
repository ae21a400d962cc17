import {
  photosEndpoints as e,
  photoEditsEndpoints as edits,
  legacyPhotosEndpoints as legacy,
} from '@imalink/contract'
import type { FastifyRequest } from 'fastify'
import type { FeatureDeps } from '../../feature-deps.ts'
import { created, noContent, ok } from '../../http/answers.ts'
import { editPhotos } from './batch-edit.service.ts'
import { correctTimeloc, correctView } from './corrections.service.ts'
import { type CreateDeps, createPhoto, createPhotos } from './create-photos.service.ts'
import { editPhoto } from './edit-photo.service.ts'
import { addFile, pageOfFiles } from './files.service.ts'
import { findKnown } from './known.service.ts'
import { createLegacyPhoto } from './legacy-photos.service.ts'
import { etagOf } from './photo-etag.ts'
import { addTags, removeTag } from './photo-tags.service.ts'
import { listPhotos, listTrash, readPhoto } from './read-photos.service.ts'
import { deletePhoto, emptyTrash, restorePhoto } from './trash.service.ts'

export function photosRoutes({ db, serve }: FeatureDeps, deps: CreateDeps): void {
  serve(e.createPhoto, async ({ viewer, body }) => {
    const photo = await createPhoto(deps, viewer, body)
    return photo.is_duplicate ? ok(photo) : created(photo)
  })
  serve(e.createPhotos, async ({ viewer, body }) => ok(await createPhotos(deps, viewer, body.photos)))
  serve(e.knownPhotos, async ({ viewer, body }) => ok(await findKnown(db, viewer, body)))
  serve(e.listPhotos, async ({ viewer, query }) => ok(await listPhotos(db, viewer, query)))
  serve(e.listTrash, async ({ viewer, query }) => ok(await listTrash(db, viewer, query)))
  serve(e.getPhoto, async ({ viewer, params }) => {
    const photo = await readPhoto(db, viewer, params.ref)
    return ok(photo, { etag: etagOf(photo) })
  })
  for (const row of [edits.editPhoto, edits.putPhoto])
    serve(row, async ({ viewer, params, body, raw }) => {
      const photo = await editPhoto(deps, viewer, params.ref, { edit: body, precondition: ifMatch(raw) })
      return ok(photo, { etag: etagOf(photo) })
    })
  for (const row of [legacy.createLegacyPhoto, legacy.createLegacyPhotoToo])
    serve(row, async ({ viewer, body }) => created(await createLegacyPhoto(deps, viewer, body)))
  serve(edits.correctTimeloc, async ({ viewer, params, body }) =>
    ok(await correctTimeloc(db, viewer, params.ref, body)),
  )
  serve(edits.correctView, async ({ viewer, params, body }) =>
    ok(await correctView(db, viewer, params.ref, body)),
  )
  serve(edits.editPhotos, async ({ viewer, body }) => ok(await editPhotos(deps, viewer, body)))
  serve(edits.addPhotoTags, async ({ viewer, params, body }) =>
    ok(await addTags(db, viewer, params.ref, body.tags)),
  )
  serve(edits.removePhotoTag, async ({ viewer, params }) =>
    ok(await removeTag(db, viewer, params.ref, params.name)),
  )
  serve(edits.emptyTrash, async ({ viewer }) => {
    await emptyTrash(db, viewer, deps.history)
    return noContent()
  })
  serve(e.restorePhoto, async ({ viewer, params }) =>
    ok(await restorePhoto(db, viewer, params.ref, deps.history)),
  )
  serve(e.addPhotoFile, async ({ viewer, params, body }) => {
    const { record, isNew } = await addFile(deps, viewer, params.ref, body)
    return isNew ? created(record) : ok(record)
  })
  serve(e.listPhotoFiles, async ({ viewer, params, query }) =>
    ok(await pageOfFiles(db, viewer, params.ref, query)),
  )
  serve(e.deletePhoto, async ({ viewer, params, query }) => {
    await deletePhoto(db, viewer, params.ref, {
      forGood: query.permanent === 'true',
      history: deps.history,
    })
    return noContent()
  })
}

function ifMatch({ headers }: FastifyRequest): string | null {
  return headers['if-match'] ?? null
}
