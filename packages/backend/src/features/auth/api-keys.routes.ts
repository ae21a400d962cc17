import { apiKeysEndpoints as e } from '@imalink/contract'
import { AppError } from '../../app-error.ts'
import type { FeatureDeps } from '../../feature-deps.ts'
import { created, noContent, ok } from '../../http/answers.ts'
import { deleteApiKey } from './api-keys.repository.ts'
import { createApiKey, pageOfApiKeys } from './api-keys.service.ts'

export function apiKeysRoutes({ db, serve }: FeatureDeps): void {
  serve(e.listApiKeys, async ({ viewer, query }) => ok(await pageOfApiKeys(db, viewer, query)))

  serve(e.createApiKey, async ({ viewer, body }) => created(await createApiKey(db, viewer, body)))

  serve(e.deleteApiKey, async ({ viewer, params }) => {
    if (await deleteApiKey(db, viewer, params.id)) return noContent()
    throw new AppError('api_key_not_found', 'There is no such API key of yours.')
  })
}
