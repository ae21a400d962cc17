import { z } from 'zod'
import { endpoint, nothing } from './endpoint.ts'
import { givenInstant, id, instant, listOf, pageQuery, pathId, plainText } from './fields.ts'

export const keyScope = z.enum(['read', 'import', 'full'])
export type KeyScope = z.infer<typeof keyScope>

export const apiKey = z
  .object({
    id,
    name: z.string(),
    prefix: z.string(),
    scope: keyScope,
    created_at: instant,
    expires_at: instant.nullable(),
    last_used_at: instant.nullable(),
  })
  .meta({ id: 'ApiKey' })
export type ApiKey = z.infer<typeof apiKey>

export const apiKeysEndpoints = {
  listApiKeys: endpoint({
    method: 'GET',
    path: '/users/me/api-keys',
    access: 'user',
    group: 'Accounts',
    summary: 'The keys of the caller, without their secrets',
    query: z.object({ ...pageQuery }),
    replies: { 200: listOf(apiKey) },
    errors: [],
  }),
  createApiKey: endpoint({
    method: 'POST',
    path: '/users/me/api-keys',
    access: 'user',
    accountOnly: true,
    group: 'Accounts',
    summary: 'A long-lived key for a program; it is shown this once',
    body: z.strictObject({
      name: plainText(100).min(1),
      scope: keyScope,
      expires_at: givenInstant.nullish(),
    }),
    replies: { 201: apiKey.omit({ last_used_at: true }).extend({ key: z.string() }) },
    errors: [],
  }),
  deleteApiKey: endpoint({
    method: 'DELETE',
    path: '/users/me/api-keys/{id}',
    access: 'user',
    accountOnly: true,
    group: 'Accounts',
    summary: 'Revoke a key at once',
    params: z.object({ id: pathId }),
    replies: { 204: nothing },
    errors: ['api_key_not_found'],
  }),
} as const
