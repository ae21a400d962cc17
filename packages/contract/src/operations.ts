import { z } from 'zod'
import { endpoint, plainWords } from './endpoint.ts'
import { photoEgg } from './photo-egg.ts'
import { originalForm } from './core.ts'

export const capabilities = z.object({
  version: z.string(),
  installation_id: z.string(),
  restore_epoch: z.int(),
  registration: z.enum(['open', 'invite', 'closed']),
  folder_import: z.boolean(),
  limits: z.record(z.string(), z.number()),
  core: z.object({
    reachable: z.boolean(),
    recipe: z.string().nullable(),
    local_url: z
      .string()
      .nullable()
      .meta({ description: "core's address as seen from the server's own machine" }),
  }),
})

const databaseSizes = z
  .object({
    engine: z.enum(['sqlite', 'postgres']),
    tables: z.array(z.object({ name: z.string(), rows: z.int(), bytes: z.int() })),
    database_bytes: z.int(),
    preview_files: z.int(),
    preview_bytes: z.int(),
  })
  .meta({ id: 'DatabaseSizes' })

export const operationsEndpoints = {
  capabilities: endpoint({
    method: 'GET',
    path: '/capabilities',
    access: 'anyone',
    importScope: true,
    group: 'Operations',
    summary: 'What this installation is and can do',
    replies: { 200: capabilities },
    errors: [],
  }),
  processThroughBackend: endpoint({
    method: 'POST',
    path: '/core/process',
    access: 'user',
    importScope: true,
    group: 'Operations',
    summary: 'Core, for a browser that cannot reach it: same request, same answer, nothing kept',
    maxBodyBytes: 514 * 1024 * 1024,
    upload: originalForm,
    replies: { 200: photoEgg },
    errors: [
      'core_unreachable',
      'not_an_image',
      'unsupported_format',
      'corrupt_image',
      'image_too_small',
      'image_too_large',
      'file_too_large',
      'processing_timeout',
      'busy',
    ],
  }),
  databaseStats: endpoint({
    method: 'GET',
    path: '/database-stats',
    access: 'user',
    adminOnly: true,
    group: 'Operations',
    summary:
      'How many rows and bytes each table has, and how many bytes the previews; reads all of it, which takes its time',
    replies: { 200: z.object({ data: databaseSizes }) },
    errors: [],
  }),
} as const

/** At the root of the backend, outside `/api/v1`. */
export const rootEndpoints = {
  health: endpoint({
    method: 'GET',
    path: '/health',
    access: 'anyone',
    group: 'Operations',
    summary: 'The process is alive',
    replies: { 200: z.object({ status: z.literal('ok') }) },
    errors: [],
  }),
  ready: endpoint({
    method: 'GET',
    path: '/ready',
    access: 'anyone',
    group: 'Operations',
    summary: 'Database, migrations and preview store answer',
    replies: { 200: z.object({ status: z.literal('ready'), database: z.string(), previews: z.string() }) },
    errors: ['not_ready'],
  }),
  metrics: endpoint({
    method: 'GET',
    path: '/metrics',
    access: 'anyone',
    group: 'Operations',
    summary:
      "Counts and times for Prometheus: to the server's own machine, or with the token of the settings",
    replies: { 200: plainWords },
    errors: ['credentials_required', 'credentials_invalid'],
  }),
} as const
