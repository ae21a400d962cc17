import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { hothash, id, instant, listOf, pageQuery } from './fields.ts'

/** Puts back what an edit of many changed, for an hour. */
export const undoToken = z
  .string()
  .nullable()
  .meta({ description: 'for `POST /undo/{token}`, for an hour and once; null where nothing was changed' })

/** What happened to what somebody owns, and is of weight: who sees it, where it goes, who belongs to what. */
export const activityActions = [
  'visibility_changed',
  'trashed',
  'restored',
  'deleted',
  'trash_emptied',
  'undone',
  'collection_shared',
  'collection_deleted',
  'space_photos_added',
  'space_photos_removed',
  'space_invited',
  'space_joined',
  'space_role_changed',
  'space_left',
  'space_removed',
  'space_deleted',
  'story_published',
  'story_withdrawn',
] as const

export const activityEntry = z
  .object({
    id,
    at: instant,
    actor: z
      .object({ id, display_name: z.string() })
      .nullable()
      .meta({ description: 'null: the program itself, or an account that is gone' }),
    action: z.enum(activityActions),
    photo_count: z.int().meta({ description: 'photos that it was about' }),
    photos: z.array(hothash).meta({ description: 'the first hundred of them' }),
    detail: z
      .record(z.string(), z.unknown())
      .meta({ description: 'what else belongs to it, such as the visibility that was set' }),
  })
  .meta({ id: 'ActivityEntry' })
export type ActivityEntry = z.infer<typeof activityEntry>
export type ActivityAction = (typeof activityActions)[number]

export const historyEndpoints = {
  undo: endpoint({
    method: 'POST',
    path: '/undo/{token}',
    access: 'user',
    group: 'History',
    summary:
      'Put back what an edit of many photos changed. What has been changed otherwise since is left alone and named: the rest is put back even so',
    params: z.object({ token: z.string() }),
    replies: { 200: z.object({ photos_restored: z.int() }) },
    errors: ['undo_not_found', 'changed_since'],
  }),
  listActivity: endpoint({
    method: 'GET',
    path: '/activity',
    access: 'user',
    group: 'History',
    summary:
      'Who changed what of the caller: visibility, deletion, sharing, membership; latest first, a year of it',
    query: z.strictObject({ ...pageQuery }),
    replies: { 200: listOf(activityEntry) },
    errors: ['cursor_invalid', 'cursor_mismatch', 'contradicting_parameters'],
  }),
} as const
