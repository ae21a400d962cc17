import { type User, endpoints } from '@imalink/contract'
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { ask, isUnauthenticated } from './backend.ts'

/** Who is signed in; null when nobody is. */
export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: async ({ signal }): Promise<User | null> => {
    try {
      return await ask(endpoints.me, {}, signal)
    } catch (error) {
      if (isUnauthenticated(error)) return null
      throw error
    }
  },
  staleTime: 5 * 60_000,
})

/** What the installation can do, whoever asks. */
export const capabilitiesQuery = queryOptions({
  queryKey: ['capabilities'],
  queryFn: ({ signal }) => ask(endpoints.capabilities, {}, signal),
  staleTime: 60_000,
})

/** The account that is signed in. Only below the gate of the shell, which lets nobody else through. */
export function useMe(): User {
  const { data } = useQuery(meQuery)
  if (!data) throw new Error('This part of the page is for signed-in users')
  return data
}

export interface Credentials {
  readonly name: string
  readonly password: string
}

/** `name` is an e-mail address when it has an @, else a username: usernames have none. */
export function useSignIn() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ name, password }: Credentials) =>
      ask(endpoints.login, {
        body: name.includes('@') ? { email: name, password } : { username: name, password },
      }),
    onSuccess: ({ user }) => {
      client.setQueryData(meQuery.queryKey, user)
    },
  })
}

export type Registration = (typeof endpoints.register.body)['_zod']['input']

export function useRegister() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: Registration) => ask(endpoints.register, { body }),
    onSuccess: (user) => {
      client.setQueryData(meQuery.queryKey, user)
    },
  })
}

/** Ends the session and forgets everything that was shown in it. */
export function useSignOut() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => ask(endpoints.logout, {}),
    onSuccess: () => {
      client.setQueryData(meQuery.queryKey, null)
      client.removeQueries({
        predicate: ({ queryKey }) => queryKey[0] !== 'me' && queryKey[0] !== 'capabilities',
      })
    },
  })
}
