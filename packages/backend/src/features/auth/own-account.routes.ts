import { usersEndpoints as e } from '@imalink/contract'
import type { FastifyRequest } from 'fastify'
import type { FeatureDeps } from '../../feature-deps.ts'
import { noContent, ok } from '../../http/answers.ts'
import { clientAddress } from '../../http/client-address.ts'
import { clearSessionCookie } from '../../http/session-cookie.ts'
import { toProfile } from '../../user-shape.ts'
import { type Beyond, changePassword, deleteAccount, ownUser, updateProfile } from './own-account.service.ts'
import { endSession, pageOfSessions } from './sessions.service.ts'

const FORGET = { 'clear-site-data': '"cache"' }

/** What one does with one's own account and where it is signed in. */
export function ownAccountRoutes({ db, serve, config }: FeatureDeps, beyond: Beyond): void {
  const callerOf = (raw: FastifyRequest) => ({ secret: config.secret, address: clientAddress(raw) })

  serve(e.getProfile, async ({ viewer }) => ok(toProfile(await ownUser(db, viewer))))

  serve(e.updateProfile, async ({ viewer, body }) =>
    ok(await updateProfile(db, viewer, { ...beyond, change: body })),
  )

  serve(e.changePassword, async ({ viewer, body, raw }) => {
    await changePassword(db, viewer, callerOf(raw), body)
    return noContent()
  })

  serve(e.deleteAccount, async ({ viewer, body, raw, reply }) => {
    await deleteAccount(db, viewer, callerOf(raw), { ...body, passOn: beyond.passOn })
    clearSessionCookie(raw, reply)
    return noContent(FORGET)
  })

  serve(e.listSessions, async ({ viewer, query }) => ok(await pageOfSessions(db, viewer, query)))

  serve(e.endSession, async ({ viewer, params, raw, reply }) => {
    const { isCurrent } = await endSession(db, viewer, params.id)
    if (!isCurrent) return noContent()
    clearSessionCookie(raw, reply)
    return noContent(FORGET)
  })
}
