import { invitesEndpoints as e } from '@imalink/contract'
import { AppError } from '../../app-error.ts'
import type { FeatureDeps } from '../../feature-deps.ts'
import { created, noContent, ok } from '../../http/answers.ts'
import { deleteInvite } from './invites.repository.ts'
import { createInvite, pageOfInvites } from './invites.service.ts'

export function invitesRoutes({ db, serve }: FeatureDeps): void {
  serve(e.listInvites, async ({ query }) => ok(await pageOfInvites(db, query)))

  serve(e.createInvite, async ({ viewer, body }) => created(await createInvite(db, viewer.userId, body)))

  serve(e.deleteInvite, async ({ params }) => {
    if (await deleteInvite(db, params.id)) return noContent()
    throw new AppError('invite_not_found', 'There is no such invitation.')
  })
}
