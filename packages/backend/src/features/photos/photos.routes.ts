import { photosEndpoints as e } from '@imalink/contract'
import type { FeatureDeps } from '../../feature-deps.ts'
import { created, noContent, ok } from '../../http/answers.ts'
import { type CreateDeps, createPhoto, createPhotos } from './create-photos.service.ts'
import { addFile, pageOfFiles } from './files.service.ts'
import { findKnown } from './known.service.ts'
import { listPhotos, listTrash, readPhoto } from './read-photos.service.ts'
import { deletePhoto, restorePhoto } from './trash.service.ts'

export function photosRoutes({ db, serve }: FeatureDeps, deps: CreateDeps): void {
  serve(e.createPhoto, async ({ viewer, body }) => {
    const photo = await createPhoto(deps, viewer, body)
    return photo.is_duplicate ? ok(photo) : created(photo)
  })
  serve(e.createPhotos, async ({ viewer, body }) => ok(await createPhotos(deps, viewer, body.photos)))
  serve(e.knownPhotos, async ({ viewer, body }) => ok(await findKnown(db, viewer, body)))
  serve(e.listPhotos, async ({ viewer, query }) => ok(await listPhotos(db, viewer, query)))
  serve(e.listTrash, async ({ viewer, query }) => ok(await listTrash(db, viewer, query)))
  serve(e.getPhoto, async ({ viewer, params }) => ok(await readPhoto(db, viewer, params.ref)))
  serve(e.restorePhoto, async ({ viewer, params }) => ok(await restorePhoto(db, viewer, params.ref)))
  serve(e.addPhotoFile, async ({ viewer, params, body }) => {
    const { record, isNew } = await addFile(deps, viewer, params.ref, body)
    return isNew ? created(record) : ok(record)
  })
  serve(e.listPhotoFiles, async ({ viewer, params, query }) =>
    ok(await pageOfFiles(db, viewer, params.ref, query)),
  )
  serve(e.deletePhoto, async ({ viewer, params, query }) => {
    await deletePhoto(db, viewer, params.ref, { forGood: query.permanent === 'true' })
    return noContent()
  })
}
