import { z } from 'zod'
import { endpoint, nothing } from './endpoint.ts'
import { id, instant, plainText } from './fields.ts'

const MIN_PASSWORD_BYTES = 8
const MAX_PASSWORD_BYTES = 72
const loneSurrogate = /\p{Surrogate}/u

/** bcrypt reads 72 bytes and no more, so a longer password is refused rather than cut. */
export const newPassword = z
  .string()
  .refine(
    (text) => utf8Length(text) >= MIN_PASSWORD_BYTES,
    'needs at least 8 bytes, which are 8 plain letters',
  )
  .refine(
    (text) => utf8Length(text) <= MAX_PASSWORD_BYTES,
    'is longer than 72 bytes, which is all that bcrypt reads',
  )
  .refine((text) => !text.includes('\0'), 'has a NUL character, where bcrypt stops reading')
  .refine((text) => !loneSurrogate.test(text), 'has half a character, which is the same as any other half')
  .meta({ description: '8-72 bytes in UTF-8' })

/** A password that is compared, whatever it is. */
export const givenPassword = z.string().max(1000)

/** Bytes of a text in UTF-8, without an encoder: the contract uses nothing but the language. */
function utf8Length(text: string): number {
  return [...text].reduce((bytes, character) => {
    const point = character.codePointAt(0) ?? 0
    return bytes + (point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4)
  }, 0)
}

const reservedUsernames = ['all', 'mine', 'me']

export const username = z
  .string()
  .regex(/^[\p{L}\p{N}._-]{2,50}$/u, 'has 2-50 letters, digits, dots, hyphens or underscores')
  .refine((name) => !reservedUsernames.includes(name.toLowerCase()), 'is reserved')

export const emailAddress = z.email().max(254)

export const user = z
  .object({
    id,
    username: z.string(),
    email: z.string(),
    display_name: z.string(),
    is_active: z.boolean(),
    is_admin: z.boolean(),
    created_at: instant,
    updated_at: instant,
  })
  .meta({ id: 'User' })
export type User = z.infer<typeof user>

export const tokens = z.object({
  access_token: z.string(),
  token_type: z.literal('bearer'),
  expires_in: z.int().meta({ description: 'seconds' }),
  refresh_token: z.string(),
  user,
})
export type Tokens = z.infer<typeof tokens>

export const authEndpoints = {
  register: endpoint({
    method: 'POST',
    path: '/auth/register',
    access: 'anyone',
    rateLimited: true,
    group: 'Accounts',
    summary: 'Create an account; a browser is signed in by cookie as well',
    body: z.strictObject({
      email: emailAddress,
      password: newPassword,
      username: username.optional(),
      display_name: plainText(100).min(1).optional(),
      invite: z.string().max(200).optional(),
    }),
    replies: { 201: user },
    errors: ['username_taken', 'email_taken', 'registration_closed', 'invite_invalid'],
  }),
  login: endpoint({
    method: 'POST',
    path: '/auth/login',
    access: 'anyone',
    rateLimited: true,
    group: 'Accounts',
    summary: 'Sign in by e-mail address or username; a browser gets a cookie as well',
    body: z
      .strictObject({
        email: z.string().max(254).optional(),
        username: z.string().max(254).optional(),
        password: givenPassword,
      })
      .refine(
        (body) => (body.email === undefined) !== (body.username === undefined),
        'needs either email or username',
      ),
    replies: { 200: tokens },
    errors: ['wrong_credentials'],
  }),
  refresh: endpoint({
    method: 'POST',
    path: '/auth/refresh',
    access: 'anyone',
    rateLimited: true,
    group: 'Accounts',
    summary: 'Trade a refresh token for a new pair; the old one is spent',
    body: z.strictObject({ refresh_token: z.string().max(200) }),
    replies: { 200: tokens },
    errors: ['refresh_token_invalid'],
  }),
  logout: endpoint({
    method: 'POST',
    path: '/auth/logout',
    access: 'optional',
    group: 'Accounts',
    summary: 'End this session, its access tokens and its cookie',
    replies: { 204: nothing },
    errors: [],
  }),
  me: endpoint({
    method: 'GET',
    path: '/auth/me',
    access: 'user',
    importScope: true,
    group: 'Accounts',
    summary: 'Who the caller is',
    replies: { 200: user },
    errors: [],
  }),
} as const
