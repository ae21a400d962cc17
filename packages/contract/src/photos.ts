import { z } from 'zod'
import { endpoint, nothing } from './endpoint.ts'
import {
  hothash,
  id,
  listOf,
  pageQuery,
  photoRef,
  plainText,
  queryWords,
  sha256,
  visibility,
} from './fields.ts'
import { limits } from './limits.ts'
import { fileRecord, photo } from './photo.ts'
import { photoFilters, refuseEmptyRanges } from './photo-filters.ts'
import { createdPhoto, eggBatch, eggBatchResult, imageFile, newPhoto } from './photo-egg.ts'

/** What a list leaves out of photos unless it is asked for. */
export const photoParts = ['exif', 'files'] as const

export const photoOrder = {
  sort_by: z.enum(['taken_at', 'created_at', 'rating', 'title']).optional().meta({
    description: 'taken_at (default) has undated photos last and title those without one, in either order',
  }),
  sort_order: z.enum(['asc', 'desc']).optional().meta({ description: 'desc is the default' }),
}

/** Of photos in a list. */
export const stacking = {
  stacks: z
    .enum(['collapsed'])
    .optional()
    .meta({ description: 'of each stack its cover alone, where the filters let that through' }),
}

const ref = z.object({ ref: photoRef })
const scope = plainText(100).optional().meta({ description: '`all` (default), `mine`, or a username' })

export const visibilityFilter = { scope, visibility: visibility.optional() }

const knownNames = z.strictObject({
  folder: plainText(4096),
  stem: plainText(1000),
  volume: plainText(255).optional(),
})

const knownPhoto = z.object({ id, in_trash: z.boolean() })

export const photosEndpoints = {
  createPhoto: endpoint({
    method: 'POST',
    path: '/photos/photoegg',
    access: 'user',
    importScope: true,
    group: 'Photos',
    summary:
      'Keep a photo: its egg, its file record, its tags. A hothash the caller already has is answered as a duplicate',
    maxBodyBytes: limits.eggBodyBytes,
    body: newPhoto,
    replies: { 200: createdPhoto, 201: createdPhoto },
    errors: [
      'hothash_mismatch',
      'invalid_hotpreview',
      'invalid_coldpreview',
      'preview_has_metadata',
      'invalid_image',
      'conflicting_files',
      'egg_version_unsupported',
      'hotpreview_too_large',
      'coldpreview_too_large',
      'exif_too_large',
      'author_not_found',
      'import_session_not_found',
      'storage_unavailable',
    ],
  }),
  createPhotos: endpoint({
    method: 'POST',
    path: '/photos/photoegg/batch',
    access: 'user',
    importScope: true,
    group: 'Photos',
    summary: 'Keep up to 200 photos in one transaction; a bad one fails alone',
    maxBodyBytes: limits.batchBodyBytes,
    body: eggBatch,
    replies: { 200: eggBatchResult },
    errors: ['storage_unavailable'],
  }),
  knownPhotos: endpoint({
    method: 'POST',
    path: '/photos/known',
    access: 'user',
    importScope: true,
    group: 'Photos',
    summary:
      "Which of these are among the caller's own photos: asked by an importer before it decodes anything",
    maxBodyBytes: 8 * 1024 * 1024,
    body: z
      .strictObject({
        hothashes: z.array(hothash).optional(),
        file_sha256s: z.array(sha256).optional(),
        names: z.array(knownNames).optional(),
      })
      .refine(
        (asked) =>
          (asked.hothashes?.length ?? 0) + (asked.file_sha256s?.length ?? 0) + (asked.names?.length ?? 0) <=
          limits.knownItems,
        `asks for more than ${limits.knownItems} at once`,
      ),
    replies: {
      200: z.object({
        hothashes: z.record(z.string(), knownPhoto),
        file_sha256s: z.record(z.string(), knownPhoto.extend({ hothash })),
        names: z.array(
          z.array(
            knownPhoto.extend({
              hothash,
              taken_at: z.string().nullable(),
              width: z.int(),
              height: z.int(),
              camera_model: z.string().nullable(),
              files: z.array(
                z.object({
                  filename: z.string(),
                  file_path: z.string(),
                  volume: z.string(),
                  file_sha256: z.string(),
                  file_format: z.string().nullable(),
                  modified_at: z.string().nullable(),
                }),
              ),
            }),
          ),
        ),
      }),
    },
    errors: [],
  }),
  listPhotos: endpoint({
    method: 'GET',
    path: '/photos',
    access: 'optional',
    group: 'Photos',
    summary: 'Photos the caller may see that all of the filters let through, newest first, undated last',
    query: z
      .strictObject({
        ...pageQuery,
        ...visibilityFilter,
        ...photoFilters,
        ...photoOrder,
        ...stacking,
        include: queryWords(photoParts).optional(),
      })
      .superRefine(refuseEmptyRanges),
    replies: { 200: listOf(photo) },
    errors: ['cursor_invalid', 'cursor_mismatch', 'contradicting_parameters', 'credentials_required'],
  }),
  getPhoto: endpoint({
    method: 'GET',
    path: '/photos/{ref}',
    access: 'optional',
    group: 'Photos',
    summary: 'One photo, whole',
    params: ref,
    replies: { 200: photo },
    errors: ['photo_not_found'],
  }),
  deletePhoto: endpoint({
    method: 'DELETE',
    path: '/photos/{ref}',
    access: 'user',
    group: 'Photos',
    summary: 'Move to the trash, or delete for good',
    params: ref,
    query: z.strictObject({ permanent: z.enum(['true', 'false']).optional() }),
    replies: { 204: nothing },
    errors: ['photo_not_found', 'not_yours'],
  }),
  listTrash: endpoint({
    method: 'GET',
    path: '/photos/trash',
    access: 'user',
    group: 'Photos',
    summary: 'The trash of the caller, last deleted first',
    query: z.strictObject({ ...pageQuery }),
    replies: { 200: listOf(photo) },
    errors: ['cursor_invalid', 'contradicting_parameters'],
  }),
  restorePhoto: endpoint({
    method: 'POST',
    path: '/photos/{ref}/restore',
    access: 'user',
    group: 'Photos',
    summary: 'Take out of the trash',
    params: ref,
    replies: { 200: photo },
    errors: ['photo_not_found', 'not_yours'],
  }),
  addPhotoFile: endpoint({
    method: 'POST',
    path: '/photos/{ref}/files',
    access: 'user',
    importScope: true,
    group: 'Photos',
    summary: 'Say where another original of the photo is; one that is known already is answered with 200',
    maxBodyBytes: limits.eggBodyBytes,
    params: ref,
    body: imageFile,
    replies: { 200: fileRecord, 201: fileRecord },
    errors: ['photo_not_found', 'not_yours', 'exif_too_large'],
  }),
  listPhotoFiles: endpoint({
    method: 'GET',
    path: '/photos/{ref}/files',
    access: 'user',
    importScope: true,
    group: 'Photos',
    summary: 'Where the originals of an own photo are, in the order they came',
    params: ref,
    query: z.object({ ...pageQuery }),
    replies: { 200: listOf(fileRecord) },
    errors: ['photo_not_found', 'not_yours', 'cursor_invalid', 'cursor_mismatch', 'contradicting_parameters'],
  }),
} as const
