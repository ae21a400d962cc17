import { authEndpoints as e } from '@imalink/contract'
import type { FastifyRequest } from 'fastify'
import { now } from '../../clock.ts'
import type { FeatureDeps } from '../../feature-deps.ts'
import { created, noContent, ok } from '../../http/answers.ts'
import { clientAddress } from '../../http/client-address.ts'
import { clearSessionCookie, setSessionCookie } from '../../http/session-cookie.ts'
import { toUser } from '../../user-shape.ts'
import { type Invitations, registerUser } from './accounts.service.ts'
import { ownUser } from './own-account.service.ts'
import { revokeSession } from './sessions.repository.ts'
import { signIn } from './sign-in.service.ts'
import { beginSession, refreshSession, type SignInPlace, type TokenMaker } from './tokens.service.ts'

export function authRoutes(
  { db, serve, config }: FeatureDeps,
  maker: TokenMaker,
  invitations: Invitations,
): void {
  const { registration } = config

  serve(e.register, async ({ body, raw, reply }) => {
    const user = await registerUser(db, body, { registration, invitations })
    const { cookie } = await beginSession(db, maker, user, placeOf(raw))
    setSessionCookie(raw, reply, cookie)
    return created(toUser(user))
  })

  serve(e.login, async ({ body, raw, reply }) => {
    const place = placeOf(raw)
    const caller = { secret: maker.secret, address: place.address }
    const user = await signIn(db, caller, body.email ?? body.username ?? '', body.password)
    const { tokens, cookie } = await beginSession(db, maker, user, place)
    setSessionCookie(raw, reply, cookie)
    return ok(tokens)
  })

  serve(e.refresh, async ({ body, raw, reply }) => {
    const { tokens, cookie } = await refreshSession(db, maker, body.refresh_token)
    setSessionCookie(raw, reply, cookie)
    return ok(tokens)
  })

  serve(e.logout, async ({ viewer, raw, reply }) => {
    if (viewer.userId !== null && viewer.credential.kind === 'session') {
      await revokeSession(db, viewer.credential.sessionId, now())
    }
    clearSessionCookie(raw, reply)
    return noContent({ 'clear-site-data': '"cache"' })
  })

  serve(e.me, async ({ viewer }) => ok(toUser(await ownUser(db, viewer))))
}

function placeOf(raw: FastifyRequest): SignInPlace {
  return { userAgent: raw.headers['user-agent'] ?? null, address: clientAddress(raw) }
}
