import { z } from 'zod'
import { endpoint, nothing } from './endpoint.ts'
import { id, instant, listOf, pageQuery, pathId, plainText, visibility } from './fields.ts'
import { limits } from './limits.ts'
import { photoFiltersInJson, refuseEmptyRanges } from './photo-filters.ts'
import { photo } from './photo.ts'
import { photoOrder, photoParts, stacking } from './photos.ts'

const criteria = {
  ...photoFiltersInJson,
  scope: plainText(100).optional().meta({ description: '`all` (default), `mine`, or a username' }),
  visibility: visibility.optional(),
  ...photoOrder,
  ...stacking,
}
const page = {
  limit: z.int().min(1).max(limits.pagePhotos).optional(),
  offset: z.int().min(0).optional(),
  cursor: z.string().max(500).optional(),
  include: z.array(z.enum(photoParts)).optional(),
}

const search = z
  .strictObject({ ...criteria, ...page })
  .superRefine(refuseEmptyRanges)
  .meta({ id: 'PhotoSearch' })

const listErrors = [
  'cursor_invalid',
  'cursor_mismatch',
  'contradicting_parameters',
  'credentials_required',
] as const

const searchPhotos = endpoint({
  method: 'POST',
  path: '/photos/search',
  access: 'optional',
  readScope: true,
  group: 'Search',
  summary: 'Photos the caller may see that all of the filters let through, as `GET /photos` lists them',
  body: search,
  replies: { 200: listOf(photo) },
  errors: listErrors,
})

/** Filters and an order, as they are kept under a name. */
export const searchCriteria = z
  .strictObject(criteria)
  .superRefine(refuseEmptyRanges)
  .meta({ id: 'SearchCriteria' })

export type SearchCriteria = z.output<typeof searchCriteria>

export const savedSearch = z
  .object({
    id,
    name: z.string(),
    description: z.string().nullable(),
    search_criteria: z
      .record(z.string(), z.unknown())
      .meta({ description: 'as it was written when it was saved' }),
    is_favorite: z.boolean(),
    created_at: instant,
    updated_at: instant,
  })
  .meta({ id: 'SavedSearch' })
export type SavedSearch = z.infer<typeof savedSearch>

const name = plainText(100).refine((text) => text.trim() !== '', 'is empty')
const description = plainText(limits.descriptionLength).nullish()
const params = z.object({ id: pathId })

export const searchEndpoints = {
  searchPhotos,
  searchPhotosToo: {
    ...searchPhotos,
    path: '/photo-searches/ad-hoc',
    summary: 'The same, as older clients call it',
  },
  listSavedSearches: endpoint({
    method: 'GET',
    path: '/photo-searches',
    access: 'user',
    group: 'Search',
    summary: 'The searches that the caller has saved, in the order they came',
    query: z.strictObject({ ...pageQuery }),
    replies: { 200: listOf(savedSearch) },
    errors: ['cursor_invalid', 'cursor_mismatch', 'contradicting_parameters'],
  }),
  getSavedSearch: endpoint({
    method: 'GET',
    path: '/photo-searches/{id}',
    access: 'user',
    group: 'Search',
    summary: 'One saved search',
    params,
    replies: { 200: savedSearch },
    errors: ['search_not_found'],
  }),
  createSavedSearch: endpoint({
    method: 'POST',
    path: '/photo-searches',
    access: 'user',
    group: 'Search',
    summary: 'Save a search under a name',
    body: z.strictObject({
      name,
      description,
      search_criteria: searchCriteria,
      is_favorite: z.boolean().optional(),
    }),
    replies: { 201: savedSearch },
    errors: [],
  }),
  updateSavedSearch: endpoint({
    method: 'PUT',
    path: '/photo-searches/{id}',
    access: 'user',
    group: 'Search',
    summary: 'Change a saved search; what is left out stays',
    params,
    body: z.strictObject({
      name: name.optional(),
      description,
      search_criteria: searchCriteria.optional(),
      is_favorite: z.boolean().optional(),
    }),
    replies: { 200: savedSearch },
    errors: ['search_not_found'],
  }),
  deleteSavedSearch: endpoint({
    method: 'DELETE',
    path: '/photo-searches/{id}',
    access: 'user',
    group: 'Search',
    summary: 'Forget a saved search; what it finds stays',
    params,
    replies: { 204: nothing },
    errors: ['search_not_found'],
  }),
  executeSavedSearch: endpoint({
    method: 'POST',
    path: '/photo-searches/{id}/execute',
    access: 'user',
    readScope: true,
    group: 'Search',
    summary: 'What a saved search finds now',
    params,
    body: z.strictObject(page),
    replies: { 200: listOf(photo) },
    errors: [...listErrors, 'search_not_found'],
  }),
} as const
