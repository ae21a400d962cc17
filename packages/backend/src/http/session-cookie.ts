import type { FastifyReply, FastifyRequest } from 'fastify'

export const SESSION_COOKIE = 'imalink_session'
const SESSION_SECONDS = 30 * 24 * 60 * 60

/** Gives the browser its session, for 30 days; readable by no script, sent with no other site's form. */
export function setSessionCookie(request: FastifyRequest, reply: FastifyReply, value: string): void {
  reply.setCookie(SESSION_COOKIE, value, { ...attributes(request), maxAge: SESSION_SECONDS })
}

/** The same session for another 30 days. */
export function renewSessionCookie(request: FastifyRequest, reply: FastifyReply): void {
  const value = request.cookies[SESSION_COOKIE]
  if (value !== undefined) setSessionCookie(request, reply, value)
}

export function clearSessionCookie(request: FastifyRequest, reply: FastifyReply): void {
  reply.clearCookie(SESSION_COOKIE, attributes(request))
}

const attributes = (request: FastifyRequest) =>
  ({ path: '/', httpOnly: true, sameSite: 'lax', secure: request.protocol === 'https' }) as const
