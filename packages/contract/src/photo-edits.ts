import { z } from 'zod'
import { endpoint, nothing } from './endpoint.ts'
import {
  colorLabel,
  flag,
  hothash,
  id,
  photoRef,
  plainText,
  rating,
  tagName,
  visibility,
  wallClock,
} from './fields.ts'
import { undoToken } from './history.ts'
import { limits } from './limits.ts'
import { photoFiltersInJson, refuseEmptyRanges } from './photo-filters.ts'
import { photo } from './photo.ts'

const ref = z.object({ ref: photoRef })

/** What its owner says of a photo. What is left out stays; null clears. */
export const photoEdit = z
  .strictObject({
    title: plainText(limits.titleLength).nullable().optional(),
    description: plainText(limits.descriptionLength).nullable().optional(),
    category: plainText(100).nullable().optional(),
    rating: rating.optional(),
    flag: flag.nullable().optional(),
    color_label: colorLabel.nullable().optional(),
    visibility: visibility.optional(),
    author_id: id.nullable().optional(),
    taken_at: wallClock.nullable().optional(),
    gps_latitude: z.number().min(-90).max(90).nullable().optional(),
    gps_longitude: z.number().min(-180).max(180).nullable().optional(),
  })
  .meta({ id: 'PhotoEdit' })
export type PhotoEdit = z.infer<typeof photoEdit>

/** What its owner says of when and where a photo was taken; null restores what the egg said. */
const timelocCorrection = photoEdit
  .pick({ taken_at: true, gps_latitude: true, gps_longitude: true })
  .extend({ correction_reason: plainText(1000).nullable().optional() })
  .nullable()
  .meta({ id: 'TimelocCorrection' })
export type TimelocCorrection = z.infer<typeof timelocCorrection>

const share = z.number().min(0).max(1)
const relativeCrop = z
  .strictObject({ x: share, y: share, width: share.positive(), height: share.positive() })
  .refine(({ x, y, width, height }) => x + width <= 1 && y + height <= 1, 'reaches beyond the picture')
  .meta({ description: 'parts of the width and height of the picture, from its top left corner' })

/** How a photo is to be shown: hints for clients, nothing is rendered by them; null clears all. */
const viewCorrection = z
  .strictObject({
    rotation: z
      .union([z.literal(0), z.literal(90), z.literal(180), z.literal(270)])
      .nullable()
      .optional(),
    relative_crop: relativeCrop.nullable().optional(),
    exposure_adjust: z.number().min(-2).max(2).nullable().optional(),
  })
  .nullable()
  .meta({ id: 'ViewCorrection' })
export type ViewCorrection = z.infer<typeof viewCorrection>

/** Filters without one of them would be the whole library, which nobody means. */
const filter = z
  .strictObject({ ...photoFiltersInJson, visibility: visibility.optional() })
  .superRefine(refuseEmptyRanges)
  .refine((asked) => Object.values(asked).some((value) => value !== undefined), 'asks for nothing')
  .meta({ description: `all own photos that these filters let through, at most ${limits.batchEditPhotos}` })

/** References are ids or hothashes. */
const batchEdit = z
  .strictObject({
    photos: z
      .array(z.union([id, hothash]))
      .min(1)
      .max(limits.batchEditPhotos)
      .optional(),
    filter: filter.optional(),
    set: photoEdit.optional(),
    add_tags: z.array(tagName).min(1).max(limits.tagsPerPhoto).optional(),
    remove_tags: z.array(tagName).min(1).max(limits.tagsPerPhoto).optional(),
    delete: z.literal(true).optional(),
  })
  .refine(
    ({ set, add_tags, remove_tags, delete: toTrash }) => set ?? add_tags ?? remove_tags ?? toTrash,
    'says nothing to do',
  )
  .refine(({ photos, filter }) => photos ?? filter, 'names no photos and has no filter')
  .meta({ id: 'PhotoBatchEdit' })
export type PhotoBatchEdit = z.infer<typeof batchEdit>

const edited = {
  access: 'user',
  group: 'Photos',
  params: ref,
  body: photoEdit,
  replies: { 200: photo },
  errors: ['photo_not_found', 'not_yours', 'author_not_found', 'precondition_failed'],
} as const

const tagNames = z.array(tagName).min(1).max(limits.tagsPerPhoto)
const ofPhoto = ['photo_not_found', 'not_yours'] as const

export const photoEditsEndpoints = {
  editPhoto: endpoint({
    method: 'PATCH',
    path: '/photos/{ref}',
    summary:
      'Change what is given, and leave the rest. With `If-Match` and the ETag of a photo that was read, only as long as it is as it was then',
    ...edited,
  }),
  putPhoto: endpoint({
    method: 'PUT',
    path: '/photos/{ref}',
    summary: 'The same as PATCH: what is left out stays',
    ...edited,
  }),
  correctTimeloc: endpoint({
    method: 'PATCH',
    path: '/photos/{ref}/timeloc-correction',
    access: 'user',
    group: 'Photos',
    summary:
      'Correct when and where the photo was taken, and say why; `null` restores what the original says',
    params: ref,
    body: timelocCorrection,
    replies: { 200: photo },
    errors: ofPhoto,
  }),
  correctView: endpoint({
    method: 'PATCH',
    path: '/photos/{ref}/view-correction',
    access: 'user',
    group: 'Photos',
    summary: 'Say how the photo is to be shown; nothing is rendered. `null` clears it',
    params: ref,
    body: viewCorrection,
    replies: { 200: photo },
    errors: ofPhoto,
  }),
  editPhotos: endpoint({
    method: 'POST',
    path: '/photos/batch',
    access: 'user',
    group: 'Photos',
    summary:
      'Change many photos alike, those that are named or all own ones that a filter lets through: all of them or none',
    maxBodyBytes: 1024 * 1024,
    body: batchEdit,
    replies: { 200: z.object({ matched: z.int(), changed: z.int(), undo_token: undoToken }) },
    errors: [...ofPhoto, 'author_not_found', 'contradicting_parameters'],
  }),
  addPhotoTags: endpoint({
    method: 'POST',
    path: '/photos/{ref}/tags',
    access: 'user',
    group: 'Photos',
    summary: 'Add tags; those that the photo has already are skipped',
    params: ref,
    body: z.strictObject({ tags: tagNames }),
    replies: {
      200: z.object({
        hothash,
        tags: z.array(z.string()).meta({ description: 'all that the photo has now' }),
        added: z.array(z.string()),
        skipped: z.array(z.string()),
      }),
    },
    errors: ofPhoto,
  }),
  removePhotoTag: endpoint({
    method: 'DELETE',
    path: '/photos/{ref}/tags/{name}',
    access: 'user',
    group: 'Photos',
    summary: 'Take a tag off; a slash in its name is written %2F',
    params: z.object({ ref: photoRef, name: z.string() }),
    replies: { 200: z.object({ hothash, removed_tag: z.string(), remaining_tags: z.array(z.string()) }) },
    errors: [...ofPhoto, 'tag_not_found'],
  }),
  emptyTrash: endpoint({
    method: 'DELETE',
    path: '/photos/trash',
    access: 'user',
    group: 'Photos',
    summary: 'Delete for good all that is in the trash of the caller',
    replies: { 204: nothing },
    errors: [],
  }),
} as const
