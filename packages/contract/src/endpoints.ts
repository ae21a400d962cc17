import { apiKeysEndpoints } from './api-keys.ts'
import { authEndpoints } from './auth.ts'
import { authorsEndpoints } from './authors.ts'
import { collectionsEndpoints } from './collections.ts'
import { historyEndpoints } from './history.ts'
import { importSessionsEndpoints } from './import-sessions.ts'
import { invitesEndpoints } from './invites.ts'
import { legacyPhotosEndpoints } from './legacy-photos.ts'
import { mapEndpoints } from './map.ts'
import { operationsEndpoints } from './operations.ts'
import { originalsEndpoints } from './originals.ts'
import { photoEditsEndpoints } from './photo-edits.ts'
import { photosEndpoints } from './photos.ts'
import { previewsEndpoints } from './previews.ts'
import { searchEndpoints } from './search.ts'
import { spacesEndpoints } from './spaces.ts'
import { stacksEndpoints } from './stacks.ts'
import { statisticsEndpoints } from './statistics.ts'
import { storiesEndpoints } from './stories.ts'
import { tagsEndpoints } from './tags.ts'
import { timelineEndpoints } from './timeline.ts'
import { usersEndpoints } from './users.ts'

export const API_PATH = '/api/v1'

/** The whole contract of the backend, one row an endpoint; paths are below `API_PATH`. */
export const endpoints = {
  ...authEndpoints,
  ...usersEndpoints,
  ...apiKeysEndpoints,
  ...invitesEndpoints,
  ...photosEndpoints,
  ...photoEditsEndpoints,
  ...searchEndpoints,
  ...statisticsEndpoints,
  ...mapEndpoints,
  ...tagsEndpoints,
  ...spacesEndpoints,
  ...collectionsEndpoints,
  ...storiesEndpoints,
  ...historyEndpoints,
  ...stacksEndpoints,
  ...authorsEndpoints,
  ...legacyPhotosEndpoints,
  ...previewsEndpoints,
  ...timelineEndpoints,
  ...importSessionsEndpoints,
  ...originalsEndpoints,
  ...operationsEndpoints,
} as const
