import { ApiError } from '@imalink/client'
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { isUnauthenticated } from './backend.ts'

const RETRIES = 2

/** What the page knows of the server. A session that ended anywhere ends it everywhere. */
export function createQueryClient(): QueryClient {
  const onError = (error: unknown) => {
    if (isUnauthenticated(error)) client.setQueryData(['me'], null)
  }
  const client = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: { staleTime: 30_000, gcTime: 30 * 60_000, retry: mayHelp },
      // A server on this machine answers without a network.
      mutations: { networkMode: 'always' },
    },
  })
  return client
}

/** An answer that says no will say no again; silence and an overloaded server may pass. */
function mayHelp(failures: number, error: unknown): boolean {
  if (failures >= RETRIES) return false
  return !(error instanceof ApiError) || error.status >= 500
}
