import { accountsEndpoints } from './accounts.ts'
import { importSessionsEndpoints } from './import-sessions.ts'
import { operationsEndpoints } from './operations.ts'
import { originalsEndpoints } from './originals.ts'
import { photosEndpoints } from './photos.ts'
import { previewsEndpoints } from './previews.ts'
import { timelineEndpoints } from './timeline.ts'

export const API_PATH = '/api/v1'

/** The whole contract of the backend, one row an endpoint; paths are below `API_PATH`. */
export const endpoints = {
  ...accountsEndpoints,
  ...photosEndpoints,
  ...previewsEndpoints,
  ...timelineEndpoints,
  ...importSessionsEndpoints,
  ...originalsEndpoints,
  ...operationsEndpoints,
} as const
