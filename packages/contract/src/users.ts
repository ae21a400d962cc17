import { z } from 'zod'
import { emailAddress, givenPassword, newPassword, user, username } from './auth.ts'
import { endpoint, nothing } from './endpoint.ts'
import { id, instant, listOf, pageQuery, pathId, plainText } from './fields.ts'

export const profile = user
  .extend({
    share_location: z
      .boolean()
      .meta({ description: 'whether others who may see a photo also see where it was taken' }),
    default_author_id: id
      .nullable()
      .meta({ description: 'the author whom new photos credit that name nobody' }),
  })
  .meta({ id: 'Profile' })
export type Profile = z.infer<typeof profile>

export const session = z
  .object({
    id: z.string().meta({ description: 'names the session, and opens nothing' }),
    created_at: instant,
    last_used_at: instant.meta({ description: 'within a quarter of an hour' }),
    expires_at: instant,
    user_agent: z.string().nullable(),
    is_current: z.boolean().meta({ description: 'whether it is the one that this was asked with' }),
  })
  .meta({ id: 'Session' })
export type Session = z.infer<typeof session>

/** What one does with one's own account. */
const ownAccountEndpoints = {
  getProfile: endpoint({
    method: 'GET',
    path: '/users/me',
    access: 'user',
    group: 'Accounts',
    summary: 'The account of the caller, with its settings',
    replies: { 200: profile },
    errors: [],
  }),
  updateProfile: endpoint({
    method: 'PUT',
    path: '/users/me',
    access: 'user',
    group: 'Accounts',
    summary: 'Change the account of the caller; what is left out stays',
    body: z.strictObject({
      username: username.optional(),
      email: emailAddress.optional(),
      display_name: plainText(100).min(1).optional(),
      share_location: z.boolean().optional(),
      default_author_id: id.nullable().optional(),
    }),
    replies: { 200: profile },
    errors: ['username_taken', 'email_taken', 'author_not_found'],
  }),
  deleteAccount: endpoint({
    method: 'DELETE',
    path: '/users/me',
    access: 'user',
    accountOnly: true,
    rateLimited: true,
    group: 'Accounts',
    summary: 'Delete the account of the caller and everything it owns, for good',
    body: z.strictObject({ password: givenPassword }),
    replies: { 204: nothing },
    errors: ['wrong_password', 'last_administrator'],
  }),
  changePassword: endpoint({
    method: 'POST',
    path: '/users/me/change-password',
    access: 'user',
    accountOnly: true,
    rateLimited: true,
    group: 'Accounts',
    summary: 'Change the password; every other session ends at once, API keys stay',
    body: z.strictObject({ current_password: givenPassword, new_password: newPassword }),
    replies: { 204: nothing },
    errors: ['wrong_password'],
  }),
  listSessions: endpoint({
    method: 'GET',
    path: '/users/me/sessions',
    access: 'user',
    group: 'Accounts',
    summary: 'Where the caller is signed in, latest sign-in first',
    query: z.object({ ...pageQuery }),
    replies: { 200: listOf(session) },
    errors: [],
  }),
  endSession: endpoint({
    method: 'DELETE',
    path: '/users/me/sessions/{id}',
    access: 'user',
    group: 'Accounts',
    summary: 'Sign a session of the caller out at once, with its access tokens',
    params: z.object({ id: z.string() }),
    replies: { 204: nothing },
    errors: ['session_not_found'],
  }),
} as const

/** What administrators do with accounts. */
const administrationEndpoints = {
  listUsers: endpoint({
    method: 'GET',
    path: '/users',
    access: 'user',
    adminOnly: true,
    group: 'Administration',
    summary: 'Every account, oldest first',
    query: z.object({
      ...pageQuery,
      q: plainText(254)
        .optional()
        .meta({ description: 'part of a username, display name or e-mail address, in any case' }),
    }),
    replies: { 200: listOf(user) },
    errors: [],
  }),
  updateUser: endpoint({
    method: 'PATCH',
    path: '/users/{id}',
    access: 'user',
    adminOnly: true,
    group: 'Administration',
    summary: 'Activate or deactivate an account, make it an administrator or not',
    params: z.object({ id: pathId }),
    body: z.strictObject({ is_active: z.boolean().optional(), is_admin: z.boolean().optional() }),
    replies: { 200: user },
    errors: ['user_not_found', 'last_administrator'],
  }),
} as const

export const usersEndpoints = { ...ownAccountEndpoints, ...administrationEndpoints } as const
