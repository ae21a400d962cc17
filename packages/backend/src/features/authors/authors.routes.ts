import { authorsEndpoints as e } from '@imalink/contract'
import type { FeatureDeps } from '../../feature-deps.ts'
import { created, noContent, ok } from '../../http/answers.ts'
import {
  type Credits,
  changeAuthor,
  createAuthor,
  forgetAuthor,
  pageOfAuthors,
  readAuthor,
} from './authors.service.ts'

export function authorsRoutes({ db, serve }: FeatureDeps, credits: Credits): void {
  serve(e.listAuthors, async ({ viewer, query }) => ok(await pageOfAuthors(db, viewer, query)))
  serve(e.getAuthor, async ({ viewer, params }) => ok(await readAuthor(db, viewer, params.id)))
  serve(e.createAuthor, async ({ viewer, body }) => created(await createAuthor(db, viewer, body)))
  serve(e.updateAuthor, async ({ viewer, params, body }) =>
    ok(await changeAuthor(db, viewer, params.id, { ...credits, said: body })),
  )
  serve(e.deleteAuthor, async ({ viewer, params }) => {
    await forgetAuthor(db, viewer, params.id, credits)
    return noContent()
  })
}
