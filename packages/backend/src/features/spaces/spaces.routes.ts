import { spacesEndpoints as e } from '@imalink/contract'
import type { FeatureDeps } from '../../feature-deps.ts'
import { created, noContent, ok } from '../../http/answers.ts'
import {
  accept,
  decline,
  invitationsOf,
  invitationsOfSpace,
  invite,
  withdraw,
} from './invitations.service.ts'
import { type SharedPhotos, addPhotos, photosOfSpace, removePhotos } from './space-photos.service.ts'
import {
  changeRole,
  changeSpace,
  createSpace,
  deleteSpace,
  pageOfMembers,
  pageOfSpaces,
  readSpace,
  removeMember,
} from './spaces.service.ts'

export function spacesRoutes(deps: FeatureDeps, photos: SharedPhotos): void {
  spaceRoutes(deps, photos)
  memberRoutes(deps, photos)
  invitationRoutes(deps, photos)
}

function spaceRoutes({ db, serve }: FeatureDeps, photos: SharedPhotos): void {
  serve(e.listSpaces, async ({ viewer, query }) => ok(await pageOfSpaces(db, viewer, query)))
  serve(e.createSpace, async ({ viewer, body }) => created(await createSpace(db, viewer, body)))
  serve(e.getSpace, async ({ viewer, params }) => ok(await readSpace(db, viewer, params.id)))
  serve(e.updateSpace, async ({ viewer, params, body }) => ok(await changeSpace(db, viewer, params.id, body)))
  serve(e.deleteSpace, async ({ viewer, params }) => {
    await deleteSpace(db, viewer, params.id, photos.note)
    return noContent()
  })
  serve(e.listSpacePhotos, async ({ viewer, params, query }) =>
    ok(await photosOfSpace(db, viewer, params.id, { query, list: photos.list })),
  )
  serve(e.addSpacePhotos, async ({ viewer, params, body }) =>
    ok(await addPhotos(db, viewer, params.id, { said: body, photos })),
  )
  serve(e.removeSpacePhotos, async ({ viewer, params, body }) =>
    ok(await removePhotos(db, viewer, params.id, { said: body, photos })),
  )
}

function memberRoutes({ db, serve }: FeatureDeps, { note }: SharedPhotos): void {
  const named = ({ id, user_id }: { id: number; user_id: number | 'me' }) => ({
    spaceId: id,
    member: user_id,
  })
  serve(e.listSpaceMembers, async ({ viewer, params, query }) =>
    ok(await pageOfMembers(db, viewer, params.id, query)),
  )
  serve(e.updateSpaceMember, async ({ viewer, params, body }) =>
    ok(await changeRole(db, viewer, named(params), { ...body, note })),
  )
  serve(e.removeSpaceMember, async ({ viewer, params }) => {
    await removeMember(db, viewer, named(params), note)
    return noContent()
  })
}

function invitationRoutes({ db, serve }: FeatureDeps, { note }: SharedPhotos): void {
  serve(e.listSpaceInvitations, async ({ viewer, params, query }) =>
    ok(await invitationsOfSpace(db, viewer, params.id, query)),
  )
  serve(e.inviteToSpace, async ({ viewer, params, body }) =>
    created(await invite(db, viewer, params.id, { said: body, note })),
  )
  serve(e.deleteSpaceInvitation, async ({ viewer, params }) => {
    await withdraw(db, viewer, { spaceId: params.id, invitationId: params.invitation_id })
    return noContent()
  })
  serve(e.myInvitations, async ({ viewer, query }) => ok(await invitationsOf(db, viewer, query)))
  serve(e.acceptInvitation, async ({ viewer, params }) => ok(await accept(db, viewer, params.id, note)))
  serve(e.declineInvitation, async ({ viewer, params }) => {
    await decline(db, viewer, params.id)
    return noContent()
  })
}
