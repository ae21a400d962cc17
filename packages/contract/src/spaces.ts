import { z } from 'zod'
import { emailAddress } from './auth.ts'
import { endpoint, nothing } from './endpoint.ts'
import { hothash, id, instant, listOf, pageQuery, pathId, plainText } from './fields.ts'
import { limits } from './limits.ts'
import { photo } from './photo.ts'

export const spaceRole = z.enum(['owner', 'editor', 'viewer'])
export type SpaceRole = z.infer<typeof spaceRole>

/** A group of users and the photos that they show each other. */
export const space = z
  .object({
    id,
    name: z.string(),
    description: z.string().nullable(),
    role: spaceRole.meta({ description: 'of the caller' }),
    member_count: z.int(),
    photo_count: z.int().meta({ description: 'photos in it that the caller may see' }),
    created_at: instant,
    updated_at: instant,
  })
  .meta({ id: 'Space' })
export type Space = z.infer<typeof space>

export const spaceMember = z
  .object({
    user: z.object({ id, username: z.string(), display_name: z.string() }),
    role: spaceRole,
    joined_at: instant,
  })
  .meta({ id: 'SpaceMember' })
export type SpaceMember = z.infer<typeof spaceMember>

export const spaceInvitation = z
  .object({
    id,
    space: z.object({ id, name: z.string() }),
    invitee: z.string().meta({ description: 'the username or address as it was invited' }),
    role: spaceRole,
    status: z.literal('pending'),
    invited_by: z.object({ id, display_name: z.string() }).nullable(),
    created_at: instant,
  })
  .meta({ id: 'SpaceInvitation' })
export type SpaceInvitation = z.infer<typeof spaceInvitation>

const name = plainText(100)
  .transform((text) => text.normalize('NFC').trim())
  .pipe(z.string().min(1))
const description = plainText(limits.descriptionLength).nullish()
const params = z.object({ id: pathId })
const member = z.object({
  id: pathId,
  user_id: z.union([z.literal('me'), pathId]).meta({ description: 'id of a member, or `me`' }),
})
const invitationParams = z.object({ id: pathId })
const refs = z
  .array(z.union([id, hothash]))
  .min(1)
  .max(limits.batchEditPhotos)
const listErrors = ['cursor_invalid', 'cursor_mismatch', 'contradicting_parameters'] as const
const maxBodyBytes = 1024 * 1024

const spaces = {
  listSpaces: endpoint({
    method: 'GET',
    path: '/spaces',
    access: 'user',
    group: 'Spaces',
    summary: 'The spaces that the caller is a member of, in the order they were made',
    query: z.strictObject({ ...pageQuery }),
    replies: { 200: listOf(space) },
    errors: listErrors,
  }),
  createSpace: endpoint({
    method: 'POST',
    path: '/spaces',
    access: 'user',
    group: 'Spaces',
    summary: 'Make a space; the caller owns it',
    body: z.strictObject({ name, description }),
    replies: { 201: space },
    errors: [],
  }),
  getSpace: endpoint({
    method: 'GET',
    path: '/spaces/{id}',
    access: 'user',
    group: 'Spaces',
    summary: 'One space; to others than its members it does not exist',
    params,
    replies: { 200: space },
    errors: ['space_not_found'],
  }),
  updateSpace: endpoint({
    method: 'PUT',
    path: '/spaces/{id}',
    access: 'user',
    group: 'Spaces',
    summary: 'Change what is given; owners alone',
    params,
    body: z.strictObject({ name: name.optional(), description }),
    replies: { 200: space },
    errors: ['space_not_found', 'role_insufficient'],
  }),
  deleteSpace: endpoint({
    method: 'DELETE',
    path: '/spaces/{id}',
    access: 'user',
    group: 'Spaces',
    summary: 'Delete a space; the photos stay with whom they belong to. Owners alone',
    params,
    replies: { 204: nothing },
    errors: ['space_not_found', 'role_insufficient'],
  }),
} as const

const members = {
  listSpaceMembers: endpoint({
    method: 'GET',
    path: '/spaces/{id}/members',
    access: 'user',
    group: 'Spaces',
    summary: 'Who is in the space, longest-serving first',
    params,
    query: z.strictObject({ ...pageQuery }),
    replies: { 200: listOf(spaceMember) },
    errors: ['space_not_found', ...listErrors],
  }),
  updateSpaceMember: endpoint({
    method: 'PATCH',
    path: '/spaces/{id}/members/{user_id}',
    access: 'user',
    group: 'Spaces',
    summary: 'Give a member another role; owners alone, and one of them stays',
    params: member,
    body: z.strictObject({ role: spaceRole }),
    replies: { 200: spaceMember },
    errors: ['space_not_found', 'member_not_found', 'role_insufficient', 'last_owner'],
  }),
  removeSpaceMember: endpoint({
    method: 'DELETE',
    path: '/spaces/{id}/members/{user_id}',
    access: 'user',
    group: 'Spaces',
    summary:
      'Leave a space, or remove a member from it; access ends at once, and the photos of whoever goes go along',
    params: member,
    replies: { 204: nothing },
    errors: ['space_not_found', 'member_not_found', 'role_insufficient', 'last_owner'],
  }),
} as const

