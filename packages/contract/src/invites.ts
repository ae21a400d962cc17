import { z } from 'zod'
import { endpoint, nothing } from './endpoint.ts'
import { givenInstant, id, instant, listOf, pageQuery, pathId, plainText } from './fields.ts'

const someone = z.object({ id, username: z.string() })

export const invite = z
  .object({
    id,
    note: z.string().nullable().meta({ description: 'whom it is for, in the words of who made it' }),
    created_by: someone
      .nullable()
      .meta({ description: 'null where it was made on the server, or by an account that is gone' }),
    created_at: instant,
    expires_at: instant,
    used_by: someone.nullable(),
    used_at: instant.nullable(),
  })
  .meta({ id: 'Invite' })
export type Invite = z.infer<typeof invite>

export const invitesEndpoints = {
  listInvites: endpoint({
    method: 'GET',
    path: '/invites',
    access: 'user',
    adminOnly: true,
    group: 'Administration',
    summary: 'Every invitation, latest first, without its code',
    query: z.object({ ...pageQuery }),
    replies: { 200: listOf(invite) },
    errors: [],
  }),
  createInvite: endpoint({
    method: 'POST',
    path: '/invites',
    access: 'user',
    adminOnly: true,
    group: 'Administration',
    summary: 'An invitation for one account; its code is shown this once',
    body: z.strictObject({
      note: plainText(200).nullish(),
      expires_at: givenInstant
        .nullish()
        .meta({ description: 'in the future; a week from now where it is left out' }),
    }),
    replies: {
      201: invite.extend({ code: z.string().meta({ description: 'what `register` takes as `invite`' }) }),
    },
    errors: [],
  }),
  deleteInvite: endpoint({
    method: 'DELETE',
    path: '/invites/{id}',
    access: 'user',
    adminOnly: true,
    group: 'Administration',
    summary: 'Take an invitation back; the account that was made with it stays',
    params: z.object({ id: pathId }),
    replies: { 204: nothing },
    errors: ['invite_not_found'],
  }),
} as const
