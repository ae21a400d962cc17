import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { hothash, id, instant, listOf, pageQuery, pathId, visibility } from './fields.ts'
import { undoToken } from './history.ts'
import { limits } from './limits.ts'
import { photoFiltersInJson, refuseEmptyRanges } from './photo-filters.ts'

export const stackType = z.enum([
  'panorama',
  'burst',
  'hdr',
  'focus_stack',
  'time_lapse',
  'raw_jpeg',
  'other',
])
export type StackType = z.infer<typeof stackType>

/** Photos that belong together, as far as the viewer may see them; in the order of their time. */
export const stack = z
  .object({
    id,
    stack_type: stackType,
    cover_photo_hothash: hothash.meta({
      description: 'what stands for all; where the viewer may not see it, the first that they may',
    }),
    photo_hothashes: z.array(hothash).meta({ description: 'in lists the first 20 alone' }),
    photo_count: z.int(),
    created_at: instant,
    updated_at: instant,
  })
  .meta({ id: 'Stack' })
export type Stack = z.infer<typeof stack>

const changed = z.object({
  success: z.literal(true),
  message: z.string(),
  stack: stack.nullable().meta({ description: 'null where it is gone, as when the last photo has left it' }),
  undo_token: undoToken,
})

const hothashes = z.array(hothash).min(1).max(limits.stackPhotos)
const said = { stack_type: stackType, cover_photo_hothash: hothash, photo_hothashes: hothashes }
const params = z.object({ id: pathId })
const maxBodyBytes = 1024 * 1024

/** Why photos seem to belong together. */
const suggestion = z
  .object({
    stack_type: z.enum(['burst', 'hdr', 'panorama']),
    cover_photo_hothash: hothash,
    photo_hothashes: z.array(hothash),
    explanation: z.string(),
  })
  .meta({ id: 'StackSuggestion' })
export type StackSuggestion = z.infer<typeof suggestion>

export const stacksEndpoints = {
  listStacks: endpoint({
    method: 'GET',
    path: '/photo-stacks',
    access: 'user',
    group: 'Stacks',
    summary: 'The stacks of the caller, latest first',
    query: z.strictObject({ ...pageQuery }),
    replies: { 200: listOf(stack) },
    errors: ['cursor_invalid', 'cursor_mismatch', 'contradicting_parameters'],
  }),
  getStack: endpoint({
    method: 'GET',
    path: '/photo-stacks/{id}',
    access: 'optional',
    group: 'Stacks',
    summary: 'One stack, as far as the caller may see its photos',
    params,
    replies: { 200: stack },
    errors: ['stack_not_found'],
  }),
  createStack: endpoint({
    method: 'POST',
    path: '/photo-stacks',
    access: 'user',
    group: 'Stacks',
    summary: 'Stack own photos; those that are in another stack leave it',
    maxBodyBytes,
    body: z
      .strictObject({
        ...said,
        cover_photo_hothash: hothash.optional(),
        photo_hothashes: hothashes.optional(),
      })
      .refine((body) => body.cover_photo_hothash ?? body.photo_hothashes, 'names no photos'),
    replies: { 201: changed },
    errors: ['photo_not_found'],
  }),
  suggestStacks: endpoint({
    method: 'POST',
    path: '/photo-stacks/suggest',
    access: 'user',
    readScope: true,
    group: 'Stacks',
    summary:
      'Own photos without a stack that seem to be bursts, brackets or panoramas, and why; nothing is stacked. Goes through the newest photos first, so many at a time',
    body: z.strictObject({
      filter: z
        .strictObject({ ...photoFiltersInJson, visibility: visibility.optional() })
        .superRefine(refuseEmptyRanges)
        .optional(),
      cursor: z.string().max(500).optional(),
    }),
    replies: {
      200: z.object({
        data: z.array(suggestion),
        meta: z.object({
          photos_looked_at: z.int(),
          next_cursor: z.string().nullable(),
        }),
      }),
    },
    errors: ['cursor_invalid', 'cursor_mismatch'],
  }),
  updateStack: endpoint({
    method: 'PUT',
    path: '/photo-stacks/{id}',
    access: 'user',
    group: 'Stacks',
    summary: 'Change the type, the cover or the photos of a stack; what is left out stays',
    maxBodyBytes,
    params,
    body: z.strictObject(said).partial(),
    replies: { 200: changed },
    errors: ['stack_not_found', 'photo_not_found'],
  }),
  deleteStack: endpoint({
    method: 'DELETE',
    path: '/photo-stacks/{id}',
    access: 'user',
    group: 'Stacks',
    summary: 'Undo a stack; the photos stay',
    params,
    replies: { 200: changed },
    errors: ['stack_not_found'],
  }),
  addToStack: endpoint({
    method: 'POST',
    path: '/photo-stacks/{id}/photo',
    access: 'user',
    group: 'Stacks',
    summary: 'Add a photo; it leaves the stack that it is in',
    params,
    body: z.strictObject({ photo_hothash: hothash }),
    replies: { 200: changed },
    errors: ['stack_not_found', 'photo_not_found'],
  }),
  removeFromStack: endpoint({
    method: 'DELETE',
    path: '/photo-stacks/{id}/photo/{hothash}',
    access: 'user',
    group: 'Stacks',
    summary: 'Take a photo out; the last one takes the stack with it',
    params: z.object({ id: pathId, hothash: z.string() }),
    replies: { 200: changed },
    errors: ['stack_not_found', 'photo_not_found'],
  }),
} as const