const invitations = {
  listSpaceInvitations: endpoint({
    method: 'GET',
    path: '/spaces/{id}/invitations',
    access: 'user',
    group: 'Spaces',
    summary: 'Who is invited and has not answered; owners alone',
    params,
    query: z.strictObject({ ...pageQuery }),
    replies: { 200: listOf(spaceInvitation) },
    errors: ['space_not_found', 'role_insufficient', ...listErrors],
  }),
  inviteToSpace: endpoint({
    method: 'POST',
    path: '/spaces/{id}/invitations',
    access: 'user',
    group: 'Spaces',
    summary:
      'Invite the account of this username or address; answered alike where there is none. Owners alone. Gives nothing until it is accepted',
    params,
    body: z
      .strictObject({
        username: plainText(50).optional(),
        email: emailAddress.optional(),
        role: spaceRole.optional(),
      })
      .refine(
        (body) => (body.email === undefined) !== (body.username === undefined),
        'needs either email or username',
      ),
    replies: { 201: spaceInvitation },
    errors: ['space_not_found', 'role_insufficient'],
  }),
  deleteSpaceInvitation: endpoint({
    method: 'DELETE',
    path: '/spaces/{id}/invitations/{invitation_id}',
    access: 'user',
    group: 'Spaces',
    summary: 'Take an invitation back; owners alone',
    params: z.object({ id: pathId, invitation_id: pathId }),
    replies: { 204: nothing },
    errors: ['space_not_found', 'space_invitation_not_found', 'role_insufficient'],
  }),
  myInvitations: endpoint({
    method: 'GET',
    path: '/spaces/invitations',
    access: 'user',
    group: 'Spaces',
    summary: 'Where the caller is invited to and has not answered',
    query: z.strictObject({ ...pageQuery }),
    replies: { 200: listOf(spaceInvitation) },
    errors: listErrors,
  }),
  acceptInvitation: endpoint({
    method: 'POST',
    path: '/spaces/invitations/{id}/accept',
    access: 'user',
    group: 'Spaces',
    summary: 'Become a member',
    params: invitationParams,
    replies: { 200: space },
    errors: ['space_invitation_not_found'],
  }),
  declineInvitation: endpoint({
    method: 'POST',
    path: '/spaces/invitations/{id}/decline',
    access: 'user',
    group: 'Spaces',
    summary: 'Decline; the invitation is gone',
    params: invitationParams,
    replies: { 204: nothing },
    errors: ['space_invitation_not_found'],
  }),
} as const

const spacePhotos = {
  listSpacePhotos: endpoint({
    method: 'GET',
    path: '/spaces/{id}/photos',
    access: 'user',
    group: 'Spaces',
    summary:
      'Photos in the space that the caller may see, newest first; `space_id` is a filter of lists, searches and timelines as well',
    params,
    query: z.strictObject({ ...pageQuery }),
    replies: { 200: listOf(photo) },
    errors: ['space_not_found', ...listErrors],
  }),
  addSpacePhotos: endpoint({
    method: 'POST',
    path: '/spaces/{id}/photos',
    access: 'user',
    group: 'Spaces',
    summary:
      'Put own photos into the space; owners and editors. Members see them if their visibility is `space` or wider: those of which it is not are answered, and `sync_photos` widens it',
    maxBodyBytes,
    params,
    body: z.strictObject({ photos: refs, sync_photos: z.boolean().optional() }),
    replies: {
      200: z.object({
        added: z.int(),
        already_there: z.int(),
        hidden_photos: z.array(hothash).meta({ description: 'private ones, that nobody else sees' }),
      }),
    },
    errors: ['space_not_found', 'role_insufficient', 'photo_not_found', 'not_yours'],
  }),
  removeSpacePhotos: endpoint({
    method: 'DELETE',
    path: '/spaces/{id}/photos',
    access: 'user',
    group: 'Spaces',
    summary: 'Take own photos out of the space; they stay as they are',
    maxBodyBytes,
    params,
    body: z.strictObject({ photos: refs }),
    replies: { 200: z.object({ removed: z.int() }) },
    errors: ['space_not_found', 'role_insufficient', 'photo_not_found', 'not_yours'],
  }),
} as const

export const spacesEndpoints = { ...spaces, ...members, ...invitations, ...spacePhotos } as const
