import { searchEndpoints as e } from '@imalink/contract'
import type { FastifyRequest } from 'fastify'
import type { FeatureDeps } from '../../feature-deps.ts'
import { created, noContent, ok } from '../../http/answers.ts'
import {
  type ListPhotos,
  changeSearch,
  executeSearch,
  forgetSearch,
  pageOfSearches,
  readSearch,
  saveSearch,
} from './saved-searches.service.ts'

export function searchRoutes({ db, serve }: FeatureDeps, listPhotos: ListPhotos): void {
  for (const row of [e.searchPhotos, e.searchPhotosToo])
    serve(row, async ({ viewer, body }) => ok(await listPhotos(db, viewer, body)))
  serve(e.listSavedSearches, async ({ viewer, query }) => ok(await pageOfSearches(db, viewer, query)))
  serve(e.getSavedSearch, async ({ viewer, params }) => ok(await readSearch(db, viewer, params.id)))
  serve(e.createSavedSearch, async ({ viewer, body, raw }) =>
    created(await saveSearch(db, viewer, body, criteriaIn(raw) ?? {})),
  )
  serve(e.updateSavedSearch, async ({ viewer, params, body, raw }) =>
    ok(await changeSearch(db, viewer, params.id, body, criteriaIn(raw))),
  )
  serve(e.deleteSavedSearch, async ({ viewer, params }) => {
    await forgetSearch(db, viewer, params.id)
    return noContent()
  })
  serve(e.executeSavedSearch, async ({ viewer, params, body }) =>
    ok(await executeSearch(db, viewer, params.id, { page: body, listPhotos })),
  )
}

/** What is kept is what its owner wrote, which the contract has checked, and not what was made of it. */
function criteriaIn({ body }: FastifyRequest): Readonly<Record<string, unknown>> | undefined {
  return (body as { search_criteria?: Record<string, unknown> }).search_criteria
}
