import { accountsEndpoints as e } from '@imalink/contract'
import type { FastifyRequest } from 'fastify'
import { AppError } from '../../app-error.ts'
import { now } from '../../clock.ts'
import type { FeatureDeps } from '../../feature-deps.ts'
import { created, noContent, ok } from '../../http/answers.ts'
import { clearSessionCookie, setSessionCookie } from '../../http/session-cookie.ts'
import { findUser } from './accounts.repository.ts'
import { checkPassword, registerUser, toUser } from './accounts.service.ts'
import { deleteApiKey } from './api-keys.repository.ts'
import { createApiKey, pageOfApiKeys } from './api-keys.service.ts'
import { revokeSession } from './sessions.repository.ts'
import { beginSession, refreshSession, type TokenMaker } from './tokens.service.ts'

export function authRoutes({ db, serve, config }: FeatureDeps, maker: TokenMaker): void {
  const from = (raw: FastifyRequest) => ({ userAgent: raw.headers['user-agent'] ?? null })

  serve(e.register, async ({ body, raw, reply }) => {
    const user = await registerUser(db, body, config)
    const { cookie } = await beginSession(db, maker, user, from(raw))
    setSessionCookie(raw, reply, cookie)
    return created(toUser(user))
  })

  serve(e.login, async ({ body, raw, reply }) => {
    const user = await checkPassword(db, body.email ?? body.username ?? '', body.password)
    const { tokens, cookie } = await beginSession(db, maker, user, from(raw))
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

  serve(e.me, async ({ viewer }) => {
    const user = await findUser(db, viewer.userId)
    if (!user) throw new AppError('credentials_invalid', 'The account is gone.')
    return ok(toUser(user))
  })

  serve(e.listApiKeys, async ({ viewer, query }) => ok(await pageOfApiKeys(db, viewer, query)))

  serve(e.createApiKey, async ({ viewer, body }) => created(await createApiKey(db, viewer, body)))

  serve(e.deleteApiKey, async ({ viewer, params }) => {
    if (await deleteApiKey(db, viewer, params.id)) return noContent()
    throw new AppError('api_key_not_found', 'There is no such API key of yours.')
  })
}
