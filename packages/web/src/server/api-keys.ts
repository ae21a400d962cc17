import { type KeyScope, endpoints } from '@imalink/contract'
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { ask } from './backend.ts'

export const apiKeysQuery = queryOptions({
  queryKey: ['api-keys'],
  queryFn: ({ signal }) => ask(endpoints.listApiKeys, { query: { limit: '500' } }, signal),
})

/** The answer is the only place where the key itself is ever told. */
export function useCreateApiKey() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (key: { name: string; scope: KeyScope }) => ask(endpoints.createApiKey, { body: key }),
    onSuccess: () => client.invalidateQueries({ queryKey: apiKeysQuery.queryKey }),
  })
}

export function useRevokeApiKey() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: number) => ask(endpoints.deleteApiKey, { params: { id } }),
    onSuccess: () => client.invalidateQueries({ queryKey: apiKeysQuery.queryKey }),
  })
}
