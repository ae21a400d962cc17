import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import {
  id,
  instant,
  listOf,
  normalizeTag,
  pageQuery,
  pathId,
  plainText,
  queryInt,
  tagName,
} from './fields.ts'
import { limits } from './limits.ts'

/** A word of a user for photos; `/` in it leads to what lies below. */
export const tag = z
  .object({
    id,
    name: z.string(),
    photo_count: z.int().meta({ description: 'photos outside the trash that have this very tag' }),
    created_at: instant,
  })
  .meta({ id: 'Tag' })
export type Tag = z.infer<typeof tag>

const params = z.object({ id: pathId })

export const tagsEndpoints = {
  listTags: endpoint({
    method: 'GET',
    path: '/tags',
    access: 'user',
    group: 'Tags',
    summary: 'The tags of the caller: by name, by how many photos have them, or by their age',
    query: z.strictObject({
      sort_by: z.enum(['name', 'count', 'created_at']).optional(),
      sort_order: z
        .enum(['asc', 'desc'])
        .optional()
        .meta({ description: '`asc` by name, `desc` by count and age, where it is left out' }),
      ...pageQuery,
    }),
    replies: { 200: listOf(tag) },
    errors: ['cursor_invalid', 'cursor_mismatch', 'contradicting_parameters'],
  }),
  completeTag: endpoint({
    method: 'GET',
    path: '/tags/autocomplete',
    access: 'user',
    group: 'Tags',
    summary: 'Tags of the caller that begin with `q`, or have a part behind a `/` that does; most used first',
    query: z.strictObject({
      q: plainText(limits.tagLength).optional(),
      limit: queryInt(1, limits.completions).optional(),
    }),
    replies: { 200: listOf(tag) },
    errors: [],
  }),
  renameTag: endpoint({
    method: 'PUT',
    path: '/tags/{id}',
    access: 'user',
    group: 'Tags',
    summary:
      'Give a tag, and those below it, another name; with `merge` tags that have the new names already take in theirs',
    params,
    body: z.strictObject({
      new_name: tagName.transform((name) => normalizeTag(name) ?? name),
      merge: z.boolean().optional(),
    }),
    replies: { 200: tag },
    errors: ['tag_not_found', 'tag_exists'],
  }),
  deleteTag: endpoint({
    method: 'DELETE',
    path: '/tags/{id}',
    access: 'user',
    group: 'Tags',
    summary: 'Forget a tag, and take it off all photos; those below it stay',
    params,
    replies: {
      200: z.object({
        deleted_tag: z.string(),
        photos_affected: z.int().meta({ description: 'photos that had it, in the trash as well' }),
      }),
    },
    errors: ['tag_not_found'],
  }),
} as const
