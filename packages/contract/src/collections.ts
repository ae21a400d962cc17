import { z } from 'zod'
import { endpoint, nothing } from './endpoint.ts'
import {
  hothash,
  id,
  instant,
  listOf,
  pageQuery,
  pathId,
  plainText,
  queryInt,
  queryWords,
  visibility,
} from './fields.ts'
import { limits } from './limits.ts'
import { photo } from './photo.ts'
import { photoParts } from './photos.ts'
import { searchCriteria } from './search.ts'

/** Photos in an order of their owner's, or what a search finds, under a name. */
export const collection = z
  .object({
    id,
    name: z.string(),
    description: z.string().nullable(),
    visibility: visibility.meta({
      description:
        '`space`: those who are in a space with its owner. Photos in it are seen by their own visibility',
    }),
    parent_id: id.nullable(),
    owner: z.object({ id, display_name: z.string() }),
    is_mine: z.boolean(),
    is_smart: z.boolean().meta({ description: 'whether it holds what a search finds' }),
    search_criteria: z
      .record(z.string(), z.unknown())
      .optional()
      .meta({ description: "of a smart one, its owner's to read" }),
    cover_photo_hothash: hothash
      .nullable()
      .meta({ description: 'where there is none that the caller may see, the first photo that they may' }),
    photo_count: z
      .int()
      .nullable()
      .meta({ description: 'photos that the caller may see; null in lists for smart ones' }),
    created_at: instant,
    updated_at: instant,
  })
  .meta({ id: 'Collection' })
export type Collection = z.infer<typeof collection>

const name = plainText(255)
  .transform((text) => text.normalize('NFC').trim())
  .pipe(z.string().min(1))
const criteria = searchCriteria.refine(
  (asked) => asked.collection_id === undefined,
  'cannot ask for a collection',
)
const said = {
  description: plainText(limits.descriptionLength).nullish(),
  visibility: visibility.optional(),
  parent_id: id.nullish(),
  cover_photo_hothash: hothash.nullish(),
  search_criteria: criteria.optional(),
}
const params = z.object({ id: pathId })
const hothashes = z.array(hothash).min(1).max(limits.collectionPhotos)
const maxBodyBytes = 2 * 1024 * 1024
const listErrors = ['cursor_invalid', 'cursor_mismatch', 'contradicting_parameters'] as const

const changed = {
  access: 'user',
  group: 'Collections',
  params,
  body: z.strictObject({ name: name.optional(), ...said }),
  replies: { 200: collection },
  errors: ['collection_not_found', 'collection_exists', 'photo_not_found'],
} as const

const moved = z.object({
  collection,
  changed: z.int().meta({ description: 'photos that were put in or taken out' }),
})

export const collectionsEndpoints = {
  listCollections: endpoint({
    method: 'GET',
    path: '/collections',
    access: 'optional',
    group: 'Collections',
    summary: 'Collections that the caller may see, by name',
    query: z.strictObject({
      scope: plainText(100).optional().meta({ description: '`all` (default), `mine`, or a username' }),
      parent_id: queryInt(1, Number.MAX_SAFE_INTEGER).optional(),
      ...pageQuery,
    }),
    replies: { 200: listOf(collection) },
    errors: ['credentials_required', ...listErrors],
  }),
  getCollection: endpoint({
    method: 'GET',
    path: '/collections/{id}',
    access: 'optional',
    group: 'Collections',
    summary: 'One collection',
    params,
    replies: { 200: collection },
    errors: ['collection_not_found'],
  }),
  createCollection: endpoint({
    method: 'POST',
    path: '/collections',
    access: 'user',
    group: 'Collections',
    summary: 'Make a collection of own photos, or with `search_criteria` one that holds what they find',
    maxBodyBytes,
    body: z
      .strictObject({ name, ...said, hothashes: hothashes.optional() })
      .refine((body) => !(body.hothashes && body.search_criteria), 'has photos and search_criteria'),
    replies: { 201: collection },
    errors: ['collection_not_found', 'collection_exists', 'photo_not_found'],
  }),
  putCollection: endpoint({
    method: 'PUT',
    path: '/collections/{id}',
    summary: 'Change what is given; what is left out stays, null clears',
    ...changed,
  }),
  patchCollection: endpoint({
    method: 'PATCH',
    path: '/collections/{id}',
    summary: 'The same as PUT: what is left out stays',
    ...changed,
  }),
  deleteCollection: endpoint({
    method: 'DELETE',
    path: '/collections/{id}',
    access: 'user',
    group: 'Collections',
    summary: 'Delete a collection; photos stay, and collections in it move up to where it was',
    params,
    replies: { 204: nothing },
    errors: ['collection_not_found'],
  }),
  listCollectionPhotos: endpoint({
    method: 'GET',
    path: '/collections/{id}/photos',
    access: 'optional',
    group: 'Collections',
    summary:
      'The photos in a collection that the caller may see, in its order; of a smart one in the order of its search',
    params,
    query: z.strictObject({ ...pageQuery, include: queryWords(photoParts).optional() }),
    replies: {
      200: listOf(photo.extend({ caption: z.string().nullable() }).meta({ id: 'CollectionPhoto' })),
    },
    errors: ['collection_not_found', ...listErrors],
  }),
  addCollectionPhotos: endpoint({
    method: 'POST',
    path: '/collections/{id}/photos',
    access: 'user',
    group: 'Collections',
    summary: 'Put own photos at the end of a collection; those that are in it stay where they are',
    maxBodyBytes,
    params,
    body: z.strictObject({ hothashes }),
    replies: { 200: moved },
    errors: ['collection_not_found', 'photo_not_found', 'not_yours'],
  }),
  removeCollectionPhotos: endpoint({
    method: 'DELETE',
    path: '/collections/{id}/photos',
    access: 'user',
    group: 'Collections',
    summary: 'Take photos out of a collection; they stay',
    maxBodyBytes,
    params,
    body: z.strictObject({ hothashes }),
    replies: { 200: moved },
    errors: ['collection_not_found'],
  }),
  reorderCollection: endpoint({
    method: 'PUT',
    path: '/collections/{id}/photos/reorder',
    access: 'user',
    group: 'Collections',
    summary:
      'Put all photos of a collection in another order, or one of them behind another; `after: null` puts it first',
    maxBodyBytes,
    params,
    body: z.union([z.strictObject({ hothashes }), z.strictObject({ hothash, after: hothash.nullable() })]),
    replies: { 200: collection },
    errors: ['collection_not_found', 'photo_not_found'],
  }),
  captionCollectionPhoto: endpoint({
    method: 'PATCH',
    path: '/collections/{id}/photos/{hothash}',
    access: 'user',
    group: 'Collections',
    summary: 'Say something of a photo in a collection; null says nothing',
    params: z.object({ id: pathId, hothash: z.string() }),
    body: z.strictObject({ caption: plainText(1000).nullable() }),
    replies: { 200: z.object({ hothash, caption: z.string().nullable() }) },
    errors: ['collection_not_found', 'photo_not_found'],
  }),
} as const
