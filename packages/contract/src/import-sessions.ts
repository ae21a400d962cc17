import { z } from 'zod'
import { endpoint, eventStream, nothing } from './endpoint.ts'
import { id, instant, listOf, pageQuery, pathId, plainText, tagName, visibility } from './fields.ts'
import { limits } from './limits.ts'

export const importStatus = z.enum(['pending', 'running', 'paused', 'completed', 'failed', 'cancelled'])
export type ImportStatus = z.infer<typeof importStatus>

/** Who walks the folder: a client that sends eggs, or the server itself. */
export const importMode = z.enum(['client', 'folder'])
export type ImportMode = z.infer<typeof importMode>

export const importError = z.object({ filename: z.string(), code: z.string(), detail: z.string() })
const givenError = z.strictObject({
  filename: plainText(4096),
  code: plainText(100),
  detail: plainText(1000),
})

export const importSession = z
  .object({
    id,
    title: z.string().nullable(),
    description: z.string().nullable(),
    source_path: z.string().nullable(),
    mode: importMode,
    status: importStatus,
    author_id: id.nullable(),
    default_tags: z.array(z.string()),
    default_visibility: visibility.nullable(),
    coldpreview_size: z.int().nullable(),
    total_files: z.int().nullable(),
    processed_files: z.int().meta({
      description: 'files of eggs, files that failed and known ones; a RAW + JPEG pair is two',
    }),
    created_photos: z.int(),
    duplicates: z.int(),
    failed_files: z.int(),
    known_files: z.int().meta({ description: 'files that needed no egg, because their photo was there' }),
    errors: z.array(importError).meta({ description: 'the first 1,000' }),
    started_at: instant.nullable(),
    finished_at: instant.nullable(),
    files_per_second: z.number().nullable(),
    eta_seconds: z.number().nullable(),
    created_at: instant,
    updated_at: instant,
  })
  .meta({ id: 'ImportSession' })
export type ImportSession = z.infer<typeof importSession>

const title = plainText(limits.titleLength).nullish()
const description = plainText(limits.descriptionLength).nullish()
const fileCount = z.int().min(0).max(1_000_000_000)
const totalFiles = fileCount.nullish()
const params = z.object({ id: pathId })

export const importSessionsEndpoints = {
  createImportSession: endpoint({
    method: 'POST',
    path: '/import-sessions',
    access: 'user',
    importScope: true,
    group: 'Imports',
    summary:
      'Begin an import; its defaults apply to eggs that say nothing. An earlier one of a client from the same `source_path` that was not heard of for an hour ends as failed. With mode `folder` the server itself walks `source_path`, in the background',
    body: z.strictObject({
      title,
      description,
      mode: importMode.optional(),
      source_path: plainText(4096).nullish().meta({
        description: 'with mode `folder`: an absolute path below one of the import roots of the server',
      }),
      coldpreview_size: z.int().min(150).max(4096).nullish().meta({
        description: 'with mode `folder`: longest side in px, null for none; 1920 where it is left out',
      }),
      author_id: id.nullish(),
      default_tags: z.array(tagName).max(limits.tagsPerPhoto).optional(),
      default_visibility: visibility.nullish(),
      total_files: totalFiles,
    }),
    replies: { 201: importSession },
    errors: ['author_not_found', 'path_not_allowed'],
  }),
  listImportSessions: endpoint({
    method: 'GET',
    path: '/import-sessions',
    access: 'user',
    importScope: true,
    group: 'Imports',
    summary: "The caller's imports, latest first",
    query: z.object({ ...pageQuery }),
    replies: { 200: listOf(importSession) },
    errors: ['cursor_invalid', 'contradicting_parameters'],
  }),
  getImportSession: endpoint({
    method: 'GET',
    path: '/import-sessions/{id}',
    access: 'user',
    importScope: true,
    group: 'Imports',
    summary: 'One import, as far as it has come',
    params,
    replies: { 200: importSession },
    errors: ['import_session_not_found'],
  }),
  updateImportSession: endpoint({
    method: 'PATCH',
    path: '/import-sessions/{id}',
    access: 'user',
    importScope: true,
    group: 'Imports',
    summary:
      'Change status, title, description or numbers of files. A folder import is paused, resumed and cancelled by its status, and counts by itself',
    params,
    body: z.strictObject({
      status: importStatus.optional(),
      title,
      description,
      total_files: totalFiles,
      known_files: fileCount.optional(),
    }),
    replies: { 200: importSession },
    errors: ['import_session_not_found', 'session_finished'],
  }),
  deleteImportSession: endpoint({
    method: 'DELETE',
    path: '/import-sessions/{id}',
    access: 'user',
    importScope: true,
    group: 'Imports',
    summary: 'Forget the import; its photos stay',
    params,
    replies: { 204: nothing },
    errors: ['import_session_not_found'],
  }),
  reportImportErrors: endpoint({
    method: 'POST',
    path: '/import-sessions/{id}/errors',
    access: 'user',
    importScope: true,
    group: 'Imports',
    summary: 'Report files that never became an egg; they count as failed and processed',
    maxBodyBytes: 8 * 1024 * 1024,
    params,
    body: z.strictObject({ errors: z.array(givenError).min(1).max(limits.importErrors) }),
    replies: { 200: importSession },
    errors: ['import_session_not_found'],
  }),
  watchImportSession: endpoint({
    method: 'GET',
    path: '/import-sessions/{id}/events',
    access: 'user',
    importScope: true,
    group: 'Imports',
    summary: 'Progress as server-sent events: `progress` with the session, until it is finished',
    params,
    replies: { 200: eventStream },
    errors: ['import_session_not_found'],
  }),
} as const
